"""The small loops between Gemma's matrix products, one call each where torch takes a handful."""

import math

import numba
import numpy as np

from inference_worker.engine.tiles import add_lines, find_dots

NEAR = 16  # values of a head that stay in the nearest cache

_compile = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})


@_compile
def norm(x, gain, floor):
    """Gemma's RMSNorm of each row, x / sqrt(mean(x^2) + eps) * (1 + weight), in a new array.

    `gain` is (1 + weight) * sqrt(size), `floor` is eps * size.
    """
    out = np.empty_like(x)
    for row in range(len(x)):
        _scale(x[row], _length(x[row], floor), gain, out[row])
    return out


@_compile
def add_norm(x, found, gain, floor):
    """Add the RMSNorm of `found` to x."""
    for row in range(len(x)):
        length = _length(found[row], floor)
        for at in range(x.shape[1]):
            x[row, at] += found[row, at] / length * gain[at]


@_compile
def turn_heads(states, gains, floor, cos, sin):
    """Norm the first heads of each token, one for each of `gains`, and turn them by the token's position, in place.

    states: [tokens, heads, head_dim]. cos, sin: [tokens, head_dim], the sines of the first half negative.
    """
    half = states.shape[2] // 2
    normed = np.empty(states.shape[2], np.float32)
    for token in range(len(states)):
        for head in range(len(gains)):
            state = states[token, head]
            _scale(state, _length(state, floor), gains[head], normed)
            _turn(normed[:half], normed[half:], cos[token, :half], sin[token, :half], state[:half])
            _turn(normed[half:], normed[:half], cos[token, half:], sin[token, half:], state[half:])


@numba.njit(parallel=True, nogil=True, cache=True, error_model="numpy")
def gate(gate_up, parts):
    """gelu(first half of each row) * second half, gelu by its approximation with tanh."""
    rows, width = len(gate_up), gate_up.shape[1] // 2
    out = np.empty((rows, width), np.float32)
    for part in numba.prange(parts):
        powers = np.empty(width, np.float32)
        first, end = width * part // parts, width * (part + 1) // parts
        for row in range(rows):
            wanted = slice(first, end)
            _gelu(gate_up[row, :width][wanted], powers[wanted], out[row, wanted])
            _times(gate_up[row, width:][wanted], out[row, wanted])
    return out


@numba.njit(parallel=True, nogil=True, cache=True, error_model="numpy")
def attend(states, keys, values, first_row, positions, window, scale, parts):
    """Attention of one new token in each row, whose key and value are stored first.

    Args:
        states: [rows, heads + 2 * kv_heads, head_dim], queries, keys and values.
        keys, values: what is stored, [slots, kv_heads, positions, head_dim]; the rows begin at `first_row`.
        positions: [rows], each token's own. Nothing behind it is looked at.
        window: how many tokens back a token sees, itself included.

    Returns [rows, heads * head_dim].
    """
    rows, kv_heads, head_dim = len(states), keys.shape[1], keys.shape[3]
    heads = states.shape[1] - 2 * kv_heads
    found = np.zeros((rows, heads, head_dim), np.float32)
    for row in range(rows):
        keys[first_row + row, :, positions[row]] = states[row, heads : heads + kv_heads]
        values[first_row + row, :, positions[row]] = states[row, heads + kv_heads :]
    group = heads // kv_heads
    together = group // 2 if rows == 1 and group % 2 == 0 else group  # halves keep two threads busy with a row alone
    jobs = rows * (heads // together)
    for part in numba.prange(parts):
        weights = np.empty((together, keys.shape[2]), np.float32)
        for job in range(jobs * part // parts, jobs * (part + 1) // parts):
            row, head = job * together // heads, job * together % heads
            wanted, end = slice(head, head + together), positions[row] + 1
            seen = slice(max(0, end - window), end)
            own_keys, own_values = keys[first_row + row, head // group], values[first_row + row, head // group]
            _look_up(states[row, wanted], own_keys[seen], own_values[seen], scale, weights, found[row, wanted])
    return found.reshape(rows, -1)


@numba.njit(error_model="numpy")
def _look_up(queries, keys, values, scale, weights, found):
    """Add to `found` the values, each as its key fits the query: softmax(scale * keys @ query) @ values.

    queries, found: [heads, head_dim]. A few values have all heads' turns while they are near.
    """
    heads, end = np.arange(len(queries)), len(keys)
    find_dots(queries, keys, heads, 0, end, weights)
    for head in heads:
        _softmax(weights[head, :end], scale)
    for first in range(0, end, NEAR):
        add_lines(weights, values, heads, first, min(first + NEAR, end), 0, values.shape[1], found)


@numba.njit(error_model="numpy")
def _softmax(weights, scale):
    largest = -np.float32(np.inf)
    for at in range(len(weights)):
        weights[at] *= scale
        largest = max(largest, weights[at])
    total = np.float32(0)
    for at in range(len(weights)):
        weights[at] = np.exp(weights[at] - largest)
        total += weights[at]
    for at in range(len(weights)):
        weights[at] /= total


@numba.njit(error_model="numpy", fastmath={"reassoc", "contract"})  # several sums at a time, not one by one
def _length(row, floor):
    total = np.float32(0)
    for at in range(len(row)):
        total += row[at] * row[at]
    return np.sqrt(total + floor)


@_compile
def _scale(row, length, gain, out):
    for at in range(len(row)):
        out[at] = row[at] / length * gain[at]


@_compile
def _turn(half, other, cos, sin, out):
    for at in range(len(half)):
        out[at] = half[at] * cos[at] + other[at] * sin[at]


@_compile
def _times(row, out):
    for at in range(len(row)):
        out[at] *= row[at]


@_compile
def _gelu(x, powers, out):
    """x / (1 + exp(-2z)), which is x / 2 * (1 + tanh(z)), with z = sqrt(2 / pi) * (x + 0.044715 x^3).

    exp is 2 to a whole power, made of its bits, times 2 to what is left over, a polynomial: torch's has no other error,
    and LLVM makes vectors of this one.
    """
    bits = powers.view(np.int32)
    for at in range(len(x)):
        exponent = _exponent(x[at])
        bits[at] = (np.int32(np.floor(exponent + np.float32(0.5))) + np.int32(127)) << np.int32(23)
    for at in range(len(x)):
        exponent = _exponent(x[at])
        rest = (exponent - np.floor(exponent + np.float32(0.5))) * _LN2
        power = ((((_E6 * rest + _E5) * rest + _E4) * rest + _E3) * rest + _E2) * rest * rest + rest + _ONE
        out[at] = x[at] / (_ONE + power * powers[at])


@_compile
def _exponent(x):
    """-2z in powers of 2, where a float can hold them."""
    exponent = x * (_SLOPE + _CURVE * x * x)
    return min(max(exponent, np.float32(-126)), np.float32(126))


_ONE = np.float32(1)
_E2, _E3, _E4, _E5, _E6 = (np.float32(1 / math.factorial(power)) for power in range(2, 7))  # of exp's series
_LN2 = np.float32(np.log(2))
_SLOPE = np.float32(-2 * np.sqrt(2 / np.pi) / np.log(2))
_CURVE = np.float32(_SLOPE * 0.044715)
