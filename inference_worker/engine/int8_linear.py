"""Matrix products with int8 weights on a CPU."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inference_worker.engine import int8_kernel


class Int8Linear:
    """`x @ weight.T` with the weight in int8 and one scale for each output.

    Each row of x is measured by its own largest number and rounded to integers of 13 bits and more: int8 alone loses
    what stands beside Gemma's few very large activations. The sums are exact integers, so a row comes out the same, to
    the last bit, whatever rows stand beside it, and a row of NaN spoils no other.
    """

    def __init__(self, weight: Tensor) -> None:
        """weight: [out, in], float32. It is copied."""
        self._outputs, self._inputs = weight.shape
        smallest = torch.finfo(torch.float32).tiny  # an output without weights is not divided by zero
        scales = weight.abs().amax(dim=1) / 127 + smallest
        rounded = (weight / scales.unsqueeze(1)).round().to(torch.int8)
        self._missing = -self._inputs % int8_kernel.LANES
        missing_outputs = -self._outputs % int8_kernel.BLOCK
        self._weights = functional.pad(rounded, (0, self._missing, 0, missing_outputs)).numpy()
        self._scales = functional.pad(scales, (0, missing_outputs)).numpy()
        self._largest_digit = np.float32(min(2**15 - 1, (2**31 - 1) // (127 * self._inputs)))

    def __call__(self, x: Tensor) -> Tensor:
        """x: [rows, in] -> [rows, out], float32."""
        padded = functional.pad(x, (0, self._missing)) if self._missing else x.contiguous()
        threads = torch.get_num_threads()
        product = int8_kernel.multiply(padded.numpy(), self._weights, self._scales, self._largest_digit, threads)
        return torch.from_numpy(product)[:, : self._outputs]
