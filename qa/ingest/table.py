"""A .csv or .tsv file -> one article a row; the first row names the fields.

An article's path is the file's with "#" and the number of the line on which its row ends.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from qa.ingest.document import Document, Unreadable
from qa.ingest.fields import Fields
from qa.records import Rejected

MAX_CELL_CHARS = 16 * 2**20  # as much as the largest text file
SAMPLE_CHARS = 65_536
DELIMITERS = ",;\t|"
_TOLD = re.compile(r"sep=([,;|\t])\r?\n")  # as Excel tells the delimiter, before the first row


def read_table(path: str, text: str, fields: Fields) -> Iterator[Document | Rejected]:
    """text: the decoded file. Raises Unreadable where no row can be an article."""
    csv.field_size_limit(MAX_CELL_CHARS)
    text = text.removeprefix("\ufeff").replace("\0", "")
    told = _TOLD.match(text)
    text = text[told.end() :] if told else text
    delimiter = told.group(1) if told else _delimiter(text)
    _check_quotes(text, delimiter)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip() for name in next(rows)]
        _check(names, fields)
        for cells in rows:
            place = f"{path}#{rows.line_num}"
            if any(cell.strip() for cell in cells[len(names) :]):
                why = f"{len(cells)} cells, and the first row names {len(names)}: put cells that hold a {delimiter!r}"
                yield Rejected(place, f"{why} between quotation marks")
            elif any(cell.strip() for cell in cells):
                yield _article(place, dict(zip(names, cells, strict=False)), fields)
    except StopIteration:
        raise Unreadable("no row in it") from None
    except csv.Error as error:
        raise Unreadable(f"broken as a table: line {rows.line_num}: {error}") from error


def _check(names: list[str], fields: Fields) -> None:
    """Raises Unreadable where no column is the text; a table of figures holds no articles."""
    fields.article("", dict.fromkeys(names, "-"))


def _check_quotes(text: str, delimiter: str) -> None:
    """Raises Unreadable where a quotation mark is never closed, which would make one cell of all rows after it."""
    rows, opened = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
    try:
        for _ in rows:
            opened = rows.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Unreadable(
                f"broken as a table: a quotation mark on or after line {opened} is not closed"
            ) from None


def _delimiter(text: str) -> str:
    """The one that parts the first row most often: quoted cells of later rows hold anything."""
    first = text[:SAMPLE_CHARS].split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def _article(path: str, record: dict[str, str], fields: Fields) -> Document | Rejected:
    try:
        return fields.article(path, record)
    except Unreadable as error:
        return Rejected(path, str(error))
