"""Sums of products of floats, a few rows and a few lines at a time, so that what is read serves several sums.

What a row comes to does not depend on the rows beside it, to the last bit: each of its sums is taken in the same order,
whichever tile it falls into. numba's cache looks at the files of the loops that call these, not at this one: remove
`__pycache__/*.nbi` after a change here.
"""

from collections.abc import Callable

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from inference_worker.engine.llvm_vectors import add_product, arrays, load, repeated, store, totals, width

TILE = 4  # rows, and lines, that are computed together: their sums stay in registers
LANES = 16  # floats in a vector of 512 bits
COLUMN = 4 * LANES  # places of a line that are added together

_FLOAT, _VECTOR = ir.FloatType(), ir.VectorType(ir.FloatType(), LANES)


@numba.njit(error_model="numpy")
def find_dots(left, right, rows, first, last, found):
    """Write left[row] @ right[line] into found[row, line], for the given rows and the lines from `first` to `last`.

    left, right: [any, size]. rows: [any], int64.
    """
    for line in range(first, last, TILE):
        whole = min(line + TILE, last) - line == TILE
        at = 0
        while whole and at + TILE <= len(rows):
            _dots_of_many(left, right, found, rows, at, line)
            at += TILE
        for rest in range(at, len(rows)):
            if whole:
                _dots_of_one(left, right, found, rows, rest, line)
            else:
                for each in range(line, last):
                    _dot(left, right, found, rows, rest, each)


@numba.njit(error_model="numpy")
def add_lines(weights, lines, rows, first, last, start, end, out):
    """Add weights[row, line] * lines[line] to out[row], for the given rows and the lines from `first` to before `last`,
    in the places from `start` to before `end`.
    """
    whole = start + max(end - start, 0) // COLUMN * COLUMN
    for place in range(start, whole, COLUMN):
        at = 0
        while at + TILE <= len(rows):
            _add_to_many(weights, lines, out, rows, at, first, last, place)
            at += TILE
        for rest in range(at, len(rows)):
            _add_to_one(weights, lines, out, rows, rest, first, last, place)
    for place in range(whole, end):
        for row in rows:
            for line in range(first, last):
                out[row, place] += weights[row, line] * lines[line, place]


def _make_dots(count: int, lines: int) -> Callable:
    """A function for neighbouring lines, from `line` on, and the next `count` rows."""

    @intrinsic
    def dots(typing, left, right, found, rows, at, line):
        signature = types.void(left, right, found, rows, at, line)

        def generate(context, builder, signature, values):
            left, right, found, rows = arrays(context, builder, signature, values)
            at, line = values[4:]
            rows_at = _next_rows(builder, rows, at, count)
            left_starts = [_start_of(builder, left, row) for row in rows_at]
            right_starts = [_start_of(builder, right, builder.add(line, line.type(step))) for step in range(lines)]
            sums = _sums_of_products(builder, left_starts, right_starts, width(builder, right))
            for row, vector in zip(rows_at, sums, strict=True):
                store(builder, vector, _start_of(builder, found, row), line)
            return context.get_dummy_value()

        return signature, generate

    return dots


def _sums_of_products(builder, left_starts, right_starts, size):
    """For each left one a vector of its sums with the right ones, over `size` places."""
    sums = [[cgutils.alloca_once_value(builder, ir.Constant(_VECTOR, None)) for _ in right_starts] for _ in left_starts]
    whole = builder.mul(builder.sdiv(size, size.type(LANES)), size.type(LANES))
    with cgutils.for_range_slice(builder, size.type(0), whole, size.type(LANES), size.type) as (at, _):
        near = [load(builder, start, at, _VECTOR) for start in right_starts]
        for start, places in zip(left_starts, sums, strict=True):
            own = load(builder, start, at, _VECTOR)
            for vector, place in zip(near, places, strict=True):
                builder.store(add_product(builder, builder.load(place), own, vector), place)
    found = [totals(builder, [builder.load(place) for place in places]) for places in sums]
    return _with_the_rest(builder, found, left_starts, right_starts, whole, size)


def _with_the_rest(builder, found, left_starts, right_starts, whole, size):
    """The sums with the places that fill no whole vector."""
    kind = found[0].type
    sums = [cgutils.alloca_once_value(builder, vector) for vector in found]
    with cgutils.for_range_slice(builder, whole, size, size.type(1), size.type) as (at, _):
        near = ir.Constant(kind, ir.Undefined)
        for lane, start in enumerate(right_starts):
            near = builder.insert_element(near, builder.load(builder.gep(start, [at])), ir.IntType(32)(lane))
        for start, place in zip(left_starts, sums, strict=True):
            own = repeated(builder, builder.load(builder.gep(start, [at])), kind)
            builder.store(add_product(builder, builder.load(place), own, near), place)
    return [builder.load(place) for place in sums]


def _make_add(count: int) -> Callable:
    """A function for a COLUMN, from `place` on, of the next `count` rows."""

    @intrinsic
    def add(typing, weights, lines, out, rows, at, first, last, place):
        signature = types.void(weights, lines, out, rows, at, first, last, place)

        def generate(context, builder, signature, values):
            weights, lines, out, rows = arrays(context, builder, signature, values)
            at, first, last, place = values[4:]
            rows_at = _next_rows(builder, rows, at, count)
            weights_of = [_start_of(builder, weights, row) for row in rows_at]
            starts = [builder.gep(_start_of(builder, out, row), [place]) for row in rows_at]
            vectors = [place.type(step) for step in range(0, COLUMN, LANES)]
            sums = [
                [cgutils.alloca_once_value(builder, load(builder, start, vector, _VECTOR)) for vector in vectors]
                for start in starts
            ]
            with cgutils.for_range_slice(builder, first, last, first.type(1), first.type) as (line, _):
                near_start = builder.gep(_start_of(builder, lines, line), [place])
                near = [load(builder, near_start, vector, _VECTOR) for vector in vectors]
                for start, held in zip(weights_of, sums, strict=True):
                    weight = repeated(builder, builder.load(builder.gep(start, [line])), _VECTOR)
                    for vector, total in zip(near, held, strict=True):
                        builder.store(add_product(builder, builder.load(total), weight, vector), total)
            for start, held in zip(starts, sums, strict=True):
                for vector, total in zip(vectors, held, strict=True):
                    store(builder, builder.load(total), start, vector)
            return context.get_dummy_value()

        return signature, generate

    return add


def _next_rows(builder, rows, at, count):
    """The `count` rows that are named from `at` on."""
    return [builder.load(builder.gep(rows.data, [builder.add(at, at.type(step))])) for step in range(count)]


def _start_of(builder, array, line):
    """Where a line of a [lines, width] array begins."""
    return builder.gep(array.data, [builder.mul(line, width(builder, array))])


_dots_of_many, _dots_of_one, _dot = _make_dots(TILE, TILE), _make_dots(1, TILE), _make_dots(1, 1)
_add_to_many, _add_to_one = _make_add(TILE), _make_add(1)
