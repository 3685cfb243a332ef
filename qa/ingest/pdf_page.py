"""A page of a PDF -> its lines in the order of reading, each with its place on the page.

PDFium gives characters with their boxes, in the order in which the page draws them, a line's end where the next
character stands lower. Here they become runs (stretches of a line without a wide gap), text that stands at another
angle than most of the page is left out (stamps, watermarks, margin notes of preprint servers), values of form
fields join the line that they stand in, and columns that are drawn row by row are read one after the other.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import degrees
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

# Of a character's height; justified lines stretch spaces to one, gutters and cells are twice as wide.
WIDE_GAP = 1.6
TURNED_SHARE = 0.2  # of a page's characters at another angle are no stamp: a sheet with a turned table
TURNED_LINES = 3
COLUMN_LINES = 3  # rows in a row that part at one place
COLUMN_WORDS = 3  # a row's mean in each column; cells of tables are shorter
COLUMN_LOWER = 0.25  # of a column's lines begin in the middle of a sentence; cells of tables hardly ever do
PARAGRAPH_GAP = 1.4  # of the page's usual distance of lines
LINE_END_HYPHENS = (0x02, 0xFFFE)  # as PDFium tells them, without the line's end that follows
FIELD_TYPES = (
    pdfium_c.FPDF_FORMFIELD_TEXTFIELD,
    pdfium_c.FPDF_FORMFIELD_COMBOBOX,
    pdfium_c.FPDF_FORMFIELD_LISTBOX,
)

Mapped = Callable[[Any, int, int], str]  # (text page, character's index, its code) -> what it stands for


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line; the box in points, from the page's lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    turned: int = 0  # degrees

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line, and where it stands: bottom and top in points from the page's lower edge."""

    text: str
    bottom: float
    top: float
    starts_paragraph: bool = False


def page_lines(page: pdfium.PdfPage, form: Any | None, mapped: Mapped) -> list[PageLine]:
    """The lines of a page. form: the document's form environment, where it has one."""
    text_page = page.get_textpage()
    try:
        rows = _upright(_rows(text_page, mapped))
    finally:
        text_page.close()
    for value in _field_values(page, form):
        _placed(rows, value)
    return _with_paragraphs([_line(row) for row in _by_columns(rows)])


def _rows(text_page: pdfium.PdfTextPage, mapped: Mapped) -> list[list[Run]]:
    """The lines as PDFium ends them, each as its runs."""
    rows: list[list[Run]] = []
    row: list[Run] = []
    for run in _runs(text_page, mapped):
        if run is None:
            rows.append(row)
            row = []
        else:
            row.append(run)
    return [row for row in [*rows, row] if row]


def _runs(text_page: pdfium.PdfTextPage, mapped: Mapped) -> Iterator[Run | None]:
    """Runs, and None where a line ends.

    Boxes are asked for where words begin and end: each of a page's thousands of calls takes half a microsecond.
    """
    raw, box_of = text_page.raw, _boxes(text_page.raw)
    letters: list[str] = []
    box = (0.0, 0.0, 0.0, 0.0)
    turned = last = 0
    within = False  # a word

    def ended() -> Iterator[Run]:
        text = "".join(letters).strip()
        if text:
            yield Run(_paired(text), *_around(box, box_of(last)), turned)
        letters.clear()

    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(raw, index)
        if code in (10, 13) and pdfium_c.FPDFText_IsGenerated(raw, index):
            yield from ended()
            within = False
            if code == 10:
                yield None
            continue
        if code in LINE_END_HYPHENS and pdfium_c.FPDFText_HasUnicodeMapError(raw, index) != 1:
            letters.append("-")
            yield from ended()
            yield None
            within = False
            continue
        letter = mapped(raw, index, code)
        if letter.isspace():
            if within:
                box = _around(box, box_of(last))
                letters.append(" ")
            within = False
        elif letter:
            if not within:
                here = box_of(index)
                if letters and here[0] - box[2] > WIDE_GAP * max(here[3] - here[1], box[3] - box[1]):
                    yield from ended()
                elif letters and here[2] < box[0]:  # back to the left, without a line's end between
                    yield from ended()
                    yield None
                if letters:
                    box = _around(box, here)
                else:
                    box = here
                    turned = round(degrees(pdfium_c.FPDFText_GetCharAngle(raw, index))) % 360
            letters.append(letter)
            within, last = True, index
    yield from ended()


Box = tuple[float, float, float, float]  # left, bottom, right, top


def _boxes(raw: Any) -> Callable[[int], Box]:
    """A character's index -> its box."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    places = ctypes.byref(left), ctypes.byref(right), ctypes.byref(bottom), ctypes.byref(top)

    def of(index: int) -> Box:
        pdfium_c.FPDFText_GetCharBox(raw, index, *places)
        return left.value, bottom.value, right.value, top.value

    return of


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _paired(text: str) -> str:
    """Halves of surrogate pairs, as which PDFium may give rare characters, joined; halves alone become U+FFFD."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _upright(rows: list[list[Run]]) -> list[list[Run]]:
    """The rows without runs at another angle than most of the page, unless much of it stands so."""
    chars: Counter[int] = Counter()
    for row in rows:
        for run in row:
            chars[run.turned] += len(run.text)
    if len(chars) < 2:
        return rows
    lines = Counter(angle for row in rows for angle in {run.turned for run in row})
    kept = {chars.most_common(1)[0][0]}
    kept |= {
        angle
        for angle, times in chars.items()
        if times > TURNED_SHARE * chars.total() and lines[angle] >= TURNED_LINES
    }
    left = [[run for run in row if run.turned in kept] for row in rows]
    return [row for row in left if row]


def _field_values(page: pdfium.PdfPage, form: Any | None) -> Iterator[Run]:
    """What was written into the form fields of a page, and onto it as free text."""
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        note = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        try:
            text = _written(form, note)
            rect = pdfium_c.FS_RECTF()
            if text and pdfium_c.FPDFAnnot_GetRect(note, ctypes.byref(rect)):
                yield Run(text, rect.left, rect.bottom, rect.right, rect.top)
        finally:
            pdfium_c.FPDFPage_CloseAnnot(note)


def _written(form: Any | None, note: Any) -> str:
    kind = pdfium_c.FPDFAnnot_GetSubtype(note)
    if kind == pdfium_c.FPDF_ANNOT_FREETEXT:
        return _wide(lambda buffer, size: pdfium_c.FPDFAnnot_GetStringValue(note, b"Contents", buffer, size))
    if kind != pdfium_c.FPDF_ANNOT_WIDGET or form is None:
        return ""
    if pdfium_c.FPDFAnnot_GetFormFieldType(form, note) not in FIELD_TYPES:
        return ""
    return _wide(lambda buffer, size: pdfium_c.FPDFAnnot_GetFormFieldValue(form, note, buffer, size))


def _wide(told: Callable[[Any, int], int]) -> str:
    """A string that PDFium writes as UTF-16 with a zero at its end; `told(None, 0)` gives its size in bytes."""
    size = told(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    told(ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size)
    return " ".join(buffer.raw[: size - 2].decode("utf-16-le", "replace").split())


def _placed(rows: list[list[Run]], value: Run) -> None:
    """Put a field's value into the row that it stands in, or between the rows above and below it."""
    for row in rows:
        if any(value.bottom <= run.middle <= value.top for run in row):
            row.append(value)
            row.sort(key=lambda run: run.left)
            return
    below = next((at for at, row in enumerate(rows) if row[0].top < value.bottom), len(rows))
    rows.insert(below, [value])


def _by_columns(rows: list[list[Run]]) -> list[list[Run]]:
    """The rows, with those that are lines of several columns of prose read column by column."""
    read: list[list[Run]] = []
    at = 0
    while at < len(rows):
        columns, end = _columns(rows, at)
        if end - at >= COLUMN_LINES and all(map(_is_prose, columns)):
            read += [[run] for column in columns for run in sorted(column, key=lambda run: -run.middle)]
            at = end
        else:
            read.append(rows[at])
            at += 1
    return read


def _columns(rows: list[list[Run]], at: int) -> tuple[list[list[Run]], int]:
    """The columns that begin with the row `at`, from left to right, and the row with which they have ended.

    They go on for as long as no line of one reaches into another; a row that is in one column alone must follow the
    last line of one of them closely: beside a paragraph's end in its own the other goes on.
    """
    columns = [_Column([run], run.left, run.right) for run in sorted(rows[at], key=lambda run: run.left)]
    end = at + 1
    while len(columns) > 1 and end < len(rows):
        into = [_met(run, columns) for run in rows[end]]
        if None in into or (
            len(into) == 1 and not any(_follows(rows[end][0], column.lines) for column in columns)
        ):
            break
        for run, column in zip(rows[end], into, strict=True):
            if column:
                column.add(run)
        end += 1
    return [column.lines for column in columns], end if len(columns) > 1 else at


@dataclass(slots=True)
class _Column:
    lines: list[Run]
    left: float
    right: float

    def add(self, run: Run) -> None:
        self.lines.append(run)
        self.left, self.right = min(self.left, run.left), max(self.right, run.right)


def _met(run: Run, columns: Sequence[_Column]) -> _Column | None:
    """The column that a run is a line of: it meets that one, and no other."""
    meets = [column for column in columns if run.left < column.right and column.left < run.right]
    return meets[0] if len(meets) == 1 else None


def _follows(run: Run, lines: Sequence[Run]) -> bool:
    step = lines[-2].bottom - lines[-1].bottom if len(lines) > 1 else run.top - run.bottom
    return lines[-1].bottom - run.bottom <= PARAGRAPH_GAP * max(step, run.top - run.bottom)


def _is_prose(column: Sequence[Run]) -> bool:
    words = sum(len(run.text.split()) for run in column)
    lower = sum(run.text[0].islower() for run in column[1:])
    return words >= COLUMN_WORDS * len(column) and lower >= COLUMN_LOWER * (len(column) - 1)


def _line(row: Sequence[Run]) -> PageLine:
    text = " \t".join(run.text for run in row) if len(row) > 1 else row[0].text
    return PageLine(text, min(run.bottom for run in row), max(run.top for run in row))


def _with_paragraphs(lines: list[PageLine]) -> list[PageLine]:
    steps = [above.bottom - below.bottom for above, below in pairwise(lines) if above.bottom > below.bottom]
    usual = median(steps) if steps else 0.0
    marked = lines[:1]
    for above, below in pairwise(lines):
        far = above.bottom - below.bottom > PARAGRAPH_GAP * usual
        marked.append(replace(below, starts_paragraph=far))
    return marked
