"""A page's tree -> the text a reader sees, block by block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, repeat

from lxml import etree
from lxml.html import HtmlElement

from qa.ingest.page_lists import OF_LISTS, Lists
from qa.ingest.page_parts import Marks, collapsed, marked_elements, names_role
from qa.ingest.page_tables import OF_TABLES, CellPart, Tables, tables_of_parts
from qa.ingest.standing import Standing, standing
from qa.records import ListItem, Part, Table

# Elements around a block that tell its place; the innermost alone is nearly always a paragraph.
PLACE_DEPTH = 3
# Of the characters outside links: what stands around so much of a page is its layout, whatever it is called.
LAYOUT_SHARE = 0.8

_UNSEEN = frozenset(
    "script style noscript template head svg iframe object embed canvas video audio button select option"
    " textarea input datalist dialog map rt rp annotation annotation-xml".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead"
    " tr ul".split()
)
_TELLING = _BLOCKS | OF_TABLES | {"a"}  # elements that mean something to a block
_ITEMS = frozenset({"li", "dd", "dt", "td", "th"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# By the attribute and not by a predicate of every element: a fifth of the time.
_MAYBE_HIDDEN = etree.XPath(
    "/descendant::*/@hidden/.. | /descendant::*/@aria-hidden[. = 'true']/.. | /descendant::*/@style["
    "contains(translate(., 'NOE', 'noe'), 'none') or contains(translate(., 'HIDEN', 'hiden'), 'hidden')]/.."
)


# Not frozen, as records are: a page has hundreds, and a frozen one takes three times as long to make.
@dataclass(slots=True)
class Block:
    text: str
    tag: str  # the block element it stands in; of a <div> right in a list's item or a cell, that one
    place: tuple[tuple[str, str], ...]  # the elements around it, with their classes, innermost last
    standing: Standing
    link_chars: int
    inside: tuple[int, ...]  # the block elements it stands in, by number, outermost first
    parts: tuple[Part, ...] = ()  # of its text, beside the story
    item: ListItem | None = None  # what it is as a whole, in a list
    cells: tuple[CellPart, ...] = ()  # that it holds, wholly or in part


class _Collector:
    """Walks with the tree, element by element, and closes a block wherever a browser would break the line."""

    def __init__(self, tree: HtmlElement) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []  # of the block that is not closed yet
        self._around: list[tuple[str, str]] = []
        self._inside: list[int] = []
        self._standings = [Standing.OPEN]
        self.aside: dict[int, Standing] = {}  # by their own name or kind, by the element's number
        self._links = self._anchors = self._fixed = self._elements = 0
        self._marked = marked_elements(tree)
        self._marks = Marks()
        self._lists = Lists()
        self._tables = Tables()

    def enter(self, element: HtmlElement, tag: str) -> None:
        names = element.get("class") or ""
        if (names and names_role(names)) or element in self._marked:
            self._marks.enter(element, tag, names)
        if tag not in _TELLING:
            return
        if tag in _BLOCKS:
            if self.parts:
                self.close()
            self._elements += 1
            if tag in OF_LISTS:
                self._lists.enter(element, tag)
            self._around.append((tag, names))
            self._inside.append(self._elements)
            around = self._standings[-1]
            if own := standing(element, tag, names):
                self.aside[self._elements] = own
            self._standings.append(own if own > around else around)
            if tag == "pre":
                self._fixed += 1
        elif tag == "a":
            self._anchors += 1
        if tag in OF_TABLES:
            self._tables.enter(element, tag, len(self.parts))

    def leave(self, element: HtmlElement, tag: str) -> None:
        if tag in _TELLING:
            if tag in _BLOCKS and self.parts:
                self.close()
            if tag in OF_TABLES:
                self._tables.leave(tag, len(self.parts))
            if tag in _BLOCKS:
                if tag in OF_LISTS:
                    self._lists.leave(tag)
                self._around.pop()
                self._inside.pop()
                self._standings.pop()
                if tag == "pre":
                    self._fixed -= 1
            elif tag == "a":
                self._anchors -= 1
            elif self.parts:  # a cell
                self.add(" ")
        if element is self._marks.innermost:
            self._marks.leave()

    def add(self, text: str) -> None:
        if self._fixed and "\n" in text:
            for line in text.split("\n"):
                self.close()
                self.add(line)
            return
        if self._marks.innermost is not None:
            self._marks.add(len(self.parts))
        self.parts.append(text)
        if self._anchors:
            self._links += len(text)

    def close(self) -> None:
        text = collapsed("".join(self.parts).strip())
        cells = self._tables.close(self.parts, text)
        if text:
            self._marks.close(len(self.blocks), self.parts, text)
            self.blocks.append(
                Block(
                    text,
                    self._tag(),
                    tuple(self._around[-PLACE_DEPTH:]),
                    self._standings[-1],
                    self._links,
                    tuple(self._inside),
                    item=self._lists.item(len(text)) if self._lists.open else None,
                    cells=cells,
                )
            )
        self.parts.clear()
        self._marks.clear()
        self._links = 0

    def marked(self) -> list[Block]:
        """The blocks, each with its parts."""
        parts = self._marks.by_block()
        if not parts:
            return self.blocks
        return [
            replace(block, parts=tuple(parts[at])) if at in parts else block
            for at, block in enumerate(self.blocks)
        ]

    def _tag(self) -> str:
        if not self._around:
            return ""
        tag = self._around[-1][0]
        around = self._around[-2][0] if len(self._around) > 1 else ""
        return around if tag == "div" and around in _ITEMS else tag


def parts_of_blocks(blocks: Sequence[Block], kept: Sequence[bool] | None = None) -> tuple[Part, ...]:
    """Where the parts of the blocks are once these are joined by line ends; by default of all of them."""
    return tuple(
        Part(start + part.start, start + part.end, part.role)
        for block, start in _placed(blocks, kept)
        for part in block.parts
    )


def items_of_blocks(blocks: Sequence[Block], kept: Sequence[bool] | None = None) -> tuple[ListItem, ...]:
    """As `parts_of_blocks`, the items of lists."""
    return tuple(
        replace(block.item, start=start, end=start + block.item.end)
        for block, start in _placed(blocks, kept)
        if block.item
    )


def tables_of_blocks(blocks: Sequence[Block], kept: Sequence[bool] | None = None) -> tuple[Table, ...]:
    """As `parts_of_blocks`, the tables whose columns are named."""
    return tables_of_parts((block.cells, start, block.text) for block, start in _placed(blocks, kept))


def _placed(blocks: Sequence[Block], kept: Sequence[bool] | None) -> Iterator[tuple[Block, int]]:
    """Those that are kept, and where they begin."""
    starts = accumulate((len(block.text) + 1 for block in blocks), initial=0)
    for block, start, keep in zip(blocks, starts, kept or repeat(True), strict=False):
        if keep:
            yield block, start


def visible_blocks(tree: HtmlElement, hidden: Sequence[HtmlElement] | None = None) -> list[Block]:
    """In the order of the page; white space is collapsed as browsers do. hidden: where it is known, what is."""
    collector = _Collector(tree)
    enter, leave, add = collector.enter, collector.leave, collector.add
    unshown = frozenset(hidden_elements(tree) if hidden is None else hidden)
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    unseen: HtmlElement | None = None
    for event, element in walk:
        if event == "start":
            tag = element.tag
            if tag in _UNSEEN or element in unshown:
                unseen = element
                walk.skip_subtree()
                continue
            enter(element, tag)
            text = element.text
        else:
            if element is unseen:
                unseen = None
            elif event == "end":
                leave(element, element.tag)
            text = element.tail
        if text and (collector.parts or not text.isspace()):  # half of all texts are space between blocks
            add(text)
    collector.close()
    return _without_layout(collector.marked(), collector.aside)


def _without_layout(blocks: list[Block], aside: dict[int, Standing]) -> list[Block]:
    """Blocks whose standing comes from a menu, a form or a name around nearly the whole page, without it."""
    total = sum(len(block.text) - block.link_chars for block in blocks)
    held: Counter[int] = Counter()
    for block in blocks:
        for number in block.inside if block.standing else ():
            if number in aside:
                held[number] += len(block.text) - block.link_chars
    layout = {
        number
        for number, chars in held.items()
        if chars > LAYOUT_SHARE * total and aside[number] < Standing.COMMENTS
    }
    if not layout:
        return blocks
    return [
        replace(
            block,
            standing=max(
                (aside[number] for number in block.inside if number in aside and number not in layout),
                default=Standing.OPEN,
            ),
        )
        for block in blocks
    ]


def hidden_elements(tree: HtmlElement) -> list[HtmlElement]:
    return [element for element in _MAYBE_HIDDEN(tree) if is_hidden(element)]


def is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    return (
        element.get("hidden") is not None
        or (element.get("aria-hidden") == "true" and not _pictured(element))
        or (style is not None and _HIDDEN.search(style) is not None)
    )


def _pictured(element: HtmlElement) -> bool:
    """Whether it stands in a figure: a caption that a screen reader leaves out, as it reads the picture's description,
    is there for whoever sees the page."""
    return any(one.tag == "figure" for one in (element, *element.iterancestors()))
