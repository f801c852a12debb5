"""One of Gemma's decoder layers for one new token in each row, in one call: between its loops there is no Python.

Not kept in numba's cache, which would not see a change in the files of the loops; they are, so this is soon compiled.
"""

from typing import NamedTuple

import numba
import numpy as np

from inference_worker.engine.int8_kernel import Matrices, multiply
from inference_worker.engine.lean_kernels import add_norm, attend, gate, norm, turn_heads


class LayerNumbers(NamedTuple):
    """What a layer holds. Gains and floors of its norms are those that `lean_kernels` asks for."""

    qkv: Matrices
    out: Matrices
    gate_up: Matrices
    down: Matrices
    before_attention: np.ndarray
    after_attention: np.ndarray
    before_mlp: np.ndarray
    after_mlp: np.ndarray
    floor: np.float32
    head_gains: np.ndarray
    head_floor: np.float32
    scale: np.float32  # of what a query and a key have in common


class Past(NamedTuple):
    """Where the rows' keys and values are, and how far back a layer looks. See `lean_kernels.attend`."""

    keys: np.ndarray
    values: np.ndarray
    first_row: int
    positions: np.ndarray
    window: int


@numba.njit(nogil=True, error_model="numpy")
def run_layer(x, layer, mix, cos, sin, past, parts):
    """Run a layer on x, in place, and store the rows' new keys and values.

    Args:
        x: [rows, hidden], float32.
        layer: see LayerNumbers.
        mix: [rows, ranks], see `joined_linear.Product`.
        cos, sin: [rows, head_dim], see `lean_kernels.turn_heads`.
        past: see Past.
        parts: how many threads share the work.
    """
    states = multiply(norm(x, layer.before_attention, layer.floor), layer.qkv, mix, parts)
    heads = states.reshape(len(x), -1, cos.shape[1])
    turn_heads(heads, layer.head_gains, layer.head_floor, cos, sin)
    found = attend(heads, past.keys, past.values, past.first_row, past.positions, past.window, layer.scale, parts)
    add_norm(x, multiply(found, layer.out, mix, parts), layer.after_attention, layer.floor)

    gated = gate(multiply(norm(x, layer.before_mlp, layer.floor), layer.gate_up, mix, parts), parts)
    add_norm(x, multiply(gated, layer.down, mix, parts), layer.after_mlp, layer.floor)
