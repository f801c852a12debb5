"""Matrix products with int8 weights on a CPU, adapters included."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inference_worker.engine import int8_kernel
from inference_worker.engine.joined_linear import JoinedAdapters

_NO_MIX = np.zeros((0, 0), np.float32)
_NO_ADAPTERS = JoinedAdapters(down=torch.zeros(0, 0, 0), up=torch.zeros(0, 0), bounds=(0,))


class Int8Product:
    """`x @ weight.T` with the weight in int8 and one scale for each output; the adapters stay in float32.

    Each row of x is measured by its own largest number and rounded to integers of 13 bits and more: int8 alone loses
    what stands beside Gemma's few very large activations. The sums are exact integers, and each row's adapters are
    computed for it alone: it comes out the same, to the last bit, whatever rows stand beside it, and a row of NaN
    spoils no other.
    """

    def __init__(self, weight: Tensor) -> None:
        """weight: [out, in], float32. It is copied."""
        self._outputs, inputs = weight.shape
        smallest = torch.finfo(torch.float32).tiny  # an output without weights is not divided by zero
        scales = weight.abs().amax(dim=1) / 127 + smallest
        rounded = (weight / scales.unsqueeze(1)).round().to(torch.int8)
        self._missing = -inputs % int8_kernel.LANES  # up to whole vectors
        missing_outputs = -self._outputs % int8_kernel.BLOCK
        self._weights = functional.pad(rounded, (0, self._missing, 0, missing_outputs)).numpy()
        self._scales = functional.pad(scales, (0, missing_outputs)).numpy()
        self._largest_digit = np.float32(min(2**15 - 1, (2**31 - 1) // (127 * inputs)))

    def __call__(self, x: Tensor, adapters: JoinedAdapters | None = None, mix: Tensor | None = None) -> Tensor:
        """See `Product`."""
        x = functional.pad(x, (0, self._missing)) if self._missing else x.contiguous()
        matrices = self._matrices(adapters if mix is not None else None)
        wanted = _NO_MIX if mix is None else mix.numpy()
        product = int8_kernel.multiply(x.numpy(), matrices, wanted, torch.get_num_threads())
        return torch.from_numpy(product)[:, : self._outputs]

    def matrices(self, adapters: JoinedAdapters | None) -> int8_kernel.Matrices | None:
        """See `Product`. Rows that had to be filled up to whole vectors are known to `__call__` alone."""
        is_whole = not self._missing and len(self._weights) == self._outputs
        return self._matrices(adapters) if is_whole else None

    def _matrices(self, adapters: JoinedAdapters | None) -> int8_kernel.Matrices:
        beside = adapters or _NO_ADAPTERS
        down, up, bounds = beside.down.numpy(), beside.up.numpy(), np.array(beside.bounds)
        return int8_kernel.Matrices(self._weights, self._scales, self._largest_digit, down, up, bounds)
