"""Matrix products with int8 weights on a CPU: the one place that knows a quantised kernel."""

import warnings

import torch
from torch import Tensor

_KERNELS = ("x86", "fbgemm")  # torch's names for the library behind this file, fbgemm


def int8_is_supported() -> bool:
    """True where torch has the kernel: on x86 processors."""
    return torch.backends.quantized.engine in _KERNELS


class Int8Linear:
    """`x @ weight.T` with the weight in int8 and one scale for each output.

    Each row of x is measured by its own largest number and split into two int8 digits, the second one for what the
    first leaves over: one digit alone loses what stands beside Gemma's few very large activations. The digits run as
    two rows of one product, which a decode step hardly notices, as it waits for the weights.

    The kernel's sums are exact integers. So a row comes out the same, to the last bit, whatever rows stand beside it,
    and a row of NaN spoils no other.
    """

    def __init__(self, weight: Tensor) -> None:
        """weight: [out, in], float32. It is copied."""
        self._smallest = torch.tensor(torch.finfo(torch.float32).tiny)  # a row of zeros is not divided by zero
        scales = weight.abs().amax(dim=1) / 127 + self._smallest
        rounded = (weight / scales.unsqueeze(1)).round().to(torch.int8)
        with warnings.catch_warnings():
            # torch means to move its quantised tensors elsewhere; in the version that is pinned this is the fastest.
            warnings.filterwarnings("ignore", message=".*quantized tensor creation.*deprecated", category=UserWarning)
            quantised = torch._make_per_channel_quantized_tensor(
                rounded, scales.double(), torch.zeros(len(scales), dtype=torch.long), 0
            )
        self._packed = torch.ops.quantized.linear_prepack(quantised, None)
        # Without VNNI the processor adds pairs of products in 16 bits, which digits of seven bits cannot overflow.
        self._largest_digit = 127 if torch.cpu._is_vnni_supported() else 63

    def __call__(self, x: Tensor) -> Tensor:
        """x: [rows, in] -> [rows, out], float32."""
        rows, finer = len(x), 2 * self._largest_digit
        unit = torch.add(self._smallest, x.abs().amax(dim=-1, keepdim=True), alpha=1 / self._largest_digit)
        digits = x.new_empty(2 * rows, x.shape[1])
        first, second = digits[:rows], digits[rows:]
        torch.div(x, unit, out=first)  # the kernel rounds
        torch.sub(first, first.round(), out=second).mul_(finer)
        products = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
            digits, 1.0, self._largest_digit + 1, self._packed
        )
        return torch.add(products[:rows], products[rows:], alpha=1 / finer).mul_(unit)
