"""How far a window's scores are from what is marked, by its last head and by the early ones."""

from __future__ import annotations

from collections.abc import Sequence

import torch
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


def over_groups(scores: Scores, starts: Tensor, ends: Tensor, groups: Tensor) -> Tensor:
    """Cross entropy of the marked starts and ends over all windows of a group, the mean of the two, of each group that
    marks any: (groups,). groups: (windows,), -1 where a window is of none.

    Each score is taken against its own window's null, as spans of several passages are compared in service; where
    several windows mark an answer, any of them will do (Clark and Gardner, 2018, "shared-norm", with the sum of the
    marked ones' probabilities).
    """
    found = []
    for group in sorted(set(groups.tolist()) - {-1}):
        of = groups == group
        marked = starts[of] > 0
        if marked.any():
            first = _shared(scores[0][of], starts[of], marked)
            found.append((first + _shared(scores[1][of], ends[of], marked)) / 2)
    return torch.stack(found) if found else scores[0].new_zeros(0)


def _shared(scores: Tensor, at: Tensor, marked: Tensor) -> Tensor:
    against_null = scores[:, 1:] - scores[:, :1]
    right = against_null[marked, at[marked] - 1]
    return against_null.flatten().logsumexp(0) - right.logsumexp(0)


def loss(
    heads: Sequence[Scores],
    starts: Tensor,
    ends: Tensor,
    groups: Tensor,
    early_weight: float,
    shared_weight: float,
) -> Tensor:
    """The last head's loss, and the early ones' mean times early_weight, each half from the labels and half from the
    last head: a scalar, the mean over the windows; and the last head's over the groups, their mean times
    shared_weight."""
    *early, last = heads
    total = against_marked(last, starts, ends)
    for scores in early:
        own = (against_marked(scores, starts, ends) + against_last(scores, last)) / 2
        total = total + early_weight / len(early) * own
    shared = over_groups(last, starts, ends, groups)
    return total.mean() + (shared_weight * shared.mean() if len(shared) else 0.0)
