"""What of an article's text stands beside its story: as its format marked it, and as the words of its lines show it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from qa.english.calendar import MONTHS, WEEKDAYS
from qa.english.sentences import dateline
from qa.ingest.kinds import BYLINE
from qa.ingest.phrases import may_hold
from qa.records import Part

BYLINE_WORDS = 14  # "By Ann Lee, Kim Day and Bo Chen, The Associated Press"; what is longer tells something
# Of the text: a photo story is told by its captions, and where they hold so much they are the story.
STORY_SHARE = 0.5

_AGENCY_NAMES = (
    "Reuters", "REUTERS", "AP", "AFP", "Getty Images", "Getty", "EPA", "PA", "Shutterstock", "Bloomberg", "NurPhoto",
)  # fmt: skip
_AGENCIES = rf"(?:{'|'.join(_AGENCY_NAMES)})"
# Words are of bounded length, so that a line of a million capital letters is read once.
_WORD = r"[A-ZÀ-Þ](?:\.|[\w’'-]{0,30})"
_NAME = rf"{_WORD}(?: (?:(?:de|da|del|di|du|la|le|van|von|der|al|bin) ){{0,2}}{_WORD}){{0,4}}"
# "Image: Ann Lee has left the club" names whom it shows, and "picture: Raiders in pursuit" is a headline.
_CREDIT = re.compile(
    rf"\b(?:{_AGENCIES}\s?/\s?(?:[\w ]{{1,40}}/\s?)?|(?:AP |AFP |File )?"
    r"(?i:photo|photograph|photography|picture|image|illustration|credit|courtesy)s?"
    rf"(?: by|:|/| courtesy of| credit:)\s?)(?:(?i:the) )?{_NAME}(?:\s?/\s?{_NAME}){{0,4}}"
    r"(?<!\W[A-ZÀ-Þ])(?![\w’'-])(?=\s*(?:$|[.;)\]|/]|,? (?i:file)\b|\b(?:for|via)\b))"
    rf"|\b{_NAME}\s?(?:/|\bfor\b|\bvia\b)\s?{_AGENCIES}\b",
    re.MULTILINE,
)
# One of them is in every credit, and the pattern of credits tries each word that begins with a capital.
_PICTURES = ("photo", "picture", "image", "illustration", "credit", "courtesy")
_AGENCY = re.compile(rf"/\s?{_AGENCIES}|(?:for|via)\s?{_AGENCIES}|{_AGENCIES}\s?/")
# "VIENNA —", "FORT WORTH, Texas --", "Riga (Reuters) -": where a story was sent from.
_PLACE_LINE = re.compile(
    rf"(?:[A-Z][A-Z.’' -]{{1,30}}(?:, [A-Z][\w.]{{1,20}})?(?: ?\({_AGENCIES}\))?"
    rf"|[A-Z][\w.’' -]{{1,30}}(?:, [A-Z][\w.]{{1,20}})? ?\({_AGENCIES}\))\s?(?:[—–_-]|--)\s"
)
_DAY = re.compile(rf"by (?:{'|'.join((*WEEKDAYS, *MONTHS))})\b", re.IGNORECASE)
_TELLS = re.compile(r"[.!?…][\"”’)]*$")


class Stretches:
    """The places of parts, which may be many, and may hold one another."""

    def __init__(self, parts: Iterable[Part]) -> None:
        places = sorted((part.start, part.end) for part in parts)
        self._starts = [start for start, _ in places]
        self._reach = list(accumulate((end for _, end in places), max))

    def hold(self, start: int, end: int) -> bool:
        """Whether one of them holds all of [start, end)."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and self._reach[at] >= end

    def meet(self, start: int, end: int) -> bool:
        """Whether one of them holds anything of [start, end)."""
        at = bisect_left(self._starts, end) - 1
        return at >= 0 and self._reach[at] > start


def parts_of(text: str, told: Sequence[Part] = ()) -> tuple[Part, ...]:
    """text: cleaned, a line a paragraph. told: parts of it that its format marks. By their start, outer ones first."""
    captions = [part for part in told if part.role == "caption"]
    if sum(part.end - part.start for part in captions) > STORY_SHARE * len(text):
        told = [part for part in told if part.role != "caption"]
    marked = Stretches(told)
    credited = Stretches(part for part in told if part.role == "credit")
    # A credit within a caption is often marked by nothing but its words.
    found = [
        part
        for part in _shown(text)
        if not (credited if part.role == "credit" else marked).hold(part.start, part.end)
    ]
    return tuple(sorted({*told, *found}, key=lambda part: (part.start, -part.end, part.role)))


def _shown(text: str) -> Iterator[Part]:
    named = any(map(text.__contains__, _AGENCY_NAMES)) and _AGENCY.search(text)
    if named or may_hold(text, _PICTURES):
        for credit in _CREDIT.finditer(text):
            yield Part(*credit.span(), "credit")
    at = 0
    for line in text.split("\n"):
        if _is_byline(line):
            yield Part(at, at + len(line), "byline")
        elif opening := dateline(line) or _PLACE_LINE.match(line):
            yield Part(at, at + len(opening.group().rstrip()), "dateline")
        at += len(line) + 1


def _is_byline(line: str) -> bool:
    return (
        len(line) <= 12 * BYLINE_WORDS
        and BYLINE.match(line) is not None
        and len(line.split()) <= BYLINE_WORDS
        and not (_TELLS.search(line) or _DAY.match(line))
    )
