"""When a page's article was published, and how sure that is.

In this order: what the page declares (htmldate reads its address, its metadata and its marked dates), unless that is
when it was last changed; a date line beside the headline; a line anywhere that says "published"; at last, as a
guess, htmldate's search of the whole page, unless the page's text tells another day or nothing but its last change.
A date line beside the headline corrects a declared day by one: pages declare in UTC and print in their readers' time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date, datetime, timedelta

from htmldate import find_date
from htmldate.core import search_page
from htmldate.settings import CLEANING_LIST, MIN_DATE
from htmldate.utils import Extractor
from lxml import etree
from lxml.html import HtmlElement

from qa.ingest import dates
from qa.ingest.date_lines import Label, Told, days_in, told
from qa.ingest.page_data import PageData
from qa.ingest.standing import Standing
from qa.ingest.visible import Block
from qa.ingest.votes import letters

_CHANGED = re.compile(r"modif|updat|chang", re.I)
_FULL_DAY = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?P<joint>[/-]?)(?P<month>\d{1,2})(?P=joint)(?P<day>\d\d(?!\d)|\d(?=[/?#]|$))"
)
# As the search of a whole page reads a day: in numbers, or with its month as a word.
_YEAR = "(?:19|20)[0-9]{2}"
_DAY = re.compile(
    rf"{_YEAR}[/.-]?[01][0-9][/.-]?[0-3][0-9](?![0-9])"
    rf"|[0-9](?:[/.-][01]?[0-9][/.-](?:{_YEAR}|[0-9]{{2}})(?![0-9])|(?:st|nd|rd|th)?,?[ ]{_YEAR}"
    rf"|(?:st|nd|rd|th|\.)?[ ](?:of[ ])?[^\W\d_]{{3,}}[,.]?[ ]{_YEAR})",
    re.I,
)
_PUBLISHED = etree.XPath("/descendant::meta[@property = 'article:published_time']")
_MARKED = etree.XPath(
    "/descendant::time[@pubdate or @itemprop = 'datePublished' or contains(@class, 'publish')]"
    " | /descendant::*[@itemprop = 'datePublished']"
)
_ADDRESSES = etree.XPath("/descendant::link[@rel = 'canonical'] | /descendant::meta[@property = 'og:url']")
CHANGED_REACH = 60  # characters before a day in the source in which its field is named
BEFORE, AFTER = (
    6,
    15,
)  # blocks around the headline where date lines stand: rubrics above, bylines and pictures below


def page_date(
    tree: HtmlElement,
    address: str | None,
    data: PageData,
    source: str,
    blocks: Sequence[Block],
    title: str | None,
    today: date,
) -> tuple[date | None, bool]:
    """(day or None, whether it is a guess)."""
    lines = [(at, one) for at, block in enumerate(blocks) if _open(block) and (one := told(block.text))]
    lines = [(at, one) for at, one in lines if one.day <= today + timedelta(days=1)]
    head = _headline(blocks, title)
    near = [one for at, one in lines if head is not None and head - BEFORE <= at <= head + AFTER]
    printed = min(
        (one for one in near if one.label is not Label.UPDATED), key=lambda one: one.label, default=None
    )
    if printed and printed.label is Label.PUBLISHED:
        return printed.day, False
    declared = _declared(tree, address, today)
    day = _not_of_change(tree, declared, data, source, [one for _, one in lines], blocks)
    if day:
        # Where the declared day is printed as well, the other one is of the visit, not of the article.
        if printed and abs((printed.day - day).days) == 1 and all(one.day != day for one in near):
            return printed.day, False
        return day, False
    if printed:
        return printed.day, False
    said = {one.day for _, one in lines if one.label is Label.PUBLISHED}
    if len(said) == 1:
        return said.pop(), False
    if len(marked := _marked(tree, today)) == 1:
        return marked.pop(), False
    if declared:  # when it was last changed, which is no guess of when it was published: right on 1 page of 3
        return None, False
    return _guessed(tree, blocks, today)


def _open(block: Block) -> bool:
    return block.standing < Standing.ASIDE


def _headline(blocks: Sequence[Block], title: str | None) -> int | None:
    wanted = letters(title or "")
    for at, block in enumerate(blocks):
        if wanted and block.tag[:1] == "h" and letters(block.text) == wanted:
            return at
    return next((at for at, block in enumerate(blocks) if block.tag == "h1"), None)


def _not_of_change(
    tree: HtmlElement,
    declared: date | None,
    data: PageData,
    source: str,
    lines: Sequence[Told],
    blocks: Sequence[Block],
) -> date | None:
    """The declared day, unless all there is of it is when the page was last changed."""
    if declared is None:
        return data.published
    sure = _in_address(tree, declared) or any(
        (meta.get("content") or "").startswith(declared.isoformat()) for meta in _PUBLISHED(tree)
    )
    if data.published and not sure:
        return data.published
    written_at = list(_places(source, declared.isoformat()))
    if written_at and all(_CHANGED.search(source, max(at - CHANGED_REACH, 0), at) for at in written_at):
        return None
    if written_at or declared.strftime("%Y/%m/%d") in source:
        return declared
    labels = [one.label for one in lines if one.day == declared]
    number = str(declared.day)  # most blocks do not hold it
    near = [block.text for block in blocks if number in block.text and declared in dates.all_in(block.text)]
    changed = bool(near) and all(dates.UPDATED.search(text) for text in near)
    return None if changed or (labels and all(label is Label.UPDATED for label in labels)) else declared


def _places(source: str, wanted: str) -> Iterator[int]:
    at = source.find(wanted)
    while at >= 0:
        yield at
        at = source.find(wanted, at + len(wanted))


def _in_address(tree: HtmlElement, day: date) -> bool:
    """Whether the page's address holds the day in full; parts of other numbers in it look like days as well."""
    addresses = [link.get("href") or link.get("content") or "" for link in _ADDRESSES(tree)]
    return any(
        (int(found["year"]), int(found["month"]), int(found["day"])) == (day.year, day.month, day.day)
        for address in addresses
        for found in _FULL_DAY.finditer(address)
    )


def _marked(tree: HtmlElement, today: date) -> set[date]:
    """The days of elements that are marked as the day of publication, beside others marked as that of a change."""
    days = (dates.parsed(one.get("datetime") or one.get("content") or "") for one in _MARKED(tree))
    return {day for day in days if day and day <= today + timedelta(days=1)}


def _guessed(tree: HtmlElement, blocks: Sequence[Block], today: date) -> tuple[date | None, bool]:
    """A guess that a day in the page's text contradicts is none: of 9 guesses on 334 pages all 3 such were wrong, of
    the others none."""
    told_days = {day for block in blocks if _open(block) for day in days_in(block.text)}
    day = _searched(tree, today) if len(told_days) <= 1 else None
    if day is None or (day.day, day.month) == (1, 1) or told_days - {day}:
        return None, False  # the first of January is a year alone
    return day, True


def _searched(tree: HtmlElement, today: date) -> date | None:
    """The likeliest of the dates in numbers anywhere in the page, its attributes and addresses.

    It is the end of htmldate's extensive search. Of that the part that asks dateparser is left out: dateparser builds
    the patterns of 200 languages first, which takes as long as reading 60 pages, and all that it found on 334 pages
    was one date.
    """
    searched = deepcopy(tree)
    etree.strip_elements(searched, *CLEANING_LIST, with_tail=False)
    source = etree.tostring(searched, encoding="unicode")
    if _DAY.search(source) is None:  # a month or a year is all that its ten patterns find then
        return None
    bounds = Extractor(extensive=False, max=_start(today), min=MIN_DATE, original=True, format="%Y-%m-%d")
    return dates.parsed(search_page(source, bounds) or "")


def _declared(tree: HtmlElement, address: str | None, today: date) -> date | None:
    """What htmldate finds of the dates that the page declares, and no further."""
    found = find_date(tree, extensive_search=False, original_date=True, url=address, max_date=_start(today))
    return dates.parsed(found or "")


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
