"""A page's tree -> the text a reader sees, block by block."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from lxml import etree
from lxml.html import HtmlElement

PLACE_DEPTH = (
    3  # elements around a block that tell its place; the innermost alone is nearly always a paragraph
)

_UNSEEN = frozenset(
    "script style noscript template head svg math iframe object embed canvas video audio button select option"
    " textarea input datalist dialog map".split()
)
_ASIDE = frozenset("nav footer aside form menu".split())
_ASIDE_ROLES = frozenset("navigation banner contentinfo complementary dialog search".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead"
    " tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# Names that pages give to what stands around an article, as whole words of an id or a class.
_ASIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|toc|reflist|references|hatnote|breadcrumbs?|crumbs?|sidebar|newsletter|promo|related"
    r"|share|sharing|social|cookies?|consent|advert|ads?|sponsors?|affiliate|feedback|pager|pagination|tags|widget|popup"
    r"|modal|subscribe|paywall|recommended|trending|ticker|navbar|nav|menu|footer)(?:$|[\s_-])",
    re.I,
)
WHOLE_SHARE = (
    0.4  # of the page's text in one such element: its name speaks of the layout, not of what is in it
)
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True, slots=True)
class Block:
    text: str
    tag: str  # the block element it stands in
    place: tuple[
        str, ...
    ]  # the elements around it, with their classes, innermost first; empty without classes
    asides: tuple[int, ...]  # the menus, footers, sidebars, forms, comments it stands in, by number
    link_chars: int

    @property
    def aside(self) -> bool:
        return bool(self.asides)


class _Collector:
    """Walks with the tree, element by element, and closes a block wherever a browser would break the line."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._around: list[tuple[str, str]] = []
        self._links = self._unseen = self._anchors = self._fixed = 0
        self._asides: list[int] = []  # the elements around that stand aside, by number
        self._numbers = 0

    def enter(self, element: HtmlElement, tag: str) -> None:
        if tag in _BLOCKS:
            self.close()
            self._around.append((tag, element.get("class") or ""))
        self._count(element, tag, 1)
        self.add(element.text)

    def leave(self, element: HtmlElement, tag: str) -> None:
        if tag in _BLOCKS:
            self.close()
            self._around.pop()
        self._count(element, tag, -1)
        if tag in _CELLS:
            self.add(" ")
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        if text and self._fixed and "\n" in text:
            for line in text.split("\n"):
                self.close()
                self._add(line)
        else:
            self._add(text)

    def _add(self, text: str | None) -> None:
        if text and not self._unseen:
            self._parts.append(text)
            self._links += len(text) if self._anchors else 0

    def close(self) -> None:
        text = _SPACE.sub(" ", "".join(self._parts)).strip()
        if text:
            tag = self._around[-1][0] if self._around else ""
            self.blocks.append(Block(text, tag, self._place(), tuple(self._asides), self._links))
        self._parts.clear()
        self._links = 0

    def _count(self, element: HtmlElement, tag: str, step: int) -> None:
        self._unseen += step * _is_unseen(element, tag)
        self._anchors += step * (tag == "a")
        self._fixed += step * (tag == "pre")
        if not _is_aside(element, tag):
            return
        if step > 0:
            self._numbers += 1
            self._asides.append(self._numbers)
        else:
            self._asides.pop()

    def _place(self) -> tuple[str, ...]:
        near = self._around[-PLACE_DEPTH:]
        return tuple(f"{tag}.{name}" for tag, name in reversed(near)) if any(name for _, name in near) else ()


def visible_blocks(tree: HtmlElement) -> list[Block]:
    """In the order of the page; white space is collapsed as browsers do."""
    collector = _Collector()
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            collector.add(element.tail)
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            collector.enter(element, tag)
        else:
            collector.leave(element, tag)
    collector.close()
    return _without_layout(collector.blocks)


def _without_layout(blocks: list[Block]) -> list[Block]:
    """The blocks, standing aside only in elements that do not hold most of the page."""
    chars: Counter[int] = Counter()
    for block in blocks:
        chars.update(dict.fromkeys(block.asides, len(block.text)))
    total = sum(len(block.text) for block in blocks)
    layout = {number for number, held in chars.items() if held > WHOLE_SHARE * total}
    return [replace(block, asides=tuple(n for n in block.asides if n not in layout)) for block in blocks]


def _is_unseen(element: HtmlElement, tag: str) -> bool:
    return (
        tag in _UNSEEN
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_aside(element: HtmlElement, tag: str) -> bool:
    if tag in _ASIDE or element.get("role") in _ASIDE_ROLES:
        return True
    return bool(_ASIDE_NAMES.search(f"{element.get('id') or ''} {element.get('class') or ''}"))
