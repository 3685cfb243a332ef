"""Lines that tell a date beside other words: "1. Februar 2022, Daniel Kramm", "Handball Lom • 02.02.2022"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from qa.ingest import dates
from qa.ingest.months import written

LINE_CHARS = 120
OTHER_WORDS = 8  # names, a section, a clock, a reading time; sentences have more
OPENING_CHARS = 40  # a place and its country before a report's date

_PUBLISHED = re.compile(
    r"\b(?:(?:re)?published|posted|publication|issued|created|online since|publi[ée]e?|parue?|mise? en ligne"
    r"|ver[öo]ffentlicht|erschienen|erstellt|pubblicat[oa]|publicad[oa]|publicat|opublikowan[oy]|dodano|gepubliceerd|geplaatst|publicerad"
    r"|publisert|udgivet|julkaistu|publikov[aá]no|vyd[aá]no|yay[ıi]nlan\w*|опубликован\w*|опубліковано|публикация)\b"
    r"|发布|發布|發佈|公開|掲載|投稿|게시|입력|نشر|منتشر",
    re.I,
)
_UPDATED = re.compile(
    r"\b(?:updated?|modified|edited|revised|accessed|changed|stand|aktualisiert|ge[äa]ndert|[äa]nderung|mise? à jour"
    r"|modifi[ée]e?|actualizad[oa]|aggiornat[oa]|modificat[oa]|modifica|atualizad[oa]|aktualiz\w+|zaktualizowan\w+"
    r"|bijgewerkt|uppdaterad|oppdatert|opdateret|p[äa]ivitetty|güncelle\w*|обновлен\w*|оновлено|изменен\w*|abgerufen)\b"
    r"|更新|修改|最終|수정|تحديث",
    re.I,
)
_CLOCK = re.compile(r"\b\d{1,2}\s*[:.h]\s*\d{2}(?::\d{2})?\b|\d{1,2}[時时시]\d{0,2}[分분]?")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_END = re.compile(r"[.!?。！？]['\"”’»)\]]*$")
# A report's place before its date, and what sets the date off from the report.
_PLACE = re.compile(r"(?:[^\W\d_][\w'’./-]*[ ,(-]*){0,5}", re.U)
_SET_OFF = re.compile(r"\)?\s*(?:[.:–—|-]|\(|,?\s*[„“\"«])")


class Label(IntEnum):
    PUBLISHED = 0
    NONE = 1
    UPDATED = 2


@dataclass(frozen=True, slots=True)
class Told:
    day: date
    label: Label


def told(line: str) -> Told | None:
    """The date of a line that holds one and few other words; of several the one that is said to be published."""
    if not 6 <= len(line) <= LINE_CHARS:
        return None
    found = list(_found(line))
    if not found:
        return None
    rest = line
    for start, end, _ in reversed(found):
        rest = rest[:start] + " " + rest[end:]
    others = _WORDS.findall(_CLOCK.sub(" ", rest))
    if len(others) > OTHER_WORDS or (_SENTENCE_END.search(line) and len(others) > OTHER_WORDS / 2):
        return None
    each = [Told(day, _label(line[max(before, 0) : start])) for (start, _, day), before in _after(found)]
    if len({one.day for one in each}) > 1 and all(one.label is Label.NONE for one in each):
        return None  # a stretch of time
    return min(each, key=lambda one: one.label)


def opening(line: str) -> date | None:
    """The date with which a report opens, after its place or alone: "Lund, 2. November 2021. The ferry ..."."""
    found = next(_found(line[: OPENING_CHARS + 30]), None)
    if not found or found[0] > OPENING_CHARS:
        return None
    start, end, day = found
    return day if _PLACE.fullmatch(line[:start]) and _SET_OFF.match(line, end) else None


def days_in(text: str) -> set[date]:
    """Every full date in a text, in any of the languages."""
    return {day for _, _, day in _found(text)}


def _label(before: str) -> Label:
    if _UPDATED.search(before):
        return Label.PUBLISHED if _PUBLISHED.search(before) and _last_is_published(before) else Label.UPDATED
    return Label.PUBLISHED if _PUBLISHED.search(before) else Label.NONE


def _last_is_published(before: str) -> bool:
    published, updated = (list(words.finditer(before))[-1].start() for words in (_PUBLISHED, _UPDATED))
    return published > updated


def _after(found: list[tuple[int, int, date]]) -> Iterator[tuple[tuple[int, int, date], int]]:
    """Each with where the one before it ends."""
    before = 0
    for one in found:
        yield one, before
        before = one[1]


def _found(text: str) -> Iterator[tuple[int, int, date]]:
    """(start, end, day) of the full dates in a text, English ones first where two readings overlap."""
    if not dates.DIGIT.search(text):
        return
    plain = [
        (at.start(), at.end(), day) for at in dates.FULL_DATE.finditer(text) if (day := dates.of_match(at))
    ]
    more = [
        (one.start, one.end, day)
        for one in written(text)
        if (day := dates.made(one.year, one.month, one.day))
        and not any(one.start < end and start < one.end for start, end, _ in plain)
    ]
    yield from sorted(plain + more)
