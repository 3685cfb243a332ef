"""A web page -> its visible text, one block a line, with the spans that are not its article marked as removed.

The raw text of a page is the text a reader sees, not its source: a quote of the source would hold tags and
entities that no reader can check against the page. So citations count in the visible text before cleaning.

trafilatura finds the main text and the metadata. A block is kept where trafilatura kept it, and also where it is
prose between blocks that trafilatura kept: it drops some paragraphs that hold many links.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from qa.ingest import dates
from qa.ingest.decode import decode
from qa.ingest.document import Document, Metadata, Unreadable, web_address
from qa.ingest.kinds import LONG_WORDS, Kind, folded, kind_of

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings name no file; our reasons do
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

LINK_SHARE = (
    0.5  # of a block's characters; paragraphs with many links stay under a third, lists of links are all
)
COVERED_SHARE = (
    0.8  # of a block's words, five in a row, occur in trafilatura's text, which joins and trims lines
)
RUN_WORDS = 5
MAX_ELEMENTS = 300_000  # a very long page has 20,000; each costs time in every pass over the tree

_UNSEEN = frozenset(
    "script style noscript template head svg math iframe object embed canvas video audio button select option"
    " textarea input datalist dialog map".split()
)
_ASIDE = frozenset("nav footer aside form menu".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead"
    " tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_COMMENTS = re.compile(r"(?:^|[\s_-])comments?(?:$|[\s_-])|disqus", re.I)


@dataclass(slots=True)
class _Block:
    text: str
    aside: bool  # in a menu, footer, sidebar, form or readers' comment
    link_chars: int


def read_html(path: str, data: bytes, *, today: date) -> Document:
    """Raises Unreadable where the page shows no text."""
    source = decode(data, declared_in_markup=True)
    tree = trafilatura.load_html(source.replace("\0", ""))
    if tree is None:
        raise Unreadable("no HTML that can be read")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise Unreadable(f"more than {MAX_ELEMENTS:,} elements: not an article")
    blocks = _visible_blocks(tree)
    if not blocks:
        raise Unreadable("the page shows no text (perhaps it is made by scripts)")
    meta, main = _extracted(tree, today)
    keep = _kept(blocks, main)
    pieces, removed, at = [], [], 0
    for block, kept in zip(blocks, keep, strict=True):
        if not kept:
            removed.append((at, at + len(block.text)))
        pieces.append(block.text)
        at += len(block.text) + 1
    return Document(path, "\n".join(pieces), meta, tuple(removed))


def _extracted(tree: HtmlElement, today: date) -> tuple[Metadata, str]:
    found: Any = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # Without extensive search only dates that the page declares count, not the first one in its text.
        date_extraction_params={
            "extensive_search": False,
            "original_date": True,
            "max_date": datetime(today.year, today.month, today.day),
        },
    )
    if found is None:
        return Metadata(), ""
    meta = Metadata(
        title=_plain(found.title),
        published=dates.parsed(found.date) if found.date else None,
        source=_plain(found.sitename) or _plain(found.hostname),
        url=web_address(found.url),
    )
    return meta, found.text or ""


def _plain(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def _kept(blocks: list[_Block], main: str) -> list[bool]:
    runs = _word_runs(main)
    short = {folded(line) for line in re.split(r"[\n|]", main)}
    inside = [_covered(block.text, runs, short) for block in blocks]
    if not any(inside):
        return (
            [not block.aside for block in blocks]
            if not all(b.aside for b in blocks)
            else [True] * len(blocks)
        )
    first, last = inside.index(True), len(inside) - 1 - inside[::-1].index(True)
    return [
        kept
        or (first < index < last and _is_paragraph(block))
        or (index < first and _heads(block, index, blocks))
        for index, (block, kept) in enumerate(zip(blocks, inside, strict=True))
    ]


def _word_runs(text: str) -> set[tuple[str, ...]]:
    every = folded(text).split()
    return {tuple(every[at : at + RUN_WORDS]) for at in range(len(every) - RUN_WORDS + 1)}


def _covered(text: str, runs: set[tuple[str, ...]], short: set[str]) -> bool:
    every = folded(text).split()
    if not every:
        return False
    if len(every) < RUN_WORDS:
        return " ".join(every) in short
    here = [tuple(every[at : at + RUN_WORDS]) for at in range(len(every) - RUN_WORDS + 1)]
    return sum(run in runs for run in here) >= COVERED_SHARE * len(here)


def _is_paragraph(block: _Block) -> bool:
    return (
        not block.aside
        and block.link_chars < LINK_SHARE * len(block.text)
        and kind_of(block.text) is Kind.PROSE
    )


def _heads(block: _Block, index: int, blocks: list[_Block]) -> bool:
    """A lead paragraph that stands before what trafilatura kept."""
    return _is_paragraph(block) and len(block.text.split()) >= LONG_WORDS


def _visible_blocks(tree: HtmlElement) -> list[_Block]:
    """The text a reader sees, cut at block elements; white space is collapsed as browsers do."""
    blocks: list[_Block] = []
    parts: list[str] = []
    links = unseen = aside = anchor = 0

    def close() -> None:
        nonlocal links
        text = " ".join("".join(parts).split(" ")).strip()
        text = re.sub(r"[ \t\r\n\f]+", " ", text).strip()
        if text:
            blocks.append(_Block(text, aside > 0, links))
        parts.clear()
        links = 0

    def add(text: str | None) -> None:
        nonlocal links
        if text and not unseen:
            parts.append(text)
            links += len(text) if anchor else 0

    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            add(element.tail)
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _BLOCKS:
                close()
            unseen += _is_unseen(element, tag)
            aside += _is_aside(element, tag)
            anchor += tag == "a"
            add(element.text)
            continue
        if tag in _BLOCKS:
            close()
        unseen -= _is_unseen(element, tag)
        aside -= _is_aside(element, tag)
        anchor -= tag == "a"
        if tag in _CELLS:
            add(" ")
        add(element.tail)
    close()
    return blocks


def _is_unseen(element: HtmlElement, tag: str) -> bool:
    return (
        tag in _UNSEEN
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_aside(element: HtmlElement, tag: str) -> bool:
    if tag in _ASIDE or element.get("role") in (
        "navigation",
        "banner",
        "contentinfo",
        "complementary",
        "dialog",
    ):
        return True
    return bool(_COMMENTS.search(f"{element.get('id') or ''} {element.get('class') or ''}"))
