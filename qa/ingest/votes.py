"""Which blocks of a page an extractor keeps, told by its text.

Texts are compared letter by letter: extractors drop soft hyphens and zero-width characters, compose accents and
trim white space, and Chinese has no words to count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from qa.ingest.bare import bare, bare_each

RUN = 24  # letters; four or five words, so that chance agreement is rare
BESIDE = 4  # blocks side by side that show a line: amount, unit, name and a note of an ingredient
COVERED_SHARE = 0.8  # of a block's runs occur in the extractor's text, which joins and trims lines


def letters(text: str) -> str:
    """Letters and digits only, case, accents and compatibility forms aside."""
    return bare(_folded(text))


def letters_of(texts: Sequence[str]) -> list[str]:
    """The `letters` of each."""
    return bare_each([_folded(text) for text in texts])


def _folded(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKD", text)).casefold()


def votes(blocks: Sequence[str], text: str, known: Mapping[str, str] | None = None) -> list[bool]:
    """For each block, given as its `letters`, whether `text`, which an extractor kept, holds it. known: `letters` of
    what may be its lines, as most are blocks."""
    each = text.split("\n")
    known = dict(known or {})
    new = [line for line in each if line not in known]
    known.update(zip(new, letters_of(new), strict=True))
    told = [known[line] for line in each]
    lines = {*told, *letters_of([part for line in each if "|" in line for part in line.split("|")])}
    whole = "".join(told)
    return [_holds(whole, lines, block) for block in blocks]


def said(blocks: Sequence[str], text: str) -> list[bool]:
    """As `votes`, of a text whose lines a page may show in several blocks each: "135 g" and "Butter" side by side."""
    found = votes(blocks, text)
    lines = set(letters_of(text.split("\n")))
    longest = max(map(len, lines), default=0)
    for first in range(len(blocks)):
        line = ""
        for after, block in enumerate(blocks[first : first + BESIDE], first + 1):
            line += block
            if len(line) > longest:
                break
            if line in lines:
                found[first:after] = [True] * (after - first)
    return found


def _holds(whole: str, lines: set[str], block: str) -> bool:
    if block in lines:
        return bool(block)
    if len(block) < RUN:
        return False
    if block in whole:
        return True
    starts = range(0, len(block) - RUN + 1, RUN)
    may_miss = (1 - COVERED_SHARE) * len(starts)
    for at in starts:
        may_miss -= block[at : at + RUN] not in whole
        if may_miss < 0:  # each miss searches the whole text
            return False
    return True
