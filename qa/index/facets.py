"""What articles are filtered by, in memory: their dates, sources and folders, and which passages are theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ..filters import Filters, folders_of

# (number, published, source, url, its path and those of its copies) of an article
Row = tuple[int, date | None, str | None, str | None, Sequence[str]]


class Facets:
    """articles: a row each. passages: int64 (n, 2), of passage id and its article's number, by id."""

    def __init__(self, articles: Sequence[Row], passages: NDArray[np.int64]) -> None:
        size = max((row[0] for row in articles), default=-1) + 1
        self._published = np.zeros(size, dtype=np.int64)  # proleptic ordinals; 0: no date
        self._sources: dict[str, list[int]] = {}  # casefolded source, or host -> numbers
        self._names: dict[str, str] = {}  # casefolded source -> as it is written first
        self._folders: dict[str, list[int]] = {}  # a folder -> numbers of what lies in it, at any depth
        self._passages = passages
        for number, published, source, url, paths in articles:
            self._published[number] = published.toordinal() if published else 0
            if source:
                self._names.setdefault(source.casefold(), source)
                self._sources.setdefault(source.casefold(), []).append(number)
            for host in hosts(url):
                self._sources.setdefault(host, []).append(number)
            for folder in {above for path in paths for above in folders_of(path)}:
                self._folders.setdefault(folder, []).append(number)

    def select(self, filters: Filters) -> NDArray[np.int64]:
        """The ids of the passages that may answer, ascending, whichever article they are of."""
        kept = np.ones(len(self._published), dtype=np.bool_)
        if filters.published_after is not None:
            kept &= self._published >= filters.published_after.toordinal()
        if filters.published_before is not None:
            kept &= (self._published > 0) & (self._published <= filters.published_before.toordinal())
        if filters.source is not None:
            of_source = np.zeros_like(kept)
            of_source[self._sources.get(filters.source.casefold(), [])] = True
            kept &= of_source
        if filters.folder is not None:
            in_folder = np.zeros_like(kept)
            in_folder[self._folders.get(filters.folder, [])] = True
            kept &= in_folder
        chosen: NDArray[np.int64] = self._passages[kept[self._passages[:, 1]], 0]
        return chosen

    def sources(self) -> list[str]:
        """The sources that articles name, by name."""
        return [self._names[name] for name in sorted(self._names)]

    def published_range(self) -> tuple[date, date] | None:
        """The oldest and the newest article's day; None where no article has a date."""
        known = self._published[self._published > 0]
        return (
            (date.fromordinal(int(known.min())), date.fromordinal(int(known.max()))) if len(known) else None
        )


def hosts(url: str | None) -> list[str]:
    """www.news.example.org -> itself, news.example.org and example.org."""
    try:
        host = (urlsplit(url).hostname if url else None) or ""
    except ValueError:
        return []
    parts = host.casefold().split(".")
    return [".".join(parts[first:]) for first in range(max(len(parts) - 1, 0))]
