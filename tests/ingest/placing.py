"""Where the sentences of web pages stand in the pages' source: of how many the selector names the right characters.

python tests/ingest/placing.py FOLDER ...    every .html below each folder, such as a checkout of mozilla/readability
"""

from __future__ import annotations

import argparse
import html
import re
from dataclasses import dataclass
from pathlib import Path

from qa.ingest.collect import collect
from qa.ingest.decode import decode
from qa.records import Article

TAG = re.compile(r"<!--.*?-->|<[!/?a-zA-Z][^>]*>", re.DOTALL)
NOT_READ = ("expected.html",)  # what readability is to make of a page
SENTENCE = re.compile(r"[^.\n]+")


def told(text: str) -> str:
    """Letters and digits, which tags, references and white space between them do not change."""
    return "".join(char for char in text if char.isalnum())


def seen(markup: str) -> str:
    """Letters and digits of what a stretch of a page's source shows."""
    return told(html.unescape(TAG.sub("", markup)))


@dataclass(slots=True)
class Placed:
    """Sentences: of all, those that `raw[start:end]` gives, those found in the source, and those found as they are."""

    sentences: int = 0
    raw: int = 0
    found: int = 0
    verbatim: int = 0

    @classmethod
    def of(cls, article: Article, source: str) -> Placed:
        """Of every sentence of an article in the source that it was read from."""
        placed = cls()
        for match in SENTENCE.finditer(article.text):
            if not told(match.group()):
                continue
            start, end = article.alignment.to_raw(*match.span())
            quote = article.raw[start:end]
            first, last = article.in_file.to_raw(start, end) if article.in_file else (0, 0)
            placed.sentences += 1
            placed.raw += told(quote) == told(match.group())
            placed.found += first < last and seen(source[first:last]) == told(quote)
            placed.verbatim += first < last and source[first:last] == quote
        return placed

    def add(self, other: Placed) -> None:
        for name in ("sentences", "raw", "found", "verbatim"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def _folder(folder: Path) -> str:
    placed, pages, whole = Placed(), 0, 0
    for file in sorted(folder.rglob("*.html")):
        if file.name in NOT_READ:
            continue
        source = decode(file.read_bytes(), declared_in_markup=True)
        for article in collect([file]).articles:
            of_this = Placed.of(article, source)
            placed.add(of_this)
            pages, whole = pages + 1, whole + (of_this.found == of_this.sentences)
    found, verbatim = (100 * count / max(1, placed.sentences) for count in (placed.found, placed.verbatim))
    return (
        f"{folder}: {pages} pages, {whole} whole; {placed.sentences} sentences, {found:.1f} % found, "
        f"{verbatim:.1f} % character by character"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    for one in parser.parse_args().folders:
        print(_folder(one))
