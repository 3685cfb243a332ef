"""Public suites of pages, fetched by hand and never kept here, as (page, what is right) pairs and their scores.

mozilla/readability (test/test-pages), adbar/trafilatura (tests/evaldata.json), adbar/htmldate (tests/eval_*.json).
Pages of even numbers in the first, and the first 500 of the second, are what was developed against.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html

DEVELOPED = 500  # of trafilatura's pages
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\ufeff]")


@dataclass(frozen=True, slots=True)
class Page:
    """held: segments of the article, lacked: segments of what stands around it. Where a suite does not say: None."""

    name: str
    file: Path
    developed: bool
    text: str | None = None
    title: str | None = None
    held: tuple[str, ...] = ()
    lacked: tuple[str, ...] = ()
    published: str | None = None


@dataclass(slots=True)
class Segments:
    """right: of `held` that are there, wrong: of `lacked` that are there, missed: of `held` that are not."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    lost: list[str] = field(default_factory=list)  # pages that lose more than half of their segments

    def add(self, page: Page, text: str) -> None:
        here = plain(text)
        held = sum(plain(part) in here for part in page.held)
        self.right += held
        self.missed += len(page.held) - held
        self.wrong += sum(plain(part) in here for part in page.lacked)
        if held < len(page.held) / 2:
            self.lost.append(page.name)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)


def plain(text: str) -> str:
    """White space collapsed, characters that show nothing left out, ligatures and composed letters as their parts:
    they are no part of what a reader compares."""
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)).split())


def pages(folder: Path) -> Iterator[Page]:
    """The pages of the suite in a checkout of its repository. Raises ValueError where there is none."""
    if (folder / "test" / "test-pages").is_dir():
        return _readability(folder / "test" / "test-pages")
    if (folder / "tests" / "evaldata.json").is_file():
        return _trafilatura(folder / "tests")
    if (folder / "tests" / "eval_default.json").is_file():
        return _htmldate(folder / "tests")
    raise ValueError(f"{folder}: no checkout of mozilla/readability, adbar/trafilatura or adbar/htmldate")


def _readability(folder: Path) -> Iterator[Page]:
    for number, page in enumerate(sorted(folder.iterdir())):
        told = html.fromstring(f"<div>{(page / 'expected.html').read_text(encoding='utf-8')}</div>")
        meta = json.loads((page / "expected-metadata.json").read_text(encoding="utf-8"))
        yield Page(
            page.name,
            page / "source.html",
            number % 2 == 0,
            " ".join(told.itertext()),
            title=meta.get("title"),
        )


def _trafilatura(folder: Path) -> Iterator[Page]:
    for number, (name, one) in enumerate(_told(folder / "evaldata.json").items()):
        file = _within(folder, ("cache", "eval"), one["file"])
        yield Page(name, file, number < DEVELOPED, held=tuple(one["with"]), lacked=tuple(one["without"]))


def _htmldate(folder: Path) -> Iterator[Page]:
    told = {**_told(folder / "eval_mediacloud_2020.json"), **_told(folder / "eval_default.json")}
    for number, (name, one) in enumerate(told.items()):
        file = _within(folder, ("test_set", "cache", "eval"), one["file"])
        yield Page(name, file, number % 3 == 0, published=one["date"])


def _told(file: Path) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return told


def _within(folder: Path, places: tuple[str, ...], name: str) -> Path:
    found = (folder / place / name for place in places if (folder / place / name).is_file())
    return next(found, folder / name)
