"""How well a student does on windows held out."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import torch
from torch import Tensor

from qa.lab.sets import metrics

from .student import Scores, Student
from .windows import Window, collate

LONGEST = 40  # tokens of an answer


@torch.no_grad()
def figures(student: Student, held_out: Sequence[list[Window]]) -> dict[str, float]:
    """Of batches of windows, by the last head; matches are of tokens.

    exact, f1: of the windows that hold their answer, by the best span; auroc: of these against the others, by the
    best span's score minus null's; best_f1: of all, null counted, at the threshold of that score which gives most.
    """
    margins, overlaps, answerable = [], [], []
    for group in held_out:
        batch = collate(group)
        margin, overlap = best_spans(student(batch)[-1], batch)
        margins += margin.tolist()
        overlaps += overlap.tolist()
        answerable += (batch["starts"] > 0).tolist()
    right = [overlap for overlap, has in zip(overlaps, answerable, strict=True) if has]
    forced = [overlap * has for overlap, has in zip(overlaps, answerable, strict=True)]
    return {
        "windows": len(margins),
        "exact": round(fmean(overlap == 1 for overlap in right), 4),
        "f1": round(fmean(right), 4),
        "auroc": round(metrics.auroc(margins, answerable), 4),
        "best_f1": round(metrics.best_threshold(margins, forced, answerable).f1, 4),
    }


def best_spans(scores: Scores, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Of each window: its best span's score minus null's, and the F1 of that span's tokens against the marked ones."""
    starts, ends = scores
    sums = starts[:, :, None] + ends[:, None, :]
    possible = torch.ones_like(sums[0], dtype=torch.bool).triu().tril(LONGEST - 1)
    possible[0] = False
    best, flat = sums.masked_fill(~possible, -torch.inf).flatten(1).max(1)
    first, last = flat // sums.shape[2], flat % sums.shape[2]
    shared = torch.minimum(last, batch["ends"]) - torch.maximum(first, batch["starts"]) + 1
    overlap = 2 * shared.clamp_min(0) / (last - first + batch["ends"] - batch["starts"] + 2)
    return best - sums[:, 0, 0], overlap
