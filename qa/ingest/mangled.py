"""A mangled copy of the article within the file: one line that has lost its spaces and punctuation.

Scrapers that strip markup carelessly put the whole article into one line ("sourceNo specific agreementsMOSCOW
February 4 TASS Russia ...") before the clean paragraphs. Both texts are compared letter by letter, spaces, case
and punctuation aside; the line that the others cover and that is written worse gives way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

GRAM = 16  # letters; about three words, so that chance agreement is rare
COVERED_SHARE = 0.6  # of the line's letters occur in the other lines; a quoting summary stays under a half
MIN_LETTERS = 300  # about 60 words: shorter lines may simply be summaries
# All grams of the text are held at once; beyond a long report's length the rule is skipped.
MAX_CHARS = 400_000
COPY_RUN = 60  # letters in a row that open the copy itself; a headline shares shorter runs with its article
# Joints like "sourceNo" per word that show lost spaces; names such as McKay are rarer.
GLUED_PER_WORDS = 1 / 200
PUNCTUATION_RATIO = 0.5  # a mangled line has less than half the punctuation per letter of the text it repeats

_GLUE = re.compile(r"(?<=[a-z]{2})(?=[A-Z])")
_PUNCTUATION = re.compile(r"[.,;:!?\"“”’'()-]")


def find_mangled(lines: Sequence[str]) -> tuple[int, str | None] | None:
    """(index of the mangled copy among `lines`, the headline that it alone carries), or None."""
    if len(lines) < 2 or sum(map(len, lines)) > MAX_CHARS:
        return None
    at = max(range(len(lines)), key=lambda index: len(lines[index]))
    letters, places = _letters(lines[at])
    if len(letters) < MIN_LETTERS:
        return None
    others = [line for index, line in enumerate(lines) if index != at]
    known = {gram for line in others for gram in _grams(_letters(line)[0])}
    covered = bytearray(len(letters))
    for start, gram in enumerate(_grams(letters)):
        if gram in known:
            covered[start : start + GRAM] = b"\1" * GRAM
    if sum(covered) < COVERED_SHARE * len(letters) or not _written_worse(lines[at], others):
        return None
    first = covered.find(b"\1" * COPY_RUN)
    return at, _headline(lines[at][: places[first]]) if first > 0 else None


def _letters(line: str) -> tuple[str, list[int]]:
    """The letters and digits of a line, lower case, and where each stands in it."""
    kept = [(char.lower()[0], index) for index, char in enumerate(line) if char.isalnum()]
    return "".join(char for char, _ in kept), [index for _, index in kept]


def _grams(letters: str) -> list[str]:
    return [letters[start : start + GRAM] for start in range(len(letters) - GRAM + 1)]


def _written_worse(line: str, others: Sequence[str]) -> bool:
    rest = "\n".join(others)
    if len(_GLUE.findall(line)) < max(GLUED_PER_WORDS * len(line.split()), 2):
        return False
    return len(_PUNCTUATION.findall(line)) / len(line) < PUNCTUATION_RATIO * len(
        _PUNCTUATION.findall(rest)
    ) / len(rest)


def _headline(lead: str) -> str | None:
    """The first stretch of what only the mangled line holds, up to where its lost line break shows."""
    first = _GLUE.split(lead.strip(), maxsplit=1)[0].strip()
    return " ".join(first.split()) if 3 <= len(first.split()) <= 40 else None
