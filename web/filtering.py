"""The filters of the page: fields of its form and of an answer's address -> what Engine.ask takes, and chips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from qa.errors import BadRequest
from qa.filters import Filters
from qa.index.facets import Facets
from qa.records import ArticleInfo
from web import asking
from web.words import ask_link, day

NAMES = ("published_after", "published_before", "source", "folder", "article")  # as `Filters` names them


class BadFilter(BadRequest):
    """What was given to filter by makes no sense."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words, and the address of the same question without it."""

    name: str
    label: str
    without: str


def from_fields(fields: Mapping[str, list[str]]) -> dict[str, str]:
    """Those that are filled in. Raises BadRequest where one is given twice."""
    given = {name: (asking.single(fields, name) or "").strip() for name in NAMES}
    return {name: value for name, value in given.items() if value}


def check(filters: Mapping[str, str]) -> None:
    """Raises BadFilter, in the words of the page, for what Engine.ask would refuse in those of a program."""
    first, last = (_day(filters.get(name)) for name in NAMES[:2])
    if first and last and first > last:
        raise BadFilter(
            f"The first day, {day(first)}, is after the last, {day(last)}. Swap them or leave one out."
        )


def within(filters: Filters, articles: Sequence[ArticleInfo]) -> set[str]:
    """The ids of those that a question with these filters is answered from."""
    rows = [
        (at, one.published, one.source, one.url, (one.path, *one.also_in)) for at, one in enumerate(articles)
    ]
    each = np.repeat(np.arange(len(articles), dtype=np.int64)[:, None], 2, axis=1)
    chosen = {articles[at].id for at in Facets(rows, each).select(filters)}
    return chosen if filters.article is None else chosen & {filters.article}


def chips(question: str, filters: Mapping[str, str], title: Callable[[str], str]) -> list[Chip]:
    """Of filters that `check` lets pass. title: of the article of an id."""
    return [
        Chip(name, _label(name, filters[name], title), ask_link(question, _without(filters, name)))
        for name in NAMES
        if name in filters
    ]


def _without(filters: Mapping[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in filters.items() if other != name}


def _label(name: str, value: str, title: Callable[[str], str]) -> str:
    if name == "article":
        return f"only “{title(value)}”"
    if name == "folder":
        return f"in {value}"
    if name == "source":
        return value
    return f"{'from' if name == 'published_after' else 'until'} {day(date.fromisoformat(value))}"


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return Filters.of(published_after=value).published_after
    except BadRequest:
        shown = value if len(value) <= 40 else value[:40] + "…"
        raise BadFilter(
            f"“{shown}” is not a day of the calendar. Write it as 2022-02-04 or leave it out."
        ) from None
