"""Which blocks of a page are items of its lists, and the markers that a browser shows before them (HTML Living
Standard: ol, ul, li, dl; numbers by `start`, `reversed`, `value` and `type`). Of styles those are known that a list or
an item has itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from qa.ingest.numerals import numeral
from qa.records import ListItem

BULLET = "•"

_LISTS = frozenset({"ol", "ul", "dl"})
OF_LISTS = _LISTS | {"li", "dt", "dd"}  # elements
_NUMBER = re.compile(r"\s*([+-]?\d{1,9})(?!\d)")
_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]{0,60}?(?<![\w-])(none|decimal|(?:lower|upper)-(?:alpha|latin|roman))", re.I
)
_FORMS = {
    **{"none": "", "decimal": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A"},
    **{"upper-latin": "A", "lower-roman": "i", "upper-roman": "I"},
}


@dataclass(slots=True)
class _List:
    tag: str
    form: str  # of its numerals; "•": it has bullets, "": no markers
    next: int  # number
    step: int = 1
    marker: str = ""  # of the item that is open, until a block of it is whole
    deeper: bool = False  # within a description


class Lists:
    """Walks with the tree, as the collector of blocks does."""

    def __init__(self) -> None:
        self.open: list[_List] = []
        self._lists = 0

    def enter(self, element: HtmlElement, tag: str) -> None:
        """One of OF_LISTS, when the block before it is whole."""
        if tag in _LISTS:
            self._lists += not self.open
            self.open.append(_opened(element, tag))
        elif self.open:
            around = self.open[-1]
            around.marker = _marker(around, element) if tag == "li" else ""
            around.deeper = tag == "dd"

    def leave(self, tag: str) -> None:
        """One of OF_LISTS, when what it holds is whole."""
        if tag in _LISTS:
            self.open.pop()
        elif self.open:
            self.open[-1].marker = ""

    def item(self, length: int) -> ListItem:
        """The block of so many characters that is whole now, in an open list; the marker is an item's first block's."""
        around = self.open[-1]
        marker, around.marker = around.marker, ""
        return ListItem(0, length, self._lists, len(self.open) - 1 + around.deeper, marker)


def _opened(element: HtmlElement, tag: str) -> _List:
    form = {"ol": element.get("type") or "1", "ul": BULLET}.get(tag, "")
    form = _own_form(element, form)
    down = tag == "ol" and element.get("reversed") is not None
    first = len(element.findall("li")) if down else 1
    return _List(tag, form, _number(element.get("start"), first) if tag == "ol" else 1, -1 if down else 1)


def _marker(around: _List, item: HtmlElement) -> str:
    number = _number(item.get("value"), around.next) if around.tag == "ol" else around.next
    around.next = number + around.step
    form = _own_form(item, around.form)
    return form if form in ("", BULLET) else f"{numeral(form, number)}."


def _own_form(element: HtmlElement, usual: str) -> str:
    told = _STYLE.search(element.get("style") or "")
    return _FORMS[told[1].lower()] if told else usual


def _number(told: str | None, usual: int) -> int:
    found = _NUMBER.match(told or "")
    return int(found[1]) if found else usual
