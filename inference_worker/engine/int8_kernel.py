"""The machine's own loops behind a product with int8 weights: rows of 16-bit digits times rows of 8-bit weights.

Written in vectors without any processor's name: LLVM makes VNNI's instructions of them where there are any, and
whatever comes nearest elsewhere.
"""

from collections.abc import Callable
from typing import NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from inference_worker.engine.vectors import add, add_four, dot_four

LANES = 32  # how many numbers one step of a product takes: a vector of 512 bits
BLOCK = 4  # rows, and outputs, that are computed together: their sums stay in registers
CHUNK = 512  # outputs for which all rows take their turns: what the adapters hold for them stays in the nearest cache

_DIGITS, _WEIGHTS = ir.VectorType(ir.IntType(16), LANES), ir.VectorType(ir.IntType(8), LANES)
_PRODUCTS, _SUMS = ir.VectorType(ir.IntType(32), LANES), ir.VectorType(ir.IntType(32), LANES // 2)
_OUTPUTS = ir.VectorType(ir.FloatType(), BLOCK)


class Matrices(NamedTuple):
    """What stays the same from product to product."""

    weights: np.ndarray  # [out, in], int8; `in` is a whole number of LANES, `out` of BLOCKs
    scales: np.ndarray  # [out], float32
    largest_digit: np.float32  # what an input is rounded to at most: so small that no sum leaves 32 bits
    down: np.ndarray  # this and the next two: see JoinedAdapters; all empty for the base alone
    up: np.ndarray
    bounds: np.ndarray


@numba.njit(parallel=True, nogil=True, cache=True, error_model="numpy")
def multiply(x, matrices, mix, parts):
    """x @ (weights * scales).T and the adapters, each row of x rounded to integers for the former.

    Args:
        x: [rows, in], float32.
        matrices: see Matrices.
        mix: see Product.
        parts: how many threads share the work.
    """
    weights, scales, largest_digit, down, up, bounds = matrices
    rows, (layers, all_ranks) = len(x), down.shape[:2]
    digits, units = np.empty(x.shape, np.int16), np.empty(rows, np.float32)
    ranks, fours = np.empty((rows, layers, all_ranks), np.float32), layers * _fours(all_ranks)
    out = np.empty((rows, len(weights)), np.float32)
    for part in numba.prange(parts):
        for row in range(rows * part // parts, rows * (part + 1) // parts):
            units[row] = _round(x[row], largest_digit, digits[row])
        _go_down(x, down, mix, ranks, fours * part // parts, fours * (part + 1) // parts)
    blocks = len(weights) // BLOCK
    for part in numba.prange(parts):
        first, last = blocks * part // parts * BLOCK, blocks * (part + 1) // parts * BLOCK
        for start in range(first, last, CHUNK):
            end = min(start + CHUNK, last)
            _multiply_part(digits, units, weights, scales, out, start, end)
            for layer in range(layers):
                _go_up(ranks, layer, up, mix, max(start, bounds[layer]), min(end, bounds[layer + 1]), out)
    return out


@numba.njit(error_model="numpy")
def _multiply_part(digits, units, weights, scales, out, start, end):
    """The base's outputs from `start` to before `end`, for all rows."""
    rows = len(digits)
    for output in range(start, end, BLOCK):
        row = 0
        while row + BLOCK <= rows:
            _tile_of_many(digits, units, weights, scales, out, row, output)
            row += BLOCK
        while row < rows:
            _tile_of_one(digits, units, weights, scales, out, row, output)
            row += 1


@numba.njit(error_model="numpy")
def _go_down(x, down, mix, ranks, first, last):
    """Each row's activation of the ranks that it wants, times how strongly it does; zero of the others.

    From the `first` to before the `last` four ranks, counted through the layers; they are read once for all rows.
    """
    fours, found = _fours(down.shape[1]), np.empty(4, np.float32)
    for at in range(first, last):
        layer, rank, end = at // fours, at % fours * 4, down.shape[1] - 1
        one, two, three, four = (
            down[layer, rank],
            down[layer, min(rank + 1, end)],
            down[layer, min(rank + 2, end)],
            down[layer, min(rank + 3, end)],
        )
        for row in range(len(x)):
            weights = mix[row * len(mix) // len(x), rank : rank + 4]
            if _wanted(weights):
                dot_four(x[row], one, two, three, four, found)
            for step in range(len(weights)):
                ranks[row, layer, rank + step] = found[step] * weights[step] if weights[step] != 0 else np.float32(0)


@numba.njit(error_model="numpy")
def _go_up(ranks, layer, up, mix, start, end, out):
    """Add what each row's ranks come to, in the outputs from `start` to before `end` if there are any."""
    for row in range(len(out) if start < end else 0):
        weights, found, place = mix[row * len(mix) // len(out)], ranks[row, layer], out[row, start:end]
        for rank in range(0, len(weights), 4):
            wanted = _wanted(weights[rank : rank + 4])
            if wanted == 4:
                one, two, three, four = up[rank], up[rank + 1], up[rank + 2], up[rank + 3]
                add_four(found[rank:], one[start:end], two[start:end], three[start:end], four[start:end], place)
            elif wanted:
                for each in range(rank, min(rank + 4, len(weights))):
                    if weights[each] != 0:
                        add(found[each], up[each, start:end], place)


@numba.njit(error_model="numpy")
def _wanted(weights):
    """How many of these are not zero."""
    count = 0
    for weight in weights:
        count += weight != 0
    return count


@numba.njit(error_model="numpy")
def _fours(ranks):
    """How many times four ranks there are, the last time perhaps fewer."""
    return (ranks + 3) // 4


@numba.njit(error_model="numpy")
def _round(row, largest_digit, digits):
    """Write a row's digits and return what one of them stands for: NaN or infinity if the row holds such a number."""
    bits, largest = row.view(np.int32), np.int32(0)
    for at in range(len(bits)):  # numbers without their sign are ordered as their bits are, NaN being the largest
        largest = max(largest, bits[at] & np.int32(0x7FFFFFFF))
    size = np.array([largest], np.int32).view(np.float32)[0]
    digits_of_one = largest_digit / size if size > _SMALLEST else np.float32(0)
    for at in range(len(row)):
        digits[at] = np.int32(np.floor(row[at] * digits_of_one + np.float32(0.5)))
    return size / largest_digit


_SMALLEST = np.float32(1e-30)  # a row that is smaller throughout counts as zeros


def _make_tile(rows: int) -> Callable:
    """A function for BLOCK outputs of `rows` rows: the sums of products, brought back to scale."""

    @intrinsic
    def tile(typing, digits, units, weights, scales, out, row, output):
        signature = types.void(digits, units, weights, scales, out, row, output)

        def generate(context, builder, signature, values):
            arrays = [
                context.make_array(kind)(context, builder, value)
                for kind, value in zip(signature.args, values[:5], strict=False)
            ]
            digits, units, weights, scales, out = arrays
            size, width = (cgutils.unpack_tuple(builder, array.shape)[1] for array in (weights, out))
            rows_at = [builder.add(values[5], values[5].type(step)) for step in range(rows)]
            outputs_at = [builder.add(values[6], values[6].type(step)) for step in range(BLOCK)]
            digit_rows = [builder.gep(digits.data, [builder.mul(at, size)]) for at in rows_at]
            weight_rows = [builder.gep(weights.data, [builder.mul(at, size)]) for at in outputs_at]
            totals = _sums_of_products(builder, digit_rows, weight_rows, size)
            scale = _load(builder, scales.data, values[6], _OUTPUTS)
            for step, at in enumerate(rows_at):
                own = builder.shuffle_vector(totals, totals, _lanes(range(step * BLOCK, (step + 1) * BLOCK)))
                unit = _repeated(builder, builder.load(builder.gep(units.data, [at])), _OUTPUTS)
                found = builder.fmul(builder.sitofp(own, _OUTPUTS), builder.fmul(unit, scale))
                start = builder.gep(out.data, [builder.add(builder.mul(at, width), values[6])])
                builder.store(found, builder.bitcast(start, _OUTPUTS.as_pointer()), align=4)
            return context.get_dummy_value()

        return signature, generate

    return tile


def _sums_of_products(builder, digit_rows, weight_rows, size):
    """The integer product of each row of digits with each row of weights, all of length `size`, in one vector."""
    sums = [[cgutils.alloca_once_value(builder, ir.Constant(_SUMS, None)) for _ in weight_rows] for _ in digit_rows]
    with cgutils.for_range_slice(builder, size.type(0), size, size.type(LANES), size.type) as (at, _):
        weights = [builder.sext(_load(builder, start, at, _WEIGHTS), _PRODUCTS) for start in weight_rows]
        for start, totals in zip(digit_rows, sums, strict=True):
            digits = builder.sext(_load(builder, start, at, _DIGITS), _PRODUCTS)
            for weight, total in zip(weights, totals, strict=True):
                products = builder.mul(digits, weight)
                # Neighbours are added in pairs, because VNNI multiplies and adds them so.
                pairs = _neighbours_added(builder, products, products, LANES // 2)
                builder.store(builder.add(builder.load(total), pairs), total)
    return _totals(builder, [builder.load(total) for totals in sums for total in totals])


def _totals(builder, vectors):
    """The sum of each vector's numbers, in one vector: as few steps as there are levels in a tree of pairs."""
    count, lanes = len(vectors), LANES // 2
    while len(vectors) > 1:
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [_neighbours_added(builder, first, second, lanes) for first, second in pairs]
    [totals] = vectors
    while lanes > count:
        lanes //= 2
        totals = _neighbours_added(builder, totals, totals, lanes)
    return totals


def _neighbours_added(builder, first, second, lanes):
    """The sums of neighbours in two vectors that follow each other, the first `lanes` of them."""
    even, odd = (builder.shuffle_vector(first, second, _lanes(range(start, 2 * lanes, 2))) for start in (0, 1))
    return builder.add(even, odd)


def _lanes(wanted):
    """A constant that names the places of a vector to take."""
    return ir.Constant(ir.VectorType(ir.IntType(32), len(wanted)), list(wanted))


def _load(builder, start, at, kind):
    """Numbers from `start[at]` on."""
    vector = builder.load(builder.bitcast(builder.gep(start, [at]), kind.as_pointer()))
    vector.align = 1
    return vector


def _repeated(builder, number, kind):
    """A vector of one number."""
    vector = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(vector, vector, _lanes([0] * kind.count))


_tile_of_one, _tile_of_many = _make_tile(1), _make_tile(BLOCK)
