"""The cells of tables, and which of them name the columns, format by format."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest.packing import epub, odt, pptx

from qa.ingest.clean import Cleaned, clean
from qa.ingest.document import Document
from qa.ingest.load import load
from qa.ingest.markup import seen_whole
from qa.ingest.tables import MAX_COLUMNS, Grid
from qa.records import Cell, Table

TODAY = date(2026, 6, 1)
STORY = (
    "The mill museum of Brennick was opened in 1987 by a society of its friends, who look after the wheel until today.",
    "Groups of more than ten people are asked to write two weeks before they come, since there is only one guide.",
)
HEADER = ("Day", "Opening hours", "Last entry")
ROWS = (("Monday to Friday", "9 to 5", ""), ("Saturday", "10 to 6", "5.15 pm"))
TOLD = [
    [("Day", 0), ("Opening hours", 1), ("Last entry", 2)],
    [("Monday to Friday", 0), ("9 to 5", 1)],
    [("Saturday", 0), ("10 to 6", 1), ("5.15 pm", 2)],
]


def told(text: str, tables: Sequence[Table]) -> list[list[list[tuple[str, int]]]]:
    """Of each table its header and its rows: texts of cells, and their columns."""

    def cells(row: Sequence[Cell]) -> list[tuple[str, int]]:
        return [(text[cell.start : cell.end], cell.column) for cell in row]

    return [[cells(table.header), *map(cells, table.rows)] for table in tables]


def of_markup(markup: str) -> list[list[list[tuple[str, int]]]]:
    seen = seen_whole(f"<div><p>Before.</p>{markup}<p>After.</p></div>")
    return told(seen.text, seen.tables)


def _row(texts: Sequence[str], tag: str = "td") -> str:
    return f"<tr>{''.join(f'<{tag}>{text}</{tag}>' for text in texts)}</tr>"


HEAD = _row("AB", "th")
AB = [("A", 0), ("B", 1)]


@pytest.mark.parametrize(
    ("rows", "table"),
    [
        (f"<table>{HEAD}{_row('12')}</table>", [AB, [("1", 0), ("2", 1)]]),
        (
            f"<table><thead>{_row('AB')}</thead><tbody>{_row('12')}</tbody></table>",
            [AB, [("1", 0), ("2", 1)]],
        ),
        (f"<table>{HEAD}<tr><td><td>2</table>", [AB, [("2", 1)]]),
        (
            f"<table>{HEAD}<tr><td><p>1<br>and</p><p>more</p></td><td> 2 </td></tr></table>",
            [AB, [("1\nand\nmore", 0), ("2", 1)]],
        ),
        (
            "<table><tr><th rowspan=2>A<th colspan=2>B<th>C</tr><tr><th>D<th>E</tr><tr><td>1<td>2<td>3<td>4</table>",
            [
                [("A", 0), ("B", 1), ("C", 3), ("D", 1), ("E", 2)],
                [("1", 0), ("2", 1), ("3", 2), ("4", 3)],
            ],
        ),
        (
            f"<table>{HEAD}<tr><td rowspan=2>1<td>2</tr><tr><td>3</table>",
            [AB, [("1", 0), ("2", 1)], [("3", 1)]],
        ),
        (
            f"<table>{HEAD}<tr><th scope=row>1</th><td>2</td></tr></table>",
            [AB, [("1", 0), ("2", 1)]],
        ),
        (
            f"<table><caption>Which</caption><tr><th colspan=2>All</th></tr>{HEAD}{_row('12')}</table>",
            [AB, [("1", 0), ("2", 1)]],
        ),
        (
            f"<table>{HEAD}<tr><td><i>1</i>x<td>a <b>b</b> c</table>",
            [AB, [("1x", 0), ("a b c", 1)]],
        ),
    ],
)
def test_of_a_page_header_cells_name_the_columns(rows: str, table: list[list[tuple[str, int]]]) -> None:
    assert of_markup(rows) == [table]


@pytest.mark.parametrize(
    "markup",
    [
        f"<table>{_row('AB')}{_row('12')}</table>",
        f"<table>{HEAD}</table>",
        f"<table>{_row(['<table>' + _row('12') + '</table>', 'B'], 'th')}{_row('12')}</table>",
        f"<table role=presentation>{HEAD}{_row('12')}</table>",
        "<table><tr><th>A<td>1</tr><tr><th>B<td>2</table>",
        "<table><th>A<td>1",
        "<tr><td>1</td></tr></table><td>2</td>",
    ],
)
def test_what_lays_out_a_page_or_names_no_columns_is_no_such_table(markup: str) -> None:
    assert of_markup(markup) == []


def test_a_table_in_a_table_is_read_and_the_outer_one_is_layout() -> None:
    inner = f"<table>{HEAD}{_row('12')}</table>"
    assert of_markup(f"<table><tr><th>X<th>Y</tr><tr><td>{inner}</td><td>Z</td></tr></table>") == [
        [AB, [("1", 0), ("2", 1)]]
    ]


TEXTS = st.text("ab1 .&<é", min_size=1, max_size=8).filter(str.strip)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=2, max_size=5))
def test_every_cell_stands_where_it_is_said_to_be(rows: list[list[str]]) -> None:
    first, *others = ([escape(text) for text in row] for row in rows)
    (table,) = of_markup(f"<table>{_row(first, 'th')}{''.join(map(_row, others))}</table>")
    assert table == [[(" ".join(text.split()), column) for column, text in enumerate(row)] for row in rows]


def test_a_cell_may_claim_any_number_of_columns_and_few_are_counted() -> None:
    grid = Grid()
    for _ in range(3):
        grid.next_row()
        assert [grid.place(1000, 65534) <= MAX_COLUMNS for _ in range(100)] == [True] * 100


def loaded(data: bytes, name: str) -> tuple[Document, Cleaned]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data)
        (document,) = load(file, name, today=TODAY)
        assert isinstance(document, Document)
        return document, clean(document, today=TODAY)


def _page() -> str:
    table = f"<table>{_row(HEADER, 'th')}{''.join(map(_row, ROWS))}</table>"
    return f"<article><h1>The mill</h1><p>{STORY[0]}</p>{table}<p>{STORY[1]}</p></article>"


def _word() -> bytes:
    made = docx.Document()
    made.add_paragraph(STORY[0])
    table = made.add_table(rows=0, cols=3)
    for texts in (HEADER, *ROWS):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    made.add_paragraph(STORY[1])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _open_document() -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)
        + "</table:table-row>"
        for texts in (HEADER, *ROWS)
    )
    return odt(f"<text:p>{STORY[0]}</text:p><table:table>{rows}</table:table><text:p>{STORY[1]}</text:p>")


def _slides() -> bytes:
    def paragraph(text: str) -> str:
        return f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"

    rows = "".join(
        f"<a:tr>{''.join(f'<a:tc><a:txBody>{paragraph(text)}</a:txBody></a:tc>' for text in texts)}</a:tr>"
        for texts in (HEADER, *ROWS)
    )
    return pptx([f"{paragraph(STORY[0])}<a:tbl>{rows}</a:tbl>{paragraph(STORY[1])}"])


def _saved_page() -> bytes:
    head = b"Subject: The mill\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"
    return head + f"--x\nContent-Type: text/html\n\n{_page()}\n--x--\n".encode()


def _mail() -> bytes:
    head = b"Subject: The mill\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
    return head + _page().encode()


def _markdown() -> bytes:
    rows = "\n".join(f"| {' | '.join(texts)} |" for texts in (HEADER, ("---",) * 3, *ROWS))
    return f"# The mill\n\n{STORY[0]}\n\n{rows}\n\n{STORY[1]}\n".encode()


def _rich_text() -> bytes:
    rows = "".join("".join(rf"{text}\cell " for text in texts) + "\\row\n" for texts in (HEADER, *ROWS))
    return f"{{\\rtf1\\ansi {STORY[0]}\\par\n{rows}\\pard {STORY[1]}\\par}}".encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (_page().encode(), "mill.html"),
        (_saved_page(), "mill.mht"),
        (_mail(), "mill.eml"),
        (epub([f"<p>A first chapter.</p>{_row('12')}", _page()]), "mill.epub"),
        (_word(), "mill.docx"),
        (_open_document(), "mill.odt"),
        (_slides(), "mill.pptx"),
        (_markdown(), "mill.md"),
        (_rich_text(), "mill.rtf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_format_with_tables_tells_their_cells_in_the_text_and_in_the_raw_text(
    data: bytes, name: str
) -> None:
    document, article = loaded(data, name)
    assert told(article.text, article.tables) == [TOLD]
    for table in article.tables:
        for cell in (*table.header, *(cell for row in table.rows for cell in row)):
            start, end = article.alignment.to_raw(cell.start, cell.end)
            assert document.raw[start:end] == article.text[cell.start : cell.end]


def test_merged_cells_of_a_word_document_keep_the_columns_of_the_others() -> None:
    made = docx.Document()
    made.add_paragraph(STORY[0])
    table = made.add_table(rows=3, cols=3)
    for row, texts in zip(table.rows, ("ABC", "123", "456"), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(1, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    buffer = io.BytesIO()
    made.save(buffer)
    _, article = loaded(buffer.getvalue(), "a.docx")
    ((header, first, second),) = told(article.text, article.tables)
    assert header == [("A", 0), ("B", 1), ("C", 2)]
    assert [column for _, column in first] == [0, 1]
    assert second == [("5", 1), ("6", 2)]


def test_cells_of_markdown_that_hold_nothing_keep_the_columns_of_the_others() -> None:
    rows = "|  | A | B |\n|---|---|---|\n| 1 ||2|\n||3||"
    _, article = loaded(f"{STORY[0]}\n\n{rows}\n\n{STORY[1]}".encode(), "a.md")
    assert told(article.text, article.tables) == [[[("A", 1), ("B", 2)], [("1", 0), ("2", 2)], [("3", 1)]]]


def test_bars_and_tabs_of_plain_text_make_a_table_only_line_upon_line() -> None:
    lists, table = "1.\tWater\n2.\tBread", "Member | Fee\nAdult | 40 crowns"
    lines = "\n\n".join((STORY[0], "Home | News | Sport", STORY[1], lists, table))
    _, article = loaded(lines.encode(), "a.txt")
    assert told(article.text, article.tables) == [
        [[("Member", 0), ("Fee", 1)], [("Adult", 0), ("40 crowns", 1)]]
    ]
