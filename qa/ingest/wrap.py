"""Lines broken at a fixed width -> whole paragraphs (mail, plain-text files, PDF)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qa.ingest.align import TextBuilder
from qa.ingest.kinds import LineKind, is_prose, kind_of
from qa.ingest.lines import Line, trimmed

MAX_WIDTH = 130  # wrapped text is 60 to 100 characters wide; paragraphs on one line have a wide spread above
MIN_WIDTH = 40
# Of a page that was set in columns, where every line is broken by its width; a poem's are not set so.
MIN_COLUMN = 20
LOWER_SHARE = 0.25  # of the line breaks are followed by a small letter; between paragraphs hardly any are
MIN_BREAKS = 3
FULL_SHARE = 0.85  # of the width: set type leaves lines a little short of it

_PLAIN = frozenset({LineKind.PROSE, LineKind.LABEL})
_BULLET = re.compile(r"[-*•–—·▪]\s|\(?\d{1,2}[.)]\s|[A-Za-z]\)\s")
_TENS = frozenset("twenty thirty forty fifty sixty seventy eighty ninety".split())
_UNITS = frozenset(
    "one two three four five six seven eight nine first second third fourth fifth sixth seventh eighth ninth".split()
)
_HYPHEN = re.compile(r"[^\W\d_]{2}[-\u2010]$")


def unwrap(raw: str, lines: Sequence[Line], *, typeset: bool = False) -> list[Line]:
    """The lines, joined into paragraphs where the text shows a fixed width; otherwise as they are.

    typeset: they are of pages, whose columns may be narrow.
    """
    width = _width(lines, MIN_COLUMN if typeset else MIN_WIDTH)
    if width is None:
        return list(lines)
    vocabulary = {word for line in lines for word in re.findall(r"[\w-]+", line.text.lower())}
    paragraphs: list[list[Line]] = []
    for line in lines:
        if paragraphs and _continues(paragraphs[-1][-1], line, width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return [_joined(raw, parts, vocabulary) for parts in paragraphs]


def _width(lines: Sequence[Line], least: int) -> int | None:
    pairs = [(a, b) for a, b in pairwise(lines) if not b.after_blank]
    if len(pairs) < MIN_BREAKS:
        return None
    lower = sum(b.text[0].islower() for _, b in pairs)
    lengths = sorted(len(line.text) for line in lines)
    width = lengths[int(0.95 * (len(lengths) - 1))]
    if lower < max(LOWER_SHARE * len(pairs), MIN_BREAKS) or not least <= width <= MAX_WIDTH:
        return None
    return width


def _continues(line: Line, after: Line, width: int) -> bool:
    if after.after_blank or _BULLET.match(after.text):
        return False
    first = after.text.split(" ", 1)[0]
    full = len(line.text) + 1 + len(first) >= FULL_SHARE * width
    lower = after.text[0].islower()
    if full and lower and not is_prose(line.text):
        return True  # the rest of a sentence, even if it reads as a page's furniture: "a year ago."
    if not full and not lower:
        return False
    return kind_of(after.text) in _PLAIN and kind_of(line.text) in _PLAIN


def _joined(raw: str, parts: Sequence[Line], vocabulary: set[str]) -> Line:
    if len(parts) == 1:
        return parts[0]
    builder = TextBuilder()
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        if after is None:
            builder.extend(part.text, part.runs)
        elif _HYPHEN.search(part.text) and after.text[0].islower():
            whole = _keeps_hyphen(part.text, after.text, vocabulary)
            kept = part if whole else trimmed(raw, part, 0, len(part.text) - 1)
            builder.extend(kept.text, kept.runs)
        else:
            builder.extend(part.text, part.runs)
            builder.put(" ", builder.raw_end, max(after.runs[0][1], builder.raw_end))
    text, alignment = builder.build()
    return replace(parts[0], end=parts[-1].end, text=text, runs=alignment.runs)


def _keeps_hyphen(before: str, after: str, vocabulary: set[str]) -> bool:
    """True for "well-/known", false for "nego-/tiations": as the rest of the text writes the word."""
    left = re.findall(r"\w+", before.lower())[-1]
    right = re.findall(r"\w+", after.lower())[0]
    if left in _TENS and right in _UNITS:  # "twenty-/two"
        return True
    return f"{left}-{right}" in vocabulary and f"{left}{right}" not in vocabulary
