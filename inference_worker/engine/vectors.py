"""What loops over vectors share.

numba compiles this into the loops that call it, and its cache looks at their files alone: remove `__pycache__/*.nbi`
after a change here.
"""

import numba
import numpy as np


@numba.njit(error_model="numpy", fastmath={"reassoc", "contract"})  # several sums at a time, not one by one
def dot(left, right):
    """The sum of products of two vectors."""
    total = np.float32(0)
    for at in range(len(left)):
        total += left[at] * right[at]
    return total


@numba.njit(error_model="numpy", fastmath={"contract"})
def add(weight, row, out):
    """Add a weighted vector to another."""
    for at in range(len(out)):
        out[at] += weight * row[at]
