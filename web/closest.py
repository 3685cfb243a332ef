"""Where nothing is answered: the passages that come closest, nearest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.english.words import stems
from qa.records import Answer, CitedPassage

SHOWN = 3
RELATED = 0.25  # cosine; MiniLM's nearest passages on quite other matters stay below
_K = 5  # of the fusion of three short orders: what two of them put first comes before what one does


def closest(answer: Answer) -> list[CitedPassage]:
    """Ordered by reciprocal rank (Cormack, Clarke and Büttcher 2009) of three orders: as they were found, by
    likeness to the question, and by what the reader held likely in their article. Those that are about something
    else, like it neither in meaning nor in a telling word, are left out.
    """
    told = answer.explain or {}
    cosines = [of["cosine"] for of in told.get("passages", ())] or [None] * len(answer.passages)
    likely = _likely(told)
    asked = stems(answer.understood)
    related = [
        (place, passage, cosine or 0.0)
        for place, (passage, cosine) in enumerate(zip(answer.passages, cosines, strict=True))
        if cosine is None or cosine >= RELATED or asked & stems(passage.text)
    ]
    by_cosine = sorted(related, key=lambda one: -one[2])
    by_reader = sorted(related, key=lambda one: -likely.get(one[1].article_id, -1.0))
    score = {one[0]: 1 / (_K + at) for at, one in enumerate(related)}
    for order in (by_cosine, by_reader if likely else []):
        for at, one in enumerate(order):
            score[one[0]] += 1 / (_K + at)
    ordered = sorted(related, key=lambda one: -score[one[0]])
    return [passage for _, passage, _ in ordered[:SHOWN]]


def _likely(told: Mapping[str, Any]) -> dict[str, float]:
    """Article id -> the best confidence among the reader's candidates from it."""
    best: dict[str, float] = {}
    for one in told.get("candidates", ()):
        best[one["article_id"]] = max(best.get(one["article_id"], 0.0), one["confidence"])
    return best
