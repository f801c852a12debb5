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

from inference_worker.engine.adapter_kernel import find_spans, go_down, go_up
from inference_worker.engine.llvm_vectors import arrays, lanes, load, neighbours_added, repeated, store, totals, width

LANES = 32  # how many numbers one step of a product takes: a vector of 512 bits
BLOCK = 4  # rows, and outputs, that are computed together: their sums stay in registers
CHUNK = 512  # outputs for which all rows take their turns: the adapters find them near

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
    spans, ranks = find_spans(mix, rows), np.empty((layers, rows, all_ranks), np.float32)
    out = np.empty((rows, len(weights)), np.float32)
    for part in numba.prange(parts):
        for row in range(rows * part // parts, rows * (part + 1) // parts):
            units[row] = _round(x[row], largest_digit, digits[row])
        go_down(x, down, mix, spans, ranks, part, parts)
    blocks = len(weights) // BLOCK
    for part in numba.prange(parts):
        first, last = blocks * part // parts * BLOCK, blocks * (part + 1) // parts * BLOCK
        for start in range(first, last, CHUNK):
            end = min(start + CHUNK, last)
            _multiply_part(digits, units, weights, scales, out, start, end)
            for layer in range(layers):
                go_up(ranks[layer], up, spans, max(start, bounds[layer]), min(end, bounds[layer + 1]), out)
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
            digits, units, weights, scales, out = arrays(context, builder, signature, values)
            size, outputs = width(builder, weights), width(builder, out)
            rows_at = [builder.add(values[5], values[5].type(step)) for step in range(rows)]
            outputs_at = [builder.add(values[6], values[6].type(step)) for step in range(BLOCK)]
            digit_rows = [builder.gep(digits.data, [builder.mul(at, size)]) for at in rows_at]
            weight_rows = [builder.gep(weights.data, [builder.mul(at, size)]) for at in outputs_at]
            sums = _sums_of_products(builder, digit_rows, weight_rows, size)
            scale = load(builder, scales.data, values[6], _OUTPUTS)
            for step, at in enumerate(rows_at):
                own = builder.shuffle_vector(sums, sums, lanes(range(step * BLOCK, (step + 1) * BLOCK)))
                unit = repeated(builder, builder.load(builder.gep(units.data, [at])), _OUTPUTS)
                found = builder.fmul(builder.sitofp(own, _OUTPUTS), builder.fmul(unit, scale))
                store(builder, found, out.data, builder.add(builder.mul(at, outputs), values[6]))
            return context.get_dummy_value()

        return signature, generate

    return tile


def _sums_of_products(builder, digit_rows, weight_rows, size):
    """The integer product of each row of digits with each row of weights, all of length `size`, in one vector."""
    sums = [[cgutils.alloca_once_value(builder, ir.Constant(_SUMS, None)) for _ in weight_rows] for _ in digit_rows]
    with cgutils.for_range_slice(builder, size.type(0), size, size.type(LANES), size.type) as (at, _):
        weights = [builder.sext(load(builder, start, at, _WEIGHTS), _PRODUCTS) for start in weight_rows]
        for start, places in zip(digit_rows, sums, strict=True):
            digits = builder.sext(load(builder, start, at, _DIGITS), _PRODUCTS)
            for weight, total in zip(weights, places, strict=True):
                products = builder.mul(digits, weight)
                # Neighbours are added in pairs, because VNNI multiplies and adds them so.
                pairs = neighbours_added(builder, products, products, LANES // 2)
                builder.store(builder.add(builder.load(total), pairs), total)
    return totals(builder, [builder.load(total) for places in sums for total in places])


_tile_of_one, _tile_of_many = _make_tile(1), _make_tile(BLOCK)
