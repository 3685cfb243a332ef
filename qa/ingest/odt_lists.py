"""The lists of an OpenDocument text: which paragraphs are in one, and the markers that an office program shows before
them, which are no text of the file (OpenDocument 1.3, part 3: 5.3, 16.30 to 16.34). Bullets of any form are "•".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qa.ingest.numerals import numeral
from qa.ingest.page_lists import BULLET

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
MAX_MARKER = 40  # characters


@dataclass(slots=True)
class _List:
    """A list at the top, with the lists in its items."""

    number: int
    counted: dict[int, int] = field(default_factory=dict)  # by level


class Lists:
    def __init__(self, content: Any, styles: Any | None) -> None:
        """The roots of the parts that hold styles of lists."""
        self._levels = {
            style.get(f"{_STYLE}name") or "": {
                _integer(level.get(f"{_TEXT}level"), 1) - 1: level for level in style
            }
            for root in (styles, content)
            if root is not None
            for style in root.iter(f"{_TEXT}list-style")
        }
        self._by_style: dict[str, _List] = {}  # the last of each
        self._by_id: dict[str, _List] = {}
        self._lists = 0

    def items(self, body: Any) -> dict[Any, tuple[int, int, str]]:
        """By paragraph: the number of its list, its level and its marker."""
        found: dict[Any, tuple[int, int, str]] = {}
        for top in body.iter(f"{_TEXT}list"):
            if next(top.iterancestors(f"{_TEXT}list"), None) is None:
                found.update(self._inside(top, self._opened(top), 0, top.get(f"{_TEXT}style-name") or ""))
        return found

    def _opened(self, top: Any) -> _List:
        self._lists += 1
        style = top.get(f"{_TEXT}style-name") or ""
        before = self._by_id.get(top.get(f"{_TEXT}continue-list") or "")
        if before is None and top.get(f"{_TEXT}continue-numbering") == "true":
            before = self._by_style.get(style)
        opened = _List(self._lists, before.counted if before else {})
        self._by_style[style] = opened
        if told := top.get(_ID):
            self._by_id[told] = opened
        return opened

    def _inside(
        self, element: Any, of: _List, level: int, style: str
    ) -> Iterator[tuple[Any, tuple[int, int, str]]]:
        for item in element:
            marker = ""
            if item.tag == f"{_TEXT}list-item":
                marker = self._marker(item, of, level, style)
            for child in item:
                if child.tag in _PARAGRAPHS:
                    yield child, (of.number, level, marker)
                    marker = ""
                elif child.tag == f"{_TEXT}list":
                    own = child.get(f"{_TEXT}style-name") or style
                    yield from self._inside(child, of, level + 1, own)

    def _marker(self, item: Any, of: _List, level: int, style: str) -> str:
        levels = self._levels.get(style, {})
        own = levels.get(level)
        start = (
            _start(own)
            if item.get(f"{_TEXT}start-value") is None
            else _integer(item.get(f"{_TEXT}start-value"), 1)
        )
        begins = item.get(f"{_TEXT}start-value") is not None or level not in of.counted
        of.counted[level] = start if begins else of.counted[level] + 1
        for deeper in [at for at in of.counted if at > level]:
            del of.counted[deeper]
        if own is None or own.tag != f"{_TEXT}list-level-style-number":
            return "" if own is None else BULLET
        shown = min(_integer(own.get(f"{_TEXT}display-levels"), 1), level + 1)
        numerals = [
            numeral(told, of.counted.get(at, _start(levels.get(at))))
            for at in range(level + 1 - shown, level + 1)
            if (told := _form(levels.get(at)))
        ]
        before, after = own.get(f"{_STYLE}num-prefix") or "", own.get(f"{_STYLE}num-suffix") or ""
        return f"{before}{'.'.join(numerals)}{after}".strip()[:MAX_MARKER]


def _form(level: Any | None) -> str:
    return "" if level is None else level.get(f"{_STYLE}num-format") or ""


def _start(level: Any | None) -> int:
    return 1 if level is None else _integer(level.get(f"{_TEXT}start-value"), 1)


def _integer(told: str | None, usual: int) -> int:
    return int(told) if told and told.isascii() and told.isdigit() and len(told) < 10 else usual
