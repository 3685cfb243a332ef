"""How much of a page's main text is kept, and how much else: token precision, recall and F1.

python tests/ingest/scoring.py                     the pages of tests/ingest/messy
python tests/ingest/scoring.py --suite FOLDER [--every N] [--half developed|checked]
                                                   a checkout of one of the public suites, see suites.py
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import Any

import trafilatura
from htmldate import find_date

from qa.ingest.clean import clean
from qa.ingest.decode import decode
from qa.ingest.document import Document
from qa.ingest.load import load

sys.path.append(str(Path(__file__).parents[1]))  # run as a script as well
from ingest import suites

PAGES = Path(__file__).parent / "messy"
TODAY = date(2026, 6, 1)
ARTICLE_WORDS = 250  # shorter pages of readability's are made for one trait of its code


def pages() -> list[Path]:
    return sorted(page for page in PAGES.iterdir() if not page.name.endswith(".main.txt"))


def main_text(page: Path) -> str:
    return (page.parent / f"{page.stem}.main.txt").read_text(encoding="utf-8")


def ours(page: Path) -> str:
    """The headline and the text as they are indexed."""
    (document,) = load(page, page.name, today=TODAY)
    assert isinstance(document, Document)
    cleaned = clean(document, today=TODAY)
    return f"{cleaned.title}\n{cleaned.text}"


def trafilatura_alone(page: Path) -> str:
    """What trafilatura makes of the page with its defaults; plain text is given to it as paragraphs."""
    source = decode(page.read_bytes(), declared_in_markup=page.suffix == ".html")
    if page.suffix != ".html":
        paragraphs = (f"<p>{html.escape(line)}</p>" for line in source.splitlines() if line.strip())
        source = f"<html><body>{''.join(paragraphs)}</body></html>"
    found: Any = trafilatura.bare_extraction(source, include_comments=False, with_metadata=True)
    if found is None:
        return ""
    text = found.text or ""
    return f"{found.title}\n{text}" if found.title and found.title not in text else text


def token_f1(kept: str, wanted: str) -> float:
    """The harmonic mean of precision and recall over words, each counted as often as it occurs."""
    a, b = (Counter(re.findall(r"\w+", text.casefold())) for text in (kept, wanted))
    shared = sum((a & b).values())
    return 2 * shared / max(sum(a.values()) + sum(b.values()), 1)


def _messy() -> None:
    totals = [0.0, 0.0]
    for page in pages():
        scores = [token_f1(text, main_text(page)) for text in (ours(page), trafilatura_alone(page))]
        totals = [total + score for total, score in zip(totals, scores, strict=True)]
        print(f"{page.name:28} verbatim {scores[0]:.3f}  trafilatura {scores[1]:.3f}")
    print(f"{'mean':28} verbatim {totals[0] / len(pages()):.3f}  trafilatura {totals[1] / len(pages()):.3f}")


@dataclass(frozen=True, slots=True)
class Read:
    """What was made of a page, and the processor's seconds that it took, from the file on."""

    title: str | None
    text: str
    published: str | None
    seconds: float


def _by_us(file: Path) -> Read:
    start = time.process_time()
    for found in load(file, "page.html", today=TODAY):
        if isinstance(found, Document):
            item = clean(found, today=TODAY)
            day = str(item.published) if item.published else None
            return Read(item.title, item.text, day, time.process_time() - start)
    return Read(None, "", None, time.process_time() - start)


def _by_peer(page: suites.Page) -> Read:
    """trafilatura's extract() for texts, htmldate's extensive search for dates."""
    start = time.process_time()
    data = page.file.read_bytes()
    if page.published:
        day = find_date(data, original_date=True, extensive_search=True, max_date=str(TODAY))
        return Read(None, "", day, time.process_time() - start)
    text = trafilatura.extract(data, include_comments=False) or ""
    return Read(None, text, None, time.process_time() - start)


def _warm() -> None:
    """What is loaded once, such as the stop words of a hundred languages for a page with little text, is counted for
    nobody: whoever read first would pay for it."""
    for page in pages():
        ours(page)
        trafilatura_alone(page)
    trafilatura.extract("<html><body><p>One line.</p></body></html>")


def _suite(folder: Path, every: int, half: str | None) -> None:
    chosen = [
        page for page in suites.pages(folder) if half is None or page.developed == (half == "developed")
    ]
    _warm()
    read = [(page, _by_us(page.file), _by_peer(page)) for page in chosen[::every]]
    for name, kept in (
        ("all", read),
        ("developed against", [one for one in read if one[0].developed]),
        ("checked", [one for one in read if not one[0].developed]),
    ):
        if kept:
            print(f"{name}: {len(kept)} pages")
            _tell("verbatim", [(page, ours) for page, ours, _ in kept])
            _tell("peer", [(page, peers) for page, _, peers in kept])


def _tell(who: str, read: Sequence[tuple[suites.Page, Read]]) -> None:
    figures: list[str] = []
    if told := [(page, one) for page, one in read if page.text is not None]:
        scores = {page.name: token_f1(one.text, page.text or "") for page, one in told}
        long = [scores[page.name] for page, _ in told if len((page.text or "").split()) >= ARTICLE_WORDS]
        figures.append(f"token F1 {mean(scores.values()):.4f}; {len(long)} article-like {mean(long):.4f}")
        titles = [page.title == one.title for page, one in told if page.title]
        figures.append(f"titles equal {sum(titles)} of {len(titles)}")
    if segments := [(page, one) for page, one in read if page.held]:
        counted = suites.Segments()
        for page, one in segments:
            counted.add(page, one.text)
        figures.append(f"segments F {counted.f1:.4f} ({counted.right} right, {counted.wrong} wrong, ")
        figures[-1] += f"{counted.missed} missed); {len(counted.lost)} pages lose more than half"
        if who == "verbatim":
            figures.append(f"lost {counted.lost}")
    if dated := [(page, one) for page, one in read if page.published]:
        right = sum(page.published == one.published for page, one in dated) / len(dated)
        none = sum(one.published is None for _, one in dated) / len(dated)
        figures.append(f"dates right {right:.3f}, wrong {1 - right - none:.3f}, none {none:.3f}")
    seconds = [one.seconds for _, one in read]
    figures.append(f"{mean(seconds):.4f} s a page, median {median(seconds):.4f} s")
    print(f"  {who}: {'; '.join(figures)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each n-th page")
    parser.add_argument("--half", choices=("developed", "checked"))
    asked = parser.parse_args()
    if asked.suite:
        _suite(asked.suite, asked.every, asked.half)
    else:
        _messy()
