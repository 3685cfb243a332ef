"""Filters as conditions on passages, so that the database searches only what they leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from embeddings.text import without_surrogates

from ...filters import Filters, folders_of
from ...records import Article
from ..facets import hosts


def facets(article: Article) -> list[str]:
    """What an article can be asked for by, besides its day: its source, its hosts and its folders."""
    sources = [article.source.casefold()] if article.source else []
    folders = {folder for path in (article.path, *article.also_in) for folder in folders_of(path)}
    found = [f"source {name}" for name in (*sources, *hosts(article.url))]
    return [plain(name) for name in (*found, *(f"folder {name}" for name in sorted(folders)))]


def condition(within: Sequence[Filters]) -> tuple[str, dict[str, Any]]:
    """That a passage's article matches one of these, and its values; of none, none does."""
    values: dict[str, Any] = {}
    either = [f"({_all(filters, number, values)})" for number, filters in enumerate(within)]
    return f"({' OR '.join(either) or 'false'})", values


def _all(filters: Filters, number: int, values: dict[str, Any]) -> str:
    wanted = []
    for name, value, told in (
        ("after", filters.published_after, "published >= %({})s"),
        ("before", filters.published_before, "published <= %({})s"),
        ("article", None if filters.article is None else plain(filters.article), "article = %({})s"),
    ):
        if value is not None:
            values[f"{name}{number}"] = value
            wanted.append(told.format(f"{name}{number}"))
    named = [f"source {filters.source.casefold()}"] if filters.source is not None else []
    named += [f"folder {filters.folder}"] if filters.folder is not None else []
    if named:
        values[f"facets{number}"] = [plain(name) for name in named]
        wanted.append(f"facets @> %(facets{number})s")
    return " AND ".join(wanted) or "true"


def plain(text: str) -> str:
    """As PostgreSQL's text can hold it: without halves of surrogate pairs, and without NUL."""
    return without_surrogates(text).replace("\0", "\ufffd")
