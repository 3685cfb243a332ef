"""Where the cells of a page's tables stand in its blocks (HTML Living Standard: table, tr, th, colspan, rowspan). A
table that holds another one lays out the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from qa.ingest.page_parts import ends_of
from qa.ingest.tables import Grid, Row, tables_of
from qa.records import Cell, Table

CELLS = frozenset({"td", "th"})
OF_TABLES = CELLS | {"table", "thead", "tr"}  # elements

_SPAN = re.compile(r"\s*(\d{1,4})")
_NO_DATA = frozenset({"presentation", "none"})  # roles


@dataclass(slots=True)
class _Row:
    table: int
    heads: bool = False
    in_head: bool = False

    def meet(self, tag: str, *, first: bool) -> None:
        self.heads = self.in_head or (tag == "th" and (first or self.heads))


@dataclass(slots=True)
class _Table:
    number: int
    grid: Grid
    in_head: bool = False
    row: _Row | None = None
    empty: bool = True  # the row has no cell yet


@dataclass(frozen=True, slots=True)
class CellPart:
    """What a block holds [start, end) of a cell."""

    row: _Row
    column: int
    start: int
    end: int


class Tables:
    """Walks with the tree, as the collector of blocks does."""

    def __init__(self) -> None:
        self._open: list[_Table | None] = []  # None: it lays out the page
        self._tables = 0
        self._cells: list[tuple[_Row, int] | None] = []  # that are open, with their columns
        self._held: list[tuple[_Row, int, int, int]] = []  # of the block: numbers of its pieces
        self._from = 0  # the piece with which the innermost cell goes on

    def enter(self, element: HtmlElement, tag: str, pieces: int) -> None:
        """One of OF_TABLES. pieces: how many the open block has."""
        if tag == "table":
            data = element.find(".//table") is None and element.get("role") not in _NO_DATA
            self._tables += 1
            self._open.append(_Table(self._tables, Grid()) if data else None)
            return
        table = self._open[-1] if self._open else None
        if tag in CELLS:
            self._hold(pieces)
            self._cells.append(self._entered(table, element, tag) if table else None)
        elif table and tag == "thead":
            table.in_head = True
        elif table and tag == "tr":
            table.grid.next_row()
            table.row, table.empty = _Row(table.number, in_head=table.in_head), True

    def leave(self, tag: str, pieces: int) -> None:
        """One of OF_TABLES."""
        if tag == "table":
            self._open.pop()
        elif tag in CELLS:
            self._hold(pieces)
            self._cells.pop()
        elif tag == "thead" and self._open and self._open[-1]:
            self._open[-1].in_head = False

    def close(self, pieces: Sequence[str], text: str) -> tuple[CellPart, ...]:
        """The block is whole, or was none. text: its pieces, their white space collapsed."""
        if self._cells:
            self._hold(len(pieces))
        self._from = 0
        if not self._held:
            return ()
        ends = ends_of(pieces, text) if text else [0] * (len(pieces) + 1)
        parts = [CellPart(row, column, ends[a], ends[b]) for row, column, a, b in self._held]
        self._held.clear()
        return tuple(part for part in parts if text[part.start : part.end].strip())

    def _hold(self, pieces: int) -> None:
        """What the innermost cell has of the block up to now."""
        cell = self._cells[-1] if self._cells else None
        if cell and pieces > self._from:
            self._held.append((*cell, self._from, pieces))
        self._from = pieces

    @staticmethod
    def _entered(table: _Table, element: HtmlElement, tag: str) -> tuple[_Row, int] | None:
        if table.row is None:
            return None
        table.row.meet(tag, first=table.empty)
        table.empty = False
        column = table.grid.place(_span(element, "colspan"), _span(element, "rowspan"))
        return table.row, column


def _span(element: HtmlElement, name: str) -> int:
    told = _SPAN.match(element.get(name) or "")
    return int(told[1]) if told else 1


def tables_of_parts(blocks: Iterable[tuple[Sequence[CellPart], int, str]]) -> tuple[Table, ...]:
    """blocks: each with what it holds of cells, where it begins in the text, and its own text."""
    rows: dict[int, tuple[_Row, dict[int, Cell]]] = {}
    for parts, at, text in blocks:
        for part in parts:
            told = text[part.start : part.end]
            start = at + part.start + len(told) - len(told.lstrip())
            end = at + part.start + len(told.rstrip())
            cells = rows.setdefault(id(part.row), (part.row, {}))[1]
            begun = cells.get(part.column)
            cells[part.column] = Cell(begun.start if begun else start, end, part.column)
    return tables_of(_rows(rows.values()), marked=True)


def _rows(rows: Iterable[tuple[_Row, dict[int, Cell]]]) -> Iterator[Row]:
    for row, cells in rows:
        yield Row(row.table, row.heads, tuple(cells.values()))
