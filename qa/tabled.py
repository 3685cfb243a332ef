"""A row of a table -> its text as it is shown, with a mark between cells that is no text of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .records import Cell, Citation

# Where a position of the text is in the one that is shown.
Shift = Callable[[int], int]


def parted(text: str, cells: Sequence[Cell], offset: int = 0) -> tuple[str, Shift]:
    """cells: of a row, or of a header's rows; where none are given, the text is shown as it is. offset: where the text
    begins in that in which they count. Those that hold nothing are shown too; a row below begins a line."""
    cells = [Cell(cell.start - offset, cell.end - offset, cell.column) for cell in cells]
    shown = ""
    moved: list[tuple[int, int]] = []  # positions of the text, and how much further on they are from there on
    at, before = 0, None
    for cell in cells:
        shown += text[at : before.end if before else cell.start] + _between(before, cell)
        moved.append((cell.start, len(shown) - cell.start))
        at, before = cell.start, cell
    shown += text[at:]

    def shift(position: int) -> int:
        return position + next((by for start, by in reversed(moved) if start <= position), 0)

    return shown, shift


def _between(before: Cell | None, cell: Cell) -> str:
    if before is None or cell.column <= before.column:
        return ("\n" if before else "") + "| " * cell.column
    return " " + "| " * (cell.column - before.column)


def row_text(cited: Citation) -> str:
    """The sentence of a citation, its cells apart."""
    return parted(cited.sentence, cited.cells, cited.sentence_start)[0]


def with_header(cited: Citation) -> list[str]:
    """Lines: the header of the table in whose row a citation stands, and its sentence."""
    header = row_text(cited.header).split("\n") if cited.header else []
    return [*header, row_text(cited)]
