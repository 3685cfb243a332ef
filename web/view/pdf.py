"""A page of a PDF as a picture, and the boxes of the quotes on it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qa.errors import NotFound
from web.view.finding import Folded, Quote

WIDTH = 1400  # pixels: sharp in a panel of 44 % of a wide screen
SECONDS = 25.0
KEPT = 12  # pages; a picture has about 200 KB
_CHILD = Path(__file__).with_name("pdf_page.py")

Box = tuple[int, int, int, int]  # left, top, width, height in pixels


@dataclass(frozen=True, slots=True)
class PdfPage:
    """scale: pixels to a point of the page, 1/72 inch. chars: every character and its (left, top, right, bottom)."""

    number: int
    pages: int
    width: int
    height: int
    scale: float
    chars: tuple[tuple[str, int, int, int, int], ...]
    png: bytes

    def boxes(self, quote: Quote) -> list[Box]:
        """One for each line that the quote stands on; none where it is not found."""
        found = Folded([char for char, *_ in self.chars]).find(quote)
        if found is None:
            return []
        lines: list[list[int]] = []
        for _, left, top, right, bottom in self.chars[found[0][0] : found[1][0] + 1]:
            if right <= left or bottom <= top:
                continue
            if lines and top < lines[-1][3] and bottom > lines[-1][1] and left >= lines[-1][0]:
                lines[-1] = [
                    lines[-1][0],
                    min(top, lines[-1][1]),
                    max(right, lines[-1][2]),
                    max(bottom, lines[-1][3]),
                ]
            else:
                lines.append([left, top, right, bottom])
        return [(left, top, right - left, bottom - top) for left, top, right, bottom in lines]


def rectangles(file: Path, number: int, quote: Quote) -> list[str]:
    """Of each line that the quote stands on, as a fragment of the PDF's address (RFC 8118).

    "page=3&viewrect=72,140,90,12": left, top, width and height in points from the page's upper left corner. Raises as
    `pdf_page`.
    """
    page = pdf_page(file, number)
    return [
        f"page={number}&viewrect={','.join(f'{side / page.scale:.1f}' for side in box)}"
        for box in page.boxes(quote)
    ]


def pdf_page(file: Path, number: int) -> PdfPage:
    """number: from 1. Raises NotFound where there is no such page, or it cannot be drawn."""
    return _drawn(file, file.stat().st_mtime_ns, number)


@lru_cache(maxsize=KEPT)
def _drawn(file: Path, _written: int, number: int) -> PdfPage:
    try:
        ran = subprocess.run(
            [sys.executable, str(_CHILD), str(file), str(number), str(WIDTH)],
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NotFound(f"Page {number} cannot be drawn. Open the original, or read its text.") from error
    head, _, png = ran.stdout.partition(b"\n")
    told = json.loads(head)
    chars = tuple((char, *box) for char, *box in told["chars"])
    return PdfPage(number, told["pages"], told["width"], told["height"], told["scale"], chars, png)


def marked_pages(
    file: Path, quotes: Sequence[tuple[int, Quote]]
) -> list[tuple[PdfPage, list[tuple[Quote, list[Box]]]]]:
    """The pages of quotes, given each with the number of its page, and the boxes on them; one not found has none."""
    pages: dict[int, list[tuple[Quote, list[Box]]]] = {}
    for number, quote in quotes:
        pages.setdefault(number, []).append((quote, pdf_page(file, number).boxes(quote)))
    return [(pdf_page(file, number), pages[number]) for number in sorted(pages)]
