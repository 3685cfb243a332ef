"""Rows as the formats read them -> the tables whose columns are named.

Where a format marks header cells, as web pages do, the rows of such at a table's top name its columns. Where it does
not, the first row of more than one cell does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from qa.records import Alignment, Cell, Table

MAX_COLUMNS = 64
GAP = " \t"  # between the cells of a row of a document, in its text

# Lines of plain text and Markdown that are rows: "Adult | 40 crowns"; and those of documents, as their readers part
# them. A tab alone stands behind the markers of lists as well.
_ROW = re.compile(rf"[^|\n]*(?:\|[^|\n]*)+|[^\t\n]+(?:{GAP}[^\t\n]+)+")
_CELL = re.compile(r"[^|\t]+|(?<=[|\t])(?=[|\t])")


@dataclass(frozen=True, slots=True)
class Row:
    """table: tells it apart from others. heads: its cells are marked as header cells, or it is as such a row."""

    table: Any
    heads: bool
    cells: tuple[Cell, ...]


class Grid:
    """Which column each cell of a table begins in, where cells may take several of either kind (HTML: forming a
    table)."""

    def __init__(self) -> None:
        self._row = self._column = -1
        self._taken: dict[int, int] = {}  # column -> the last row in which a cell from above takes it

    def next_row(self) -> None:
        self._row, self._column = self._row + 1, 0

    def place(self, columns: int, rows: int) -> int:
        """The column of the row's next cell, which takes so many columns and rows; at most MAX_COLUMNS are told
        apart."""
        while self._taken.get(self._column, -1) >= self._row:
            self._column += 1
        first = self._column
        self._column = min(first + max(columns, 1), MAX_COLUMNS)
        for column in range(first, self._column) if rows > 1 else ():
            self._taken[column] = self._row + rows - 1
        return first


def tables_of(rows: Iterable[Row], *, marked: bool) -> tuple[Table, ...]:
    """rows: in the order of the text. marked: the format marks header cells."""
    together: dict[Any, list[Row]] = {}
    for row in rows:
        together.setdefault(row.table, []).append(row)
    found = (_table(of_one, marked) for of_one in together.values())
    return tuple(table for table in found if table)


def _table(rows: list[Row], marked: bool) -> Table | None:
    at = 0
    while at < len(rows) and rows[at].heads:
        at += 1
    header = [row for row in rows[:at] if len(row.cells) > 1]
    if not header and not marked:
        at = next((number for number, row in enumerate(rows) if len(row.cells) > 1), len(rows)) + 1
        header = rows[at - 1 : at]
    return _whole([row.cells for row in header], [row.cells for row in rows[at:]])


def moved(tables: Iterable[Table], place: Callable[[int, int], tuple[int, int] | None]) -> tuple[Table, ...]:
    """Where they are in another text. place: of a stretch there; None: it is not there."""

    def cells(row: Iterable[Cell]) -> tuple[Cell, ...]:
        placed = ((place(one.start, one.end), one.column) for one in row)
        return tuple(Cell(*at, column) for at, column in placed if at)

    found = (_whole([cells(one.header)], map(cells, one.rows)) for one in tables)
    return tuple(table for table in found if table)


def further(tables: Iterable[Table], by: int) -> tuple[Table, ...]:
    """Where they are once their text stands `by` characters further on."""
    return moved(tables, lambda start, end: (start + by, end + by))


def _whole(header: Iterable[tuple[Cell, ...]], rows: Iterable[tuple[Cell, ...]]) -> Table | None:
    """None where nothing names its columns, or none of its rows holds anything."""
    named = tuple(cell for row in header for cell in row)
    filled = tuple(row for row in rows if row)
    return Table(named, filled) if named and filled else None


def tables_of_lines(text: str, raw: str, alignment: Alignment) -> tuple[Table, ...]:
    """Of a text whose lines' raw text tells that they are rows."""
    return tables_of(_rows(text, raw, alignment), marked=False)


def _rows(text: str, raw: str, alignment: Alignment) -> Iterator[Row]:
    table, after = 0, -1
    for line in re.finditer(r"[^\n]+", text):
        start, end = alignment.to_raw(*line.span())
        if not _ROW.fullmatch(raw, start, end):
            continue
        table += line.start() != after
        after = line.end() + 1
        bordered = "|" in raw[raw.rfind("\n", 0, start) + 1 : start]  # by a bar that was taken off
        start += raw[start] == "|" and not bordered
        told = raw[start:end]
        pieces = ((start + piece.start(), start + piece.end()) for piece in _CELL.finditer(told))
        places = [_trimmed(text, alignment.to_text(*piece)) for piece in pieces]
        first = int(told.startswith("|"))  # that cell holds nothing
        cells = tuple(Cell(*at, column) for column, at in enumerate(places, first) if at[0] < at[1])
        yield Row(table, False, cells)


def _trimmed(text: str, place: tuple[int, int] | None) -> tuple[int, int]:
    """Without the space at either end; None: it is not there."""
    start, end = place or (0, 0)
    told = text[start:end]
    return start + len(told) - len(told.lstrip()), start + len(told.rstrip())
