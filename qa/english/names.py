"""What a text names: days, months, weekdays, years, numbers and names; and whether another text names it too.

A passage that does not name the day, the number or the person asked for seldom answers, however alike it sounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from . import forms
from .calendar import MONTH, ORDINAL, WEEKDAY, YEAR, month_number
from .numbers import SMALL
from .words import FUNCTION_WORDS

_DAY = rf"(?:{MONTH}\s+{ORDINAL}|{ORDINAL}\s+(?:of\s+)?{MONTH})"
_OPENING = FUNCTION_WORDS | {"according"}

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day", re.compile(rf"\b{_DAY}\b(?!\d)")),
    ("month", re.compile(rf"\b{MONTH}\b")),
    ("weekday", re.compile(rf"\b{WEEKDAY}\b")),
    ("year", re.compile(rf"(?<![\d.,$€£-]){YEAR}(?![\d%]|[.,]\d)")),
    ("number", re.compile(rf"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)|\b(?:{'|'.join(SMALL[1:])})\b")),
    (
        "name",
        re.compile(r"\b(?:[A-Z][\w’'-]*\w|(?:[A-Z]\.){2,})(?: [A-Z][\w’'-]*\w)*"),
    ),
)


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that a text names, and where: [start, end) in its characters."""

    kind: str
    text: str
    start: int
    end: int


def find(text: str) -> list[Named]:
    """What `text` names, in its order; nothing is counted twice (the year of a date is not also a number)."""
    taken: list[tuple[int, int]] = []
    found = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "name":
                start, end = _without_starters(text, start, end)
            if start >= end or any(start < e and end > s for s, e in taken):
                continue
            taken.append((start, end))
            found.append(Named(kind, text[start:end], start, end))
    return sorted(found, key=lambda named: named.start)


def occurs(text: str, named: Named) -> bool:
    """Whether `text` names the same thing, in whatever usual way of writing it (see `forms` for names)."""
    if named.kind == "day":
        days = {month_and_day(other.group()) for other in PATTERNS[0][1].finditer(text)}
        return month_and_day(named.text) in days
    if named.kind == "month":
        return any(other.group()[:3] == named.text[:3] for other in PATTERNS[1][1].finditer(text))
    if named.kind == "name":
        return forms.written(named.text).search(forms.folded(text)) is not None
    return any(_holds(text, form) for form in _forms(named.text))


def telling(named: Named, texts: Sequence[str]) -> Named:
    """The name less its words that tell nobody apart, by how `texts` use them; the whole where no other is left.

    Those are words also written small ("Bridge", where texts speak of "the bridge"), and words that always begin
    another name there ("Ewa" of "Ewa Zelenska", where it is always Ewa Zielinska).
    """
    words = named.text.split()
    if named.kind != "name" or len(words) < 2:
        return named
    text = "\n".join(texts)
    kept = [w for w in words if not _small(w, text) and not _of_others(w, words, text)]
    return replace(named, text=" ".join(kept)) if kept else named


def _small(word: str, text: str) -> bool:
    """Whether the text also writes the word, or its plural, without a capital."""
    return re.search(rf"\b{re.escape(word.lower())}(?:e?s)?\b", text) is not None


def _of_others(word: str, name: Sequence[str], text: str) -> bool:
    """Whether every time that `text` holds the word, a capital word follows that is not of the name."""
    followers = [found[1] for found in re.finditer(rf"\b{re.escape(word)}\b(?: ([A-Z]\w+))?", text)]
    return bool(followers) and all(other is not None and other not in name for other in followers)


def _without_starters(text: str, start: int, end: int) -> tuple[int, int]:
    """The name in [start, end), less what is capital only because a question begins with it."""
    words = text[start:end].split(" ")
    if words[0].lower() in _OPENING and (start == 0 or words[0].istitle()):
        start += len(words.pop(0)) + 1
    return start, max(start, end) if words else start


def month_and_day(text: str) -> tuple[int, int]:
    """(1 to 12, day) of a text that names a day, such as "3rd of May"."""
    month = re.search(MONTH, text)
    number = re.search(r"\d+", text)
    assert month is not None and number is not None, text
    return month_number(month.group()), int(number.group())


def _forms(number: str) -> Iterator[str]:
    yield number
    if number.isdigit() and int(number) < len(SMALL):
        yield SMALL[int(number)]
    elif number in SMALL:
        yield str(SMALL.index(number))


def _holds(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w.,]){re.escape(word)}(?!\w|[.,]\d)", text, re.IGNORECASE) is not None
