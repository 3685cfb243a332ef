"""Lists of articles: which of them match, which are newest, where they are from, in which folders they lie."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qa.filters import folders_of
from qa.records import ArticleInfo

MOST = 200  # sources or folders to choose from; more would be a list that nobody reads


def find(listed: Sequence[ArticleInfo], words: str) -> Sequence[ArticleInfo]:
    """Those whose title, file or source contains every one of `words`, whatever their case."""
    wanted = words.casefold().split()
    if not wanted:
        return listed
    return [info for info in listed if all(word in _searched(info) for word in wanted)]


def by_path(listed: Sequence[ArticleInfo]) -> list[ArticleInfo]:
    """As people count: the second message of a mailbox before the tenth."""
    return sorted(listed, key=lambda info: [_counted(part) for part in re.split(r"(\d+)", info.path)])


def newest(listed: Sequence[ArticleInfo], n: int) -> Sequence[ArticleInfo]:
    """The n with the latest dates; those without a date last."""
    return sorted(listed, key=lambda info: (info.published is None, -_day(info), info.path))[:n]


def sources(listed: Sequence[ArticleInfo]) -> list[str]:
    """What the articles name as their source, the commonest first."""
    counted = Counter(info.source for info in listed if info.source)
    return [source for source, _ in counted.most_common(MOST)]


def folders(listed: Sequence[ArticleInfo]) -> list[str]:
    """Those that articles or their copies lie in, by name; of too many the outer ones."""
    found = {folder for info in listed for path in (info.path, *info.also_in) for folder in folders_of(path)}
    return sorted(sorted(found, key=lambda folder: folder.count("/"))[:MOST])


def _counted(part: str) -> tuple[int, str]:
    """The parts of a path are of no digits and of digits in turn, so that like is compared with like."""
    return (int(part), part) if part.isdecimal() else (0, part)


def _searched(info: ArticleInfo) -> str:
    return f"{info.title}\n{info.path}\n{info.source or ''}".casefold()


def _day(info: ArticleInfo) -> int:
    return info.published.toordinal() if info.published else 0
