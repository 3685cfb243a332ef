"""Raw text -> lines of normalized text, each with its way back to the raw text.

Normalized: runs of white space are one space; control, zero-width and soft-hyphen characters are gone; ligatures
and combining accents are ordinary letters; mojibake is repaired (ftfy); reference marks such as [12] are gone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import ftfy
from ftfy.badness import is_bad

from qa.ingest.align import TextBuilder

BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_LINE = re.compile(f"[^{BREAKS}]+")
_BLANK = re.compile(r"(?:\r\n|[\n\r\x85\u2028])[^\S\n\r]*(?:\r\n|[\n\r\x85\u2028])|[\v\f\u2029]")

# In this order: white space (each run one space), characters that show nothing, reference marks (not first in a line:
# a note itself opens with one), hyphens that are written otherwise (and never break a line), ligatures,
# letters with combining accents.
_ODD = re.compile(
    r"(?P<space>[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]{2,}|[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000])"
    r"|(?P<nothing>[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]+"
    r"|(?!\A)\[(?:\d{1,3}|edit|citation needed)\])"
    r"|(?P<hyphen>[\u2010\u2011])"
    r"|(?P<ligature>[\ufb00-\ufb06])"
    r"|(?P<accent>\w[\u0300-\u036f]{1,8})"
)
# In what prints as it is, all of the odd that there may be. A class of characters is looked for ten times as fast.
_MAYBE_ODD = re.compile(r"  |[\[\u2010\u2011\ufb00-\ufb06\u0300-\u036f]")
# In whatever ftfy takes for mojibake; its own pattern tries some thirty ways at each letter.
_MAYBE_BAD = re.compile("[^\x00-\x7f]{2}|[\x80-\x9fÂÃŒœ]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")

Runs = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the raw text, normalized. `runs` lead from `text` to the raw text, as in `Alignment`."""

    start: int
    end: int
    text: str
    runs: Runs
    after_blank: bool = False  # a blank line, or removed matter, stands before it


def lines_of(raw: str, removed: Sequence[tuple[int, int]] = ()) -> Iterator[Line]:
    """The lines of `raw` that hold anything, in order; `removed` spans (in order, disjoint) count as not there."""
    previous, skip = 0, 0
    for found in _LINE.finditer(raw):
        start, end = found.span()
        while skip < len(removed) and removed[skip][1] <= start:
            skip += 1
        if skip < len(removed) and removed[skip][0] <= start and end <= removed[skip][1]:
            continue  # most lines of a page
        kept: list[tuple[int, int]] = []
        at, last = start, skip
        while last < len(removed) and removed[last][0] < end:
            kept.append((at, min(max(removed[last][0], at), end)))
            at = min(removed[last][1], end)
            last += 1
        if at < end:
            kept.append((at, end))
        if not any(low < high for low, high in kept):
            continue
        line = normalized(raw, kept)
        if line.text:
            blank = raw[previous:start] != "\n" and _BLANK.search(raw, previous, start) is not None
            yield replace(line, after_blank=True) if blank else line
            previous = end


def normalized(raw: str, kept: Sequence[tuple[int, int]]) -> Line:
    """The spans `kept` of the raw text as one normalized line."""
    if len(kept) == 1 and _is_normal(text := raw[slice(*kept[0])]):
        start, end = kept[0]
        return Line(start, end, text, ((0, start, len(text)), (len(text), end, 0)))
    builder = TextBuilder()
    for start, end in kept:
        for text, piece_start, piece_end in _pieces(raw, start, end):
            if text.startswith(" ") and (builder.ends_in_space or not len(builder)):
                text = text[1:]
                piece_start = piece_start + 1 if text else piece_end
            builder.put(text, piece_start, piece_end)
    builder.strip_end()
    text, alignment = builder.build()
    return Line(kept[0][0], kept[-1][1], text, alignment.runs)


def _is_normal(text: str) -> bool:
    """Most lines are normal as they are, and need not be put together piece by piece."""
    return (
        not (text.startswith(" ") or text.endswith(" "))
        and ((text.isprintable() and _MAYBE_ODD.search(text) is None) or _ODD.search(text) is None)
        and not is_mojibake(text)
    )


def is_mojibake(text: str) -> bool:
    """As ftfy's `is_bad` tells."""
    return not text.isascii() and _MAYBE_BAD.search(text) is not None and bool(is_bad(text))


def trimmed(raw: str, line: Line, start: int, end: int) -> Line:
    """The line with only the stretch [start, end) of its text left."""
    lead = len(line.text[start:end]) - len(line.text[start:end].lstrip())
    start, end = start + lead, start + len(line.text[start:end].rstrip())
    if start >= end:
        return replace(line, text="", runs=((0, line.start, 0),))
    builder = TextBuilder()
    for (at, raw_start, length), (after, _, _) in pairwise(line.runs):
        low, high = max(at, start), min(after, end)
        if low >= high:
            continue
        if after - at == length:
            builder.put(line.text[low:high], raw_start + low - at, raw_start + high - at)
        else:
            builder.put(line.text[low:high], raw_start, raw_start + length)
    text, alignment = builder.build()
    runs = alignment.runs
    return replace(line, start=runs[0][1], end=builder.raw_end, text=text, runs=runs)


def _pieces(raw: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """(text, raw start, raw end) of raw[start:end], normalized."""
    for text, low, high in _repaired(raw, start, end):
        if high - low != len(text):
            yield text, low, high
            continue
        at = 0
        for odd in _ODD.finditer(text):
            yield text[at : odd.start()], low + at, low + odd.start()
            yield _normal_form(odd), low + odd.start(), low + odd.end()
            at = odd.end()
        yield text[at:], low + at, high


def _normal_form(odd: re.Match[str]) -> str:
    if odd["space"]:
        return " "
    if odd["nothing"]:
        return ""
    if odd["hyphen"]:
        return "-"
    return unicodedata.normalize("NFKC" if odd["ligature"] else "NFC", odd.group())


def _repaired(raw: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """raw[start:end] with mojibake repaired, cut so that every repaired stretch stands alone."""
    text = raw[start:end]
    if not is_mojibake(text):
        yield text, start, end
        return
    fixed = ftfy.fix_encoding(text)
    # ASCII comes through a repair unchanged, so what stands between it matches one to one.
    ascii_before, ascii_after = _BEYOND_ASCII.split(text), _BEYOND_ASCII.split(fixed)
    if ascii_before != ascii_after:
        yield text, start, end
        return
    at = done = start
    for plain, wrong, right in zip(
        ascii_before, [*_BEYOND_ASCII.findall(text), ""], [*_BEYOND_ASCII.findall(fixed), ""], strict=True
    ):
        at += len(plain)
        if wrong != right:
            yield raw[done:at], done, at
            yield from _one_by_one(wrong, right, at)
            done = at + len(wrong)
        at += len(wrong)
    yield raw[done:end], done, end


def _one_by_one(wrong: str, right: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Each repaired character with what stands for it: UTF-8 read as a one-byte encoding has a character a byte."""
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for char in right:
        size = 1 if wrong[at : at + 1] == char else len(char.encode("utf-8", "replace"))
        pieces.append((char, start + at, start + at + size))
        at += size
    yield from pieces if at == len(wrong) else [(right, start, start + len(wrong))]
