"""How much of a page's main text is kept, and how much else: token precision, recall and F1."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import trafilatura

from qa.ingest.clean import clean
from qa.ingest.decode import decode
from qa.ingest.document import Document
from qa.ingest.load import load

PAGES = Path(__file__).parent / "messy"
TODAY = date(2026, 6, 1)


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


if __name__ == "__main__":
    totals = [0.0, 0.0]
    for page in pages():
        scores = [token_f1(text, main_text(page)) for text in (ours(page), trafilatura_alone(page))]
        totals = [total + score for total, score in zip(totals, scores, strict=True)]
        print(f"{page.name:28} verbatim {scores[0]:.3f}  trafilatura {scores[1]:.3f}")
    print(f"{'mean':28} verbatim {totals[0] / len(pages()):.3f}  trafilatura {totals[1] / len(pages()):.3f}")
