"""Folders and files -> articles, and for every file that gave none, the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.records import Article, Rejected


@dataclass(frozen=True, slots=True)
class Collection:
    """What a build starts from: len(articles) + duplicates + len(rejected) == what was given."""

    articles: tuple[Article, ...]
    rejected: tuple[Rejected, ...]
    files_read: int
    duplicates: int


def collect(roots: Sequence[Path]) -> Collection:
    """Read every file under `roots`; never raises for a bad file."""
    articles: dict[str, Article] = {}
    rejected: list[Rejected] = []
    read = duplicates = 0
    for root in roots:
        files = sorted(p for p in root.rglob("*") if p.is_file()) if root.is_dir() else [root]
        base = root if root.is_dir() else root.parent
        for file in files:
            path = file.relative_to(base).as_posix()
            read += 1
            try:
                raw = file.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                rejected.append(Rejected(path, str(error)))
                continue
            title = next((line.strip() for line in raw.splitlines() if line.strip()), "")[:300]
            if not title:
                rejected.append(Rejected(path, "the file is empty"))
                continue
            key = hashlib.sha256(raw.encode()).hexdigest()[:16]
            if key in articles:
                duplicates += 1
                continue
            articles[key] = Article(id=key, path=path, raw=raw, title=title, text=raw)
    return Collection(tuple(articles.values()), tuple(rejected), read, duplicates)
