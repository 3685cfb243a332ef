"""A web page -> its visible text, one block a line, with the spans that are not its article marked as removed.

The raw text of a page is the text a reader sees, not its source: a quote of the source would hold tags and
entities that no reader can check against the page. So citations count in the visible text before cleaning.

trafilatura finds the main text and the metadata. A block is kept where trafilatura kept it, and besides
- a paragraph, heading, caption or byline between blocks that it kept: it drops some that hold links or are short;
- a paragraph that stands in the page as kept ones do, the same elements and classes around it: of a forum's thread
  it keeps the first post.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import trafilatura
from lxml.html import HtmlElement

from qa.ingest import dates
from qa.ingest.decode import decode
from qa.ingest.document import Document, Metadata, Unreadable, web_address
from qa.ingest.kinds import BYLINE, LONG_WORDS, Kind, folded, kind_of
from qa.ingest.visible import Block, visible_blocks

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings name no file; our reasons do
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

LINK_SHARE = (
    0.5  # of a block's characters; paragraphs with many links stay under a third, lists of links are all
)
COVERED_SHARE = 0.8  # of a block's runs of words occur in trafilatura's text, which joins and trims lines
RUN_WORDS = 5
SMALL_WORDS = 60  # captions run to three sentences, headings and bylines to one
MAX_ELEMENTS = 300_000  # a very long page has 20,000; each costs time in every pass over the tree

_SMALL_PARTS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "figcaption", "tr", "caption", "pre"})


def read_html(path: str, data: bytes, *, today: date) -> Document:
    """Raises Unreadable where the page shows no text."""
    source = decode(data, declared_in_markup=True)
    tree = trafilatura.load_html(source.replace("\0", ""))
    if tree is None:
        raise Unreadable("no HTML that can be read")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise Unreadable(f"more than {MAX_ELEMENTS:,} elements: not an article")
    blocks = visible_blocks(tree)
    if not blocks:
        raise Unreadable("the page shows no text (perhaps it is made by scripts)")
    meta, main = _extracted(tree, source, blocks, today)
    removed, at = [], 0
    for block, kept in zip(blocks, _kept(blocks, main), strict=True):
        if not kept:
            removed.append((at, at + len(block.text)))
        at += len(block.text) + 1
    return Document(path, "\n".join(block.text for block in blocks), meta, tuple(removed))


def _extracted(tree: HtmlElement, source: str, blocks: Sequence[Block], today: date) -> tuple[Metadata, str]:
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
        published=_published(found.date, source, blocks),
        source=_plain(found.sitename) or _plain(found.hostname),
        url=web_address(found.url),
    )
    return meta, found.text or ""


def _published(told: str | None, source: str, blocks: Sequence[Block]) -> date | None:
    """The date the page tells, unless all it tells is when it was last edited."""
    day = dates.parsed(told) if told else None
    if day is None or day.isoformat() in source or day.strftime("%Y/%m/%d") in source:
        return day
    near = [block.text for block in blocks if day in dates.all_in(block.text)]
    return None if near and all(dates.UPDATED.search(text) for text in near) else day


def _plain(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def _kept(blocks: Sequence[Block], main: str) -> list[bool]:
    runs = set(_word_runs(main))
    short = {folded(line) for line in re.split(r"[\n|]", main)}
    inside = [not block.aside and _covered(block.text, runs, short) for block in blocks]
    if not any(inside):
        outside = [not block.aside for block in blocks]
        return outside if any(outside) else [True] * len(blocks)
    first, last = inside.index(True), len(inside) - 1 - inside[::-1].index(True)
    top = next((index for index in range(first) if blocks[index].tag == "h1"), first)
    places = {
        block.place for block, kept in zip(blocks, inside, strict=True) if kept and _is_paragraph(block)
    }

    def keeps(index: int, block: Block) -> bool:
        if inside[index]:
            return True
        if _is_paragraph(block):
            lead = index < first and len(block.text.split()) >= LONG_WORDS
            return lead or first < index < last or (bool(block.place) and block.place in places)
        return top < index < last and _is_small_part(block)

    kept: list[bool] = []
    for index, block in enumerate(blocks):
        row_of_kept = (
            index > 0 and kept[-1] and block.tag == blocks[index - 1].tag == "tr" and not block.aside
        )
        kept.append(row_of_kept or keeps(index, block))
    return kept


def _word_runs(text: str) -> list[tuple[str, ...]]:
    every = folded(text).split()
    return [tuple(every[at : at + RUN_WORDS]) for at in range(len(every) - RUN_WORDS + 1)]


def _covered(text: str, runs: set[tuple[str, ...]], short: set[str]) -> bool:
    here = _word_runs(text)
    if not here:
        return folded(text) in short - {""}
    return sum(run in runs for run in here) >= COVERED_SHARE * len(here)


def _is_paragraph(block: Block) -> bool:
    few_links = block.link_chars < LINK_SHARE * len(block.text)
    return not block.aside and few_links and kind_of(block.text) is Kind.PROSE


def _is_small_part(block: Block) -> bool:
    if block.aside or len(block.text.split()) > SMALL_WORDS:
        return False
    if BYLINE.match(block.text):
        return True
    few_links = block.link_chars < LINK_SHARE * len(block.text)
    return block.tag in _SMALL_PARTS and few_links and kind_of(block.text) in (Kind.LABEL, Kind.PROSE)
