"""A web page -> its visible text, one block a line, with the spans that are not its article marked as removed.

The raw text of a page is the text a reader sees, not its source: a quote of the source would hold tags and
entities that no reader can check against the page. So citations count in the visible text before cleaning.

Two extractors that share no rules say what the main text is (main_text weighs them): trafilatura's own, which is
precise, and Resiliparse. All that trafilatura can do runs only where neither of these is to be trusted. What the page
itself says in its data (JSON-LD) to be its article or its recipe is that.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import compress

from lxml import etree
from lxml.html import HtmlElement

from qa.ingest import extractors
from qa.ingest.decode import decode
from qa.ingest.document import Document, Unreadable
from qa.ingest.in_file import in_file
from qa.ingest.kinds import BYLINE, LineKind, is_prose, kind_of, letters_in_one
from qa.ingest.main_text import LINK_SHARE, Judged, article_blocks, covered, readers_comments, settled
from qa.ingest.page_data import PageData, page_data
from qa.ingest.page_meta import page_meta
from qa.ingest.page_parts import names_author
from qa.ingest.shown import parse, reveal, reveal_all, without_noscript
from qa.ingest.standing import Standing
from qa.ingest.visible import Block, items_of_blocks, parts_of_blocks, tables_of_blocks, visible_blocks
from qa.ingest.votes import letters, letters_of, said, votes
from qa.records import Part

logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_ELEMENTS = etree.XPath("count(//*)")
MAX_ELEMENTS = 300_000  # a very long page has 20,000; each costs time in every pass over the tree

# The precise text and the complete one say enough where they share this much of the latter or the precise one is the
# longer, and where the longer holds so many letters: one guards the other then. Asked on the 109 of 565 development
# pages where they share less than 0.7 or either holds less than 400, all of trafilatura gives 6 right segments less,
# and loses as many.
SURE_SHARE = 0.1
SURE_LETTERS = 600
# Of the page's text outside menus and links: where the precise text holds so much, all of trafilatura finds no more,
# and the complete text is made only where it could add something, on 4 of 10 pages. By these three all of trafilatura
# is asked on 47 of 899 development pages; on ten more that have 0.7 to 0.75, or a longer precise text, it changes none.
WHOLE_SHARE = 0.7
# Less prose than this, in letters, is the loading notice, the consent bar or the slogan of a page that waits for
# its scripts.
WAITING_LETTERS = 150
# Titles of pages by which sites check their visitors, or turn them away.
_BARRED = re.compile(
    r"(?:just a moment|attention required|access (?:to this page has been )?denied|are you (?:a )?(?:robot|human)\??"
    r"|checking your browser.*|(?:security|robot|human|bot) (?:check|verification)|pardon our interruption"
    r"|(?:error )?40[0134](?: ?[-–:] ?| )?(?:forbidden|(?:page )?not found|error|unauthorized)?|(?:page )?not found"
    r"|ddos-guard|one more step)[.…! ]*(?:[|–-] .{1,60})?",
    re.I,
)
TITLE_CHARS = 200  # of such a title
BARRED_CHARS = 1_500  # of the page's text; an article of such a title tells more
_NOTICES = frozenset({LineKind.FURNITURE, LineKind.FOOTER, LineKind.NAV})


def read_html(path: str, data: bytes, *, today: date) -> Document:
    """Raises Unreadable where the page shows no article and no other text either."""
    source = decode(data, declared_in_markup=True)
    file = source
    tree, source, blocks = _shown(source)
    told = page_data(tree)
    meta = page_meta(tree, source, told, blocks, today)
    own = told.text
    carried = _carried(own, blocks) if own else []
    if carried and _waits(blocks):
        return Document(path, own, meta, page=True)
    if not blocks:
        raise Unreadable("the page shows no text (perhaps it is made by scripts)")
    _check_let_in(tree, blocks)
    scripted = tree.find(".//script") is not None
    kept = _article(tree, source, blocks, meta.title, told)
    if carried:
        blocks = [*blocks, *(Block(line, "p", (), Standing.OPEN, 0, ()) for line in carried)]
        kept = [*kept, *(True for _ in carried)]
    if not _tells_anything(blocks, kept):
        kept = _whole(blocks, scripted=scripted)
    removed, at = [], 0
    for block, keep in zip(blocks, kept, strict=True):
        if not keep:
            removed.append((at, at + len(block.text)))
        at += len(block.text) + 1
    texts = [block.text for block in blocks]
    return Document(
        path,
        "\n".join(texts),
        meta,
        tuple(removed),
        in_file=in_file(file, texts, kept),
        page=True,
        parts=parts_of_blocks(
            [_with_byline(block, told.authors) if block.parts or told.authors else block for block in blocks],
            kept,
        ),
        items=items_of_blocks(blocks, kept),
        tables=tables_of_blocks(blocks, kept),
    )


def _with_byline(block: Block, authors: Sequence[str]) -> Block:
    """The block, marked as a byline where it tells the page's author, and as none where its mark is of a sentence: what
    stands beside an author below the headline."""
    if not block.parts and names_author(block.text, authors) and kind_of(block.text) is LineKind.LABEL:
        return replace(block, parts=(Part(0, len(block.text), "byline"),))
    kept = tuple(part for part in block.parts if not _is_sentence(block.text, part))
    return block if kept == block.parts else replace(block, parts=kept)


def _is_sentence(text: str, part: Part) -> bool:
    told = text[part.start : part.end]
    return part.role == "byline" and is_prose(told) and not BYLINE.match(told)


def _shown(source: str) -> tuple[HtmlElement, str, list[Block]]:
    """The page's tree and source, changed to show what a reader comes to see, and its blocks."""
    scripted = without_noscript(source)
    tree = _tree(scripted)
    changed, hidden = reveal(tree)
    blocks = visible_blocks(tree, hidden)
    waits = _waits(blocks)
    for dialogs in (False, True):
        if waits and reveal_all(tree, dialogs=dialogs):
            changed, blocks = True, visible_blocks(tree)
            waits = _waits(blocks)
    if waits and scripted != source:
        plain = _tree(source)
        etree.strip_tags(plain, "noscript")
        if not _waits(more := visible_blocks(plain)):
            tree, changed, blocks = plain, True, more
    return tree, etree.tostring(tree, encoding="unicode", method="html") if changed else scripted, blocks


def _tree(source: str) -> HtmlElement:
    tree = parse(source)
    if tree is None:
        raise Unreadable("no HTML that can be read")
    if _ELEMENTS(tree) > MAX_ELEMENTS:
        raise Unreadable(f"more than {MAX_ELEMENTS:,} elements: not an article")
    return tree


def _article(
    tree: HtmlElement, source: str, blocks: Sequence[Block], title: str | None, data: PageData
) -> list[bool]:
    """Takes the tree apart; it is read again from its source for the few pages that need it twice."""
    texts = [block.text for block in blocks]
    told = letters_of(texts)
    known = dict(zip(texts, told, strict=True))
    own = said(told, data.text) if data.text else [False] * len(blocks)
    precise = votes(told, extractors.precise(tree), known)
    page = [Judged(*one) for one in zip(blocks, told, precise, precise, own, strict=True)]
    comments = readers_comments(page)
    whole = _share_kept(page) >= WHOLE_SHARE
    if whole and (kept := settled(page, title, comments)):
        return kept
    for one, keep in zip(page, votes(told, extractors.complete(source), known), strict=True):
        one.second = keep
    if not whole and _unsure(page):
        for one, keep in zip(page, votes(told, extractors.thorough(_tree(source)), known), strict=True):
            one.first = keep
    return article_blocks(page, title, comments)


def _unsure(page: Sequence[Judged]) -> bool:
    first = sum(len(one.letters) for one in page if one.first)
    second = sum(len(one.letters) for one in page if one.second)
    return max(first, second) < SURE_LETTERS or (second > first and covered(page) < SURE_SHARE)


def _share_kept(page: Sequence[Judged]) -> float:
    """Of the letters that may be the article's, those in the precise text."""
    total = sum(len(one.letters) for one in page if one.open)
    return sum(len(one.letters) for one in page if one.open and one.first) / total if total else 0.0


def _check_let_in(tree: HtmlElement, blocks: Sequence[Block]) -> None:
    """Raises Unreadable where the page was saved that stands before the article, or in place of it."""
    title = " ".join(tree.xpath("string(//head/title)")[:TITLE_CHARS].split())
    if _BARRED.fullmatch(title) and sum(len(block.text) for block in blocks) <= BARRED_CHARS:
        raise Unreadable(
            f'the page is what a site shows in place of an article ("{title[:80]}"): open it in a browser, wait until'
            " the article is there, and save it again as a complete page"
        )


def _tells_anything(blocks: Sequence[Block], kept: Sequence[bool]) -> bool:
    """Whether more is kept than menus and notices, which are what an extractor takes of a page that shows no more.
    Paragraphs tell whatever they stand in: pages stand whole in a form, or in what is called a menu."""
    return any(
        (block.standing is not Standing.ASIDE or is_prose(block.text))
        and block.link_chars < LINK_SHARE * len(block.text)
        and kind_of(block.text) not in _NOTICES
        for block in compress(blocks, kept)
    )


def _whole(blocks: Sequence[Block], *, scripted: bool) -> list[bool]:
    """What to keep of a page in which no extractor finds an article: what is no menu. Raises Unreadable."""
    outside = [block.standing < Standing.ASIDE for block in blocks]
    waits = scripted and not any(is_prose(block.text) for block in compress(blocks, outside))
    if waits:
        raise Unreadable(
            "the page shows menus and no article (it is made by scripts): open it in a browser, wait until the"
            " article is there, and save it again as a complete page"
        )
    return outside if any(outside) else [True] * len(blocks)


def _carried(text: str, blocks: Sequence[Block]) -> list[str]:
    """The lines that the page does not show of the article that it carries as data, where these are most of it."""
    lines = text.split("\n")
    told = letters_of(lines)
    shown = "\n".join(block.text for block in blocks)
    whole = letters(shown)
    seen = votes(told, shown)
    unseen = [
        line for line, some, kept in zip(lines, told, seen, strict=True) if not kept and some not in whole
    ]
    return unseen if sum(map(len, unseen)) > len(text) / 2 else []


def _waits(blocks: Sequence[Block]) -> bool:
    """Whether there is so little prose that the page waits for its scripts."""
    found = 0.0
    for block in blocks:
        if block.standing < Standing.ASIDE and is_prose(block.text):
            found += len(letters(block.text)) * letters_in_one(block.text)
            if found >= WAITING_LETTERS:
                return False
    return True
