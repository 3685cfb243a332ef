"""How far a window's scores are from what is marked, by its last head and by the early ones."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.nn.functional import cross_entropy

from .student import Scores


def against_marked(scores: Scores, starts: Tensor, ends: Tensor) -> Tensor:
    """Cross entropy of the marked starts and ends, the mean of the two, of each window: (windows,)."""
    first = cross_entropy(scores[0], starts, reduction="none")
    return (first + cross_entropy(scores[1], ends, reduction="none")) / 2


def against_last(scores: Scores, last: Scores) -> Tensor:
    """Cross entropy from the last head's distributions, which learn nothing by it: (windows,)."""
    first, second = (
        cross_entropy(own, theirs.detach().softmax(1), reduction="none")
        for own, theirs in zip(scores, last, strict=True)
    )
    return (first + second) / 2


def loss(heads: Sequence[Scores], starts: Tensor, ends: Tensor, early_weight: float) -> Tensor:
    """The last head's loss, and the early ones' mean times early_weight, each half from the labels and half from the
    last head: a scalar, the mean over the windows."""
    *early, last = heads
    total = against_marked(last, starts, ends)
    for scores in early:
        own = (against_marked(scores, starts, ends) + against_last(scores, last)) / 2
        total = total + early_weight / len(early) * own
    return total.mean()
