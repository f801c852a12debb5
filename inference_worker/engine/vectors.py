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


@numba.njit(error_model="numpy", fastmath={"reassoc", "contract"})
def dot_four(vector, first, second, third, fourth, out):
    """`dot` of a vector with four others, for which it is read once."""
    one = two = three = four = np.float32(0)
    for at in range(len(vector)):
        one += vector[at] * first[at]
        two += vector[at] * second[at]
        three += vector[at] * third[at]
        four += vector[at] * fourth[at]
    out[0], out[1], out[2], out[3] = one, two, three, four


@numba.njit(error_model="numpy", fastmath={"contract"})
def add_four(weights, first, second, third, fourth, out):
    """`add` of four vectors, one after the other to the last bit, with `out` read and written once."""
    one, two, three, four = weights[0], weights[1], weights[2], weights[3]
    for at in range(len(out)):
        total = out[at] + one * first[at]
        total += two * second[at]
        total += three * third[at]
        out[at] = total + four * fourth[at]
