"""A question that its paragraph answers -> one that it does not, by changing one thing the question names.

A date, a number or a name that stands both in the question and in the paragraph is changed to another one of the
same kind, taken from elsewhere in the corpus and absent from the paragraph. "What did the US hand over on January
26?" becomes "... on February 26?": the paragraph is about it and still does not say. Compare SQuAD 2.0's
unanswerable questions (Rajpurkar et al., 2018), which people wrote.
"""

from __future__ import annotations

import calendar
import random
import re
from collections import defaultdict
from collections.abc import Iterable

_MONTHS = calendar.month_name[1:]
_WEEKDAYS = list(calendar.day_name)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day", re.compile(rf"\b(?:{'|'.join(_MONTHS)}) \d{{1,2}}\b")),
    ("month", re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b(?! \d{{1,2}}\b)")),
    ("weekday", re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b")),
    ("year", re.compile(r"\b(?:1[0-9]|20)\d\d\b")),
    ("number", re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])")),
    ("name", re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{2,})(?: (?:of )?[A-Z][a-z]{2,})*")),
)


class NearMisses:
    """Makes near misses with names, numbers and dates seen in `texts`."""

    def __init__(self, texts: Iterable[str]) -> None:
        pools: dict[str, set[str]] = defaultdict(set)
        for text in texts:
            for kind, match in _named(text):
                pools[kind].add(match.group())
        pools["month"], pools["weekday"] = set(_MONTHS), set(_WEEKDAYS)
        self._pools = {kind: sorted(values) for kind, values in pools.items()}

    def make(self, question: str, context: str, rng: random.Random) -> str | None:
        """The changed question, or None where it names nothing that could be changed."""
        lowered = context.lower()
        places = [(kind, match) for kind, match in _named(question) if match.group().lower() in lowered]
        rng.shuffle(places)
        for kind, match in places:
            other = self._other(kind, match.group(), lowered, rng)
            if other is not None:
                return question[: match.start()] + other + question[match.end() :]
        return None

    def _other(self, kind: str, value: str, lowered_context: str, rng: random.Random) -> str | None:
        if (
            kind == "day" and rng.random() < 0.7
        ):  # mostly one half of the date only: the closest miss there is
            month, day = value.split()
            candidates = [f"{other} {day}" for other in _MONTHS if other != month]
            candidates += [f"{month} {number}" for number in range(1, 29) if str(number) != day]
        elif kind == "year" and rng.random() < 0.5:
            candidates = [str(int(value) + step) for step in (-10, -3, -2, -1, 1, 2, 3, 10)]
        elif kind == "number" and value.isdigit() and len(value) < 4 and rng.random() < 0.5:
            candidates = [str(max(int(value) + step, 0)) for step in (-3, -2, -1, 1, 2, 3, 5, 10)]
        else:
            pool = self._pools.get(kind, [])
            words = value.count(" ")
            candidates = [c for c in rng.sample(pool, min(len(pool), 40)) if c.count(" ") == words]
        rng.shuffle(candidates)
        return next((c for c in candidates if c.lower() not in lowered_context and c != value), None)


def _named(text: str) -> list[tuple[str, re.Match[str]]]:
    """What a text names, each thing once: the number of a day is no number, and its month is no name."""
    found: list[tuple[str, re.Match[str]]] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start() or match.start() >= other.end() for _, other in found):
                found.append((kind, match))
    return found
