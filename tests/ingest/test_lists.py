"""The items of lists, with the markers that a reader sees and no format keeps as text."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest.packing import epub, zipped

from qa.ingest.clean import Cleaned, clean
from qa.ingest.document import Document
from qa.ingest.docx import read_docx
from qa.ingest.load import load
from qa.ingest.markup import seen_whole
from qa.ingest.numerals import letters, numeral, roman
from qa.ingest.odt import read_odt
from qa.records import ListItem

TODAY = date(2026, 6, 1)
STORY = (
    "Changing a tyre takes about twenty minutes, and needs a jack, a wrench and a spare wheel that holds air.",
    "Afterwards have the pressure checked at the next station, and drive no faster than eighty until then.",
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def told(text: str, items: Sequence[ListItem]) -> list[tuple[int, str, str]]:
    """Level, marker and words of each."""
    return [(one.level, one.marker, text[one.start : one.end]) for one in items]


def of_markup(markup: str) -> list[tuple[int, str, str]]:
    seen = seen_whole(f"<div>{markup}</div>")
    return told(seen.text, seen.items)


def cleaned(document: Document) -> Cleaned:
    return clean(document, today=TODAY)


@pytest.mark.parametrize(
    ("markup", "items"),
    [
        ("<ol><li>A<li>B</ol>", [(0, "1.", "A"), (0, "2.", "B")]),
        ("<ol start=9><li>A</li><li>B</li></ol>", [(0, "9.", "A"), (0, "10.", "B")]),
        ("<ol><li>A<li value=7>B<li>C</ol>", [(0, "1.", "A"), (0, "7.", "B"), (0, "8.", "C")]),
        ("<ol reversed><li>A<li>B</ol>", [(0, "2.", "A"), (0, "1.", "B")]),
        ("<ol type=a start=26><li>A<li>B</ol>", [(0, "z.", "A"), (0, "aa.", "B")]),
        ("<ol type=I><li>A<li value=4>B</ol>", [(0, "I.", "A"), (0, "IV.", "B")]),
        ("<ol style='list-style-type: lower-alpha'><li>A</ol>", [(0, "a.", "A")]),
        ("<ul style='list-style: none'><li>A</ul>", [(0, "", "A")]),
        ("<ul><li>A<li>B</ul>", [(0, "•", "A"), (0, "•", "B")]),
        ("<ol><li>A<ul><li>B</ul><li>C</ol>", [(0, "1.", "A"), (1, "•", "B"), (0, "2.", "C")]),
        ("<ol><li><p>A</p><p>B</p><li>C</ol>", [(0, "1.", "A"), (0, "", "B"), (0, "2.", "C")]),
        ("<ol><li><li>A</ol>", [(0, "2.", "A")]),
        ("<dl><dt>A<dd>B<dt>C<dd>D</dl>", [(0, "", "A"), (1, "", "B"), (0, "", "C"), (1, "", "D")]),
        ("<ol start=x><li value=''>A</ol>", [(0, "1.", "A")]),
        ("<p>A</p><li>B</li>", []),
    ],
)
def test_of_a_page_items_have_the_markers_of_a_browser(
    markup: str, items: list[tuple[int, str, str]]
) -> None:
    assert of_markup(markup) == items


def test_lists_of_a_page_are_told_apart_and_nested_ones_are_of_the_outer_one() -> None:
    seen = seen_whole("<ol><li>A<ol><li>B</ol></ol><ol><li>C</ol>")
    first, nested, second = (item.list_id for item in seen.items)
    assert first == nested != second


def test_a_page_keeps_its_text_and_its_steps_their_numbers() -> None:
    steps = "<ol>" + "".join(f"<li>{step}</li>" for step in ("Loosen the nuts.", "Raise the car.")) + "</ol>"
    page = f"<article><h1>A tyre</h1><p>{STORY[0]}</p><p>How to:</p>{steps}<p>{STORY[1]}</p></article>"
    (document,) = _loaded(f"<nav><ul><li><a href=/>Home</a></ul></nav>{page}".encode(), "tyre.html")
    article = cleaned(document)
    assert told(article.text, article.items) == [(0, "1.", "Loosen the nuts."), (0, "2.", "Raise the car.")]
    assert "1." not in article.text


def _loaded(data: bytes, name: str) -> list[Document]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data)
        return [one for one in load(file, name, today=TODAY) if isinstance(one, Document)]


def test_books_mail_and_saved_pages_keep_the_lists_of_their_pages() -> None:
    chapter = "<p>{}</p><ol><li>{} loosen all the nuts of the wheel.</li><li>{} raise the car with the jack.</li></ol>"
    chapters = [chapter.format(STORY[at], name, name) for at, name in enumerate(("First", "Second"))]
    (book,) = _loaded(epub(chapters), "b.epub")
    wanted = [
        (0, marker, f"{name} {step}")
        for name in ("First", "Second")
        for marker, step in (
            ("1.", "loosen all the nuts of the wheel."),
            ("2.", "raise the car with the jack."),
        )
    ]
    assert told(book.raw, book.items) == wanted
    assert len({item.list_id for item in book.items}) == 2
    head = "Subject: A tyre\nMIME-Version: 1.0\n"
    told_twice = (
        ("plain", "Hello."),
        ("html", f"<article><h1>A tyre</h1>{chapters[0]}<p>{STORY[1]}</p></article>"),
    )
    parts = [f"--x\nContent-Type: text/{kind}\n\n{text}\n" for kind, text in told_twice]
    letter = f"{head}Content-Type: multipart/mixed; boundary=x\n\n{''.join(parts)}--x--\n"
    (mail,) = _loaded(letter.encode(), "m.eml")
    assert told(mail.raw, mail.items) == wanted[:2]
    saved = f"{head}Content-Type: multipart/related; boundary=x\n\n{parts[1]}--x--\n"
    (page,) = _loaded(saved.encode(), "p.mht")
    assert told(page.raw, page.items) == wanted[:2]


def word(*paragraphs: tuple[str, str]) -> bytes:
    """(text, style) of each."""
    made = docx.Document()
    for text, style in paragraphs:
        made.add_paragraph(text, style=style)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_of_a_word_document_paragraphs_in_lists_by_their_style_have_its_markers() -> None:
    steps = [("Loosen.", "List Number"), ("", "Normal"), ("Raise.", "List Number"), ("Jack.", "List Bullet")]
    document = read_docx("a.docx", word((STORY[0], "Normal"), *steps, (STORY[1], "Normal")))
    assert document.raw == "\n\n".join([STORY[0], "Loosen.", "Raise.", "Jack.", STORY[1]])
    assert told(document.raw, document.items) == [
        (0, "1.", "Loosen."),
        (0, "2.", "Raise."),
        (0, "•", "Jack."),
    ]
    assert len({item.list_id for item in document.items[:2]}) == 1
    assert told((article := cleaned(document)).text, article.items) == told(document.raw, document.items)


NUMBERING = f"""<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="5">
<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Step %1:"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="5"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num></w:numbering>"""


def numbered(*paragraphs: tuple[str, str, int], extra: str = "") -> bytes:
    """(text, list, level) of each; extra: XML after them."""
    body = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        for text, name, level in paragraphs
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped(
        {
            "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}{extra}</w:body></w:document>',
            "word/numbering.xml": NUMBERING,
            "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships"><Relationship Id="r" Type="{relation}/numbering" Target="numbering.xml"/></Relationships>',
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        }
    )


def test_of_a_word_document_levels_count_by_their_definition() -> None:
    document = read_docx(
        "a.docx",
        numbered(
            *(("A", "1", 0), ("B", "1", 1), ("C", "1", 1), ("D", "1", 2), ("E", "1", 0), ("F", "1", 1)),
            *(("G", "2", 0), ("H", "0", 0), ("I", "1", 0), ("J", "9", 0)),
        ),
    )
    assert told(document.raw, document.items) == [
        *((0, "Step 3:", "A"), (1, "3.a)", "B"), (1, "3.b)", "C"), (2, "•", "D")),
        *((0, "Step 4:", "E"), (1, "4.a)", "F"), (0, "Step 1:", "G"), (0, "Step 2:", "I")),
    ]
    assert [item.list_id for item in document.items] == [1, 1, 1, 1, 1, 1, 2, 3]


def test_what_a_word_document_does_not_show_is_no_item_and_leaves_no_line() -> None:
    list_ = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    moved = f"<w:p>{list_}<w:moveFrom><w:r><w:t>B</w:t></w:r></w:moveFrom></w:p>"
    hidden = f"<w:p>{list_}<w:r><w:rPr><w:vanish/></w:rPr><w:t>C</w:t></w:r></w:p>"
    document = read_docx("a.docx", numbered(("A", "1", 0), extra=f"{moved}{hidden}"))
    assert document.raw == "A"
    assert told(document.raw, document.items) == [(0, "Step 3:", "A")]


def test_of_an_opendocument_text_items_have_the_markers_of_their_styles() -> None:
    names = ("office", "text", "style")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
        'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" '
        'style:num-suffix=")" text:display-levels="2"/></text:list-style>'
        '<text:list-style style:name="M"><text:list-level-style-bullet text:level="1"/></text:list-style>'
    )

    def items(*texts: str) -> str:
        return "".join(f"<text:list-item>{text}</text:list-item>" for text in texts)

    inner = f"<text:list>{items('<text:p>C</text:p>')}</text:list>"
    body = (
        f'<text:list text:style-name="L">{items("<text:p>A</text:p><text:p>B</text:p>" + inner)}</text:list>'
        "<text:p>Between</text:p>"
        f'<text:list text:style-name="L" text:continue-numbering="true">{items("<text:p>D</text:p>")}</text:list>'
        f'<text:list text:style-name="L">{items("<text:p>E</text:p>")}</text:list>'
        f'<text:list text:style-name="M">{items("<text:p>F</text:p>")}</text:list>'
    )
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    document = read_odt("a.odt", zipped({"content.xml": content}))
    assert document.raw == "\n\n".join(["A", "B", "C", "Between", "D", "E", "F"])
    assert told(document.raw, document.items) == [
        *((0, "1.", "A"), (0, "", "B"), (1, "1.a)", "C")),
        *((0, "2.", "D"), (0, "1.", "E"), (0, "•", "F")),
    ]


@given(st.integers(1, 3999))
def test_roman_numerals_add_up_and_never_repeat_a_sign_four_times(number: int) -> None:
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
    signs = [values[sign] for sign in roman(number)]
    assert (
        sum(-one if one < after else one for one, after in zip(signs, [*signs[1:], 0], strict=True)) == number
    )
    assert not any(sign * 4 in roman(number) for sign in "ivxlcdm")


@given(st.integers(1, 26**3))
def test_letters_count_in_base_26_without_a_zero(number: int) -> None:
    total = 0
    for letter in letters(number):
        total = 26 * total + ord(letter) - ord("a") + 1
    assert total == number


@pytest.mark.parametrize(
    ("form", "number", "shown"), [("I", 0, "0"), ("a", -3, "-3"), ("01", 7, "07"), ("?", 7, "7")]
)
def test_what_a_form_cannot_show_is_in_figures(form: str, number: int, shown: str) -> None:
    assert numeral(form, number) == shown
