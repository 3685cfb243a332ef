"""Linear layers in 8-bit integers, by oneDNN's kernels as torch's compiler calls them.

Half the time of float32 where a processor does not multiply bfloat16. A weight has one scale for each output channel,
and what comes in one for each row, as it comes (Dettmers et al., "LLM.int8()", NeurIPS 2022, call it vector-wise): so
the states of a text do not depend on what else is in the pass. One scale for a whole pass moves the reader's margins
by 0.58, one a row by 0.24, by 0.20 where what comes from GELU, never below -0.17, has all levels above that (150 to 300
questions, standard deviation against float32).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Without VNNI oneDNN sums two products in 16 bits: 2 * 255 * 64 fits, 2 * 255 * 127 does not and is cut without a word.
# Weights of 7 bits give the same sums on every processor.
_WEIGHT = 64
_TINY = 1e-12  # a row of zeros has a scale too
_GELU_LEAST = 0.17  # GELU is nowhere below -0.16998
# A column of a narrowing weight with so many times the median's norm: what it meets is far larger than all else (Sun et
# al., "Massive Activations in Large Language Models", COLM 2024), and would leave the others hardly any levels.
_MASSIVE = 4.0


def available() -> bool:
    """Whether this processor and this torch have the kernels: x86 with AVX2 or more."""
    cpu = torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else ""
    return cpu.startswith("AVX") and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]


def linear(
    weight: Tensor, bias: Tensor, *, gelu: bool = False, after_gelu: bool = False
) -> Callable[[Tensor], Tensor]:
    """weight: float32 (out, in), bias: (out,) -> x (n, in) -> x @ weight.T + bias but for rounding, all float32.

    gelu: GELU of it instead. after_gelu: x is what GELU gave, and may be written over; what its massive columns meet
    is multiplied as it is.
    """
    norms = weight.norm(dim=0)
    massive = torch.nonzero((norms > _MASSIVE * norms.median()) & after_gelu).flatten()
    exact = weight[:, massive].T.contiguous()
    weight = weight.index_fill(1, massive, 0.0)
    weight_scale = weight.abs().amax(1).clamp_min_(_TINY) / _WEIGHT
    levels = torch.round(weight / weight_scale[:, None]).to(torch.int8)
    packed, no_offset = (
        torch.ops.onednn.qlinear_prepack(levels, None),
        torch.zeros(len(weight), dtype=torch.int),
    )
    if after_gelu:  # x @ weight.T = (x + least) @ weight.T - least * sums of the weights
        bias = bias - _GELU_LEAST * (weight_scale * levels.sum(1))
    quantized, zero = (_from_least, 0) if after_gelu else (_around_zero, 128)

    def apply(x: Tensor) -> Tensor:
        met = x[:, massive] if len(massive) else None
        if met is not None:
            x[:, massive] = 0.0
        told, scale = quantized(x)
        summed: Tensor = torch.ops.onednn.qlinear_pointwise(
            told, 1.0, zero, packed, weight_scale, no_offset, None, 1.0, 0, torch.float32, "none", [], ""
        )
        torch.addcmul(bias, summed, scale, out=summed)
        if met is not None:
            summed.addmm_(met, exact)
        if gelu:
            torch.ops.aten.gelu_(summed)
        return summed

    return apply


def _around_zero(x: Tensor) -> tuple[Tensor, Tensor]:
    """Levels of 0 to 255, 128 being 0, and each row's scale (n, 1)."""
    scale = x.abs().amax(1, keepdim=True).clamp_min_(_TINY).div_(127)
    return _unsigned(x / scale), scale


def _from_least(x: Tensor) -> tuple[Tensor, Tensor]:
    """Levels of 0 to 255, 0 being the least that GELU gives, and each row's scale (n, 1)."""
    scale = x.amax(1, keepdim=True).add_(_GELU_LEAST).div_(255)
    return _unsigned(x.add(_GELU_LEAST).div_(scale).sub_(128)), scale


def _unsigned(x: Tensor) -> Tensor:
    """x: -128 to 127, and may be written over -> rounded, and 128 more, as the kernels want it."""
    # Flipping the sign bit adds 128; to convert to uint8 at once takes five times as long.
    return x.round_().to(torch.int8).view(torch.uint8).bitwise_xor_(128)
