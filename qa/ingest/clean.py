"""Document -> the article's text, with its way back to the raw text, and what the page says about it.

The steps, each in its own module: lines are normalized (lines), rejoined where they were broken at a fixed width
(wrap), a mangled copy gives way (mangled), date and address lines become metadata (dates), furniture and the
headline are told from the text (kinds, furniture). What is left is joined with a line's end between paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

from qa.english.calendar import month_number
from qa.english.sentences import dateline, sentence_spans
from qa.ingest import date_lines, dates
from qa.ingest.align import TextBuilder
from qa.ingest.date_lines import Label
from qa.ingest.document import Document, Metadata, Unreadable, web_address
from qa.ingest.furniture import select
from qa.ingest.headers import read_headers
from qa.ingest.kinds import CREDIT, URL, LineKind, credit_start, folded
from qa.ingest.lines import Line, lines_of, normalized, trimmed
from qa.ingest.mangled import find_mangled
from qa.ingest.parts import Stretches, parts_of
from qa.ingest.tables import moved, tables_of_lines
from qa.ingest.wrap import unwrap
from qa.records import Alignment, ListItem, Part, Table

MAX_LINES = 200_000  # a novel has 20,000; each costs half a kilobyte while it is judged
HEAD_LINES = 15  # where a page tells its date and address
TITLE_CHARS = 200
MADE_UP_TITLE_CHARS = 100  # where there is no headline, the first sentence stands in for it


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What an Article is made of, besides its id and path."""

    text: str
    alignment: Alignment
    title: str
    published: date | None
    published_inferred: bool
    source: str | None
    url: str | None
    parts: tuple[Part, ...]  # of text, beside the story
    items: tuple[ListItem, ...]  # of text
    tables: tuple[Table, ...]  # of text


def clean(document: Document, *, today: date, drop: frozenset[str] = frozenset()) -> Cleaned:
    """drop: folded lines known to be furniture of the whole source. Raises Unreadable where nothing is text."""
    lines: list[Line] = []
    for line in lines_of(document.raw, document.removed):
        lines.append(line)
        if len(lines) > MAX_LINES:
            raise Unreadable(f"more than {MAX_LINES:,} lines: a table or a log, not an article")
    if not lines:
        raise Unreadable("no text in it")
    if not document.page:
        lines = _parted(lines, document.parts) if document.parts else lines
        lines = unwrap(document.raw, lines, typeset=bool(document.page_starts))
    told, lines = read_headers(lines)
    told_dates, lines = _label_dates(document.raw, lines)
    told_dates = [*told.dates, *told_dates]
    headline = document.meta.title or told.title
    if not document.page and (mangled := find_mangled([line.text for line in lines])):
        headline = headline or mangled[1]
        lines.pop(mangled[0])
    chosen = select([line.text for line in lines], headline, page=document.page)
    credited = _credited(lines, document.parts)
    kept = [
        line if told else _without_credit(document.raw, line)
        for line, keep, told in zip(lines, chosen.keep, credited, strict=True)
        if (keep or (told and CREDIT.fullmatch(line.text))) and not (drop and folded(line.text) in drop)
    ]
    kept = list(_cut_at_captions(document.raw, kept, document.parts))
    if not any(line.text for line in kept):  # a page of nothing but labels is better kept than lost
        kept = lines
    text, alignment = _joined(document.raw, kept)
    if headline is None and chosen.title is not None:
        headline = lines[chosen.title].text
    lead = next((line.text for line in kept if dateline(line.text)), "")
    told_dates += _date_lines(lines, chosen.kinds, page=document.page)
    published, inferred = _published(document.meta, told_dates, lead, text, today)
    url = document.meta.url or told.url or _address(lines, chosen.kinds)
    return Cleaned(
        text=text,
        alignment=alignment,
        title=_shortened(headline, TITLE_CHARS) if headline else _made_up_title(text),
        published=published,
        published_inferred=inferred,
        source=document.meta.source
        or told.source
        or _agency(lead)
        or (urlsplit(url).hostname if url else None),
        url=url,
        parts=parts_of(text, _kept_parts(document.parts, alignment)),
        items=tuple(_kept_items(document.items, alignment)),
        tables=_kept_tables(document, text, alignment),
    )


def _credited(lines: Sequence[Line], parts: Sequence[Part]) -> list[bool]:
    """For each line whether the format marks it as a caption or a credit: what it says of the picture is kept."""
    told = Stretches(part for part in parts if part.role in ("caption", "credit"))
    return [told.meet(line.start, line.end) for line in lines]


def _cut_at_captions(raw: str, lines: Sequence[Line], parts: Sequence[Part]) -> Iterator[Line]:
    """The lines, those cut that hold more than a caption: no sentence of the story goes on in one."""
    captions = sorted((part.start, part.end) for part in parts if part.role == "caption")
    for line in lines:
        first = max(bisect_right(captions, (line.start, 0)) - 1, 0)
        near = captions[first : bisect_left(captions, (line.end, 0))] if line.text else []
        places = [Alignment(line.runs).to_text(max(start, line.start), end) for start, end in near]
        edges = sorted({0, len(line.text), *(edge for place in places if place for edge in place)})
        if len(edges) <= 2:
            yield line
            continue
        pieces = (trimmed(raw, line, start, end) for start, end in pairwise(edges))
        yield from (piece for piece in pieces if piece.text)


def _kept_parts(parts: Sequence[Part], alignment: Alignment) -> list[Part]:
    """In the cleaned text, what of them is there."""
    places = [(alignment.to_text(part.start, part.end), part.role) for part in parts]
    return [Part(*place, role) for place, role in places if place]


def _kept_items(items: Sequence[ListItem], alignment: Alignment) -> Iterator[ListItem]:
    """In the cleaned text, what of them is there."""
    for item in items:
        if place := alignment.to_text(item.start, item.end):
            yield replace(item, start=place[0], end=place[1])


def _kept_tables(document: Document, text: str, alignment: Alignment) -> tuple[Table, ...]:
    """In the cleaned text, what of them is there; of a text without a format, those that are written out in it."""
    if document.tables or document.page or document.page_starts:
        return moved(document.tables, alignment.to_text)
    return tables_of_lines(text, document.raw, alignment)


def _parted(lines: Sequence[Line], parts: Sequence[Part]) -> list[Line]:
    """The lines; one with which a part begins or ends does not go on from the line before."""
    edges = sorted({edge for part in parts for edge in (part.start, part.end)})
    before = 0
    found: list[Line] = []
    for line in lines:
        passed = bisect_right(edges, line.start)
        found.append(replace(line, after_blank=True) if passed > before else line)
        before = passed
    return found


def _label_dates(raw: str, lines: Sequence[Line]) -> tuple[list[date], list[Line]]:
    """Take "date 2021-12-10" off the lines that open with it."""
    found: list[date] = []
    left: list[Line] = []
    for index, line in enumerate(lines):
        opening = index < HEAD_LINES and not dates.of_line(line.text)
        label = dates.label_at_start(line.text) if opening else None
        if label:
            found.append(label[0])
            line = trimmed(raw, line, label[1], len(line.text))
            if not re.search(r"\w", line.text):
                continue
        left.append(line)
    return found, left or list(lines)


def _date_lines(lines: Sequence[Line], kinds: Sequence[LineKind], *, page: bool) -> list[date]:
    """The dates on lines of the head, those that stand alone first; a date of updating only after the others, and not
    of a page, of which more is known (see page_date)."""
    found = [
        (bool(dates.UPDATED.match(line.text)), day)
        for line, kind in zip(lines[:HEAD_LINES], kinds, strict=False)
        if kind is LineKind.DATE
        and (day := dates.of_line(line.text))
        and not (page and dates.UPDATED.match(line.text))
    ]
    alone = [day for _, day in sorted(found, key=lambda pair: pair[0])]
    beside = [one for line in lines[:HEAD_LINES] if (one := date_lines.told(line.text))]
    said = [one.day for one in beside if one.label is Label.PUBLISHED]
    others = [one.day for one in beside if one.label is Label.NONE]
    return [*alone, *said, *others]


def _published(
    meta: Metadata, told: Sequence[date], lead: str, text: str, today: date
) -> tuple[date | None, bool]:
    if day := dates.first_date([meta.published], today):
        return day, meta.published_inferred
    if day := dates.first_date(told, today):
        return day, False
    if day := dates.first_date([date_lines.opening(text.split("\n", 1)[0])], today):
        return day, False
    if not (opening := dateline(lead)):
        return None, False
    if day := dates.first_date([dates.parsed(opening.group())], today):
        return day, False
    month, number = opening["month"] or opening["month_after"], opening["day"] or opening["day_before"]
    start, end = sentence_spans(lead)[0]
    day = dates.infer_year(
        month_number(month), int(number), lead[start:end], text, file_date=meta.created, today=today
    )
    return day, day is not None


def _address(lines: Sequence[Line], kinds: Sequence[LineKind]) -> str | None:
    for line, kind in zip(lines[:HEAD_LINES], kinds, strict=False):
        if kind is LineKind.URL and (found := URL.fullmatch(line.text)):
            address = found.group(1)
            return web_address(address if "://" in address else f"https://{address}")
    return None


def _agency(lead: str) -> str | None:
    opening = dateline(lead)
    return (opening["slashed"] or opening["bracketed"] or opening["bare"]) if opening else None


def _without_credit(raw: str, line: Line) -> Line:
    start = credit_start(line.text)
    return line if start is None else trimmed(raw, line, 0, start)


def _joined(raw: str, lines: Sequence[Line]) -> tuple[str, Alignment]:
    builder = TextBuilder()
    for line in lines:
        if not line.text:
            continue
        if len(builder):
            gap = raw[builder.raw_end : line.runs[0][1]]
            if gap == "\n":
                builder.put("\n", builder.raw_end, builder.raw_end + 1)
            else:
                builder.insert("\n")
        builder.extend(line.text, line.runs)
    return builder.build()


def _shortened(title: str, limit: int) -> str:
    """Normalized as lines are: what shows nothing in a text (a soft hyphen) is not looked for in a title either."""
    title = normalized(" ".join(title.split()), [(0, len(title))]).text
    return title if len(title) <= limit else title[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _made_up_title(text: str) -> str:
    spans = sentence_spans(text[: 20 * MADE_UP_TITLE_CHARS])
    if not spans:
        return _shortened(text, MADE_UP_TITLE_CHARS)
    first = text[spans[0][0] : spans[0][1]]
    opening = dateline(first)
    return _shortened(first[opening.end() :] if opening else first, MADE_UP_TITLE_CHARS)
