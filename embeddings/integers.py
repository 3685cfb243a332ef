"""Linear layers in 8-bit integers, by oneDNN's kernels as torch's compiler calls them.

Half the time of float32 where a processor does not multiply bfloat16. A weight has one scale for each output channel,
and what comes in one for each row, as it comes (Dettmers et al., "LLM.int8()", NeurIPS 2022, call it vector-wise): so
the states of a text do not depend on what else is in the pass. One scale for a whole pass moves the reader's margins
by 0.58, one a row by 0.24 (200 questions, standard deviation against float32).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Without VNNI oneDNN sums two products in 16 bits: 2 * 255 * 64 fits, 2 * 255 * 127 does not and is cut without a word.
# Weights of 7 bits give the same sums on every processor.
_WEIGHT, _INPUT = 64, 127
_TINY = 1e-12  # a row of zeros has a scale too


def available() -> bool:
    """Whether this processor and this torch have the kernels: x86 with AVX2 or more."""
    cpu = torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else ""
    return cpu.startswith("AVX") and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]


def linear(weight: Tensor, bias: Tensor) -> Callable[[Tensor], Tensor]:
    """weight: float32 (out, in), bias: (out,) -> x (n, in) -> x @ weight.T + bias but for rounding, all float32."""
    operators = torch.ops.onednn
    weight_scale = weight.abs().amax(1).clamp_min_(_TINY) / _WEIGHT
    levels = torch.round(weight / weight_scale[:, None]).to(torch.int8)
    packed, no_offset = operators.qlinear_prepack(levels, None), torch.zeros(len(weight), dtype=torch.int)

    def apply(x: Tensor) -> Tensor:
        scale = x.abs().amax(1, keepdim=True).clamp_min_(_TINY).div_(_INPUT)
        # The kernels want unsigned input: flipping the sign bit adds 128, which they take off again.
        levels = (x / scale).round_().to(torch.int8).view(torch.uint8).bitwise_xor_(128)
        summed = operators.qlinear_pointwise(
            levels, 1.0, 128, packed, weight_scale, no_offset, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return torch.addcmul(bias, summed, scale)

    return apply
