"""The learning rate of a step: warm-up, constant, then linearly to zero.

The trapezoid lets a training go on from any checkpoint of its constant part, and gives a finished model from any of
them for the price of a decay (Hu et al., 2024, "MiniCPM", section 4: warm-up, stable, decay).
"""

from __future__ import annotations


def rate_at(step: int, peak: float, warmup: int, decay_from: int, decay: int) -> float:
    """Of the step with this number, the first being 0: never 0 before the last step of the decay is over."""
    if step < decay_from:
        return peak * min(1.0, (step + 1) / warmup)
    return peak * max(0.0, 1 - (step - decay_from) / decay)
