"""PDFs: the order of reading, what pages repeat, fonts that do not say their letters, pages that cannot be read."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import matplotlib
import pytest
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from ingest.making import pdf_of
from pypdf import PdfReader, PdfWriter

from qa.ingest.document import Unreadable
from qa.ingest.pdf import read_pdf
from qa.ingest.pdf_heads import without_running_heads
from qa.ingest.pdf_letters import private_letters, without_private
from qa.ingest.pdf_page import PageLine

HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
LEFT = [
    "The committee of the harbour",
    "reviewed the yearly report on",
    "Tuesday and found that traffic",
    "had grown.",
]
RIGHT = [
    "Director Ilse Norgaard said",
    "the port would hire nineteen",
    "people before winter, and that",
    "cranes come.",
]


WORDS = "Harbour Mill Ferry Bell Lamp Orchard Bridge Owl".split()


def built(contents: list[str], *fonts: bytes, info: str = "") -> bytes:
    """A PDF with a page for each content stream; the fonts (F1, F2, ...) may refer to objects from 100 on."""
    used = fonts or (HELVETICA,)
    count = len(contents)
    names = " ".join(f"/F{at + 1} {3 + at} 0 R" for at in range(len(used)))
    first = 3 + len(used)
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(count))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        **{3 + at: font for at, font in enumerate(used)},
        99: f"<< {info} >>".encode(),
    }
    for at, content in enumerate(contents):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {first + 2 * at + 1} 0 R"
        objects[first + 2 * at] = f"{page} /Resources << /Font << {names} >> >> >>".encode()
        data = content.encode("cp1252")
        objects[first + 2 * at + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)
    return packed(objects)


def packed(objects: dict[int, bytes]) -> bytes:
    out = b"%PDF-1.5\n"
    table = ""
    for number, body in sorted(objects.items()):
        table += f"{number} 1\n{len(out):010} 00000 n \n"
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    trailer = (
        f"trailer\n<< /Size {max(objects) + 1} /Root 1 0 R /Info 99 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out + f"xref\n0 1\n0000000000 65535 f \n{table}{trailer}".encode()


def at(x: float, y: float, text: str, turn: str = "1 0 0 1", font: str = "/F1 11 Tf") -> str:
    return f"BT {font} {turn} {x} {y} Tm ({text}) Tj ET\n"


def raw_lines(data: bytes) -> list[str]:
    return [line for line in read_pdf("a.pdf", data).raw.split("\n") if line]


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    rows = (
        at(60, 700 - 14 * n, a) + at(320, 700 - 14 * n, b)
        for n, (a, b) in enumerate(zip(LEFT, RIGHT, strict=True))
    )
    assert raw_lines(built([at(60, 750, "Harbour grows") + "".join(rows)])) == [
        "Harbour grows",
        *LEFT,
        *RIGHT,
    ]


def test_a_column_that_is_longer_than_the_other() -> None:
    more = ["It asked for a crane", "and for a new light."]
    both = enumerate(zip(LEFT, RIGHT, strict=True))
    rows = [at(60, 700 - 14 * n, left) + at(320, 700 - 14 * n, right) for n, (left, right) in both]
    rows += [at(60, 644 - 14 * n, text) for n, text in enumerate(more)]
    after = at(60, 590, "A line below both columns, which is wider than either of them is.")
    assert raw_lines(built(["".join(rows) + after]))[:-1] == [*LEFT, *more, *RIGHT]


def test_the_rows_of_a_table_stay_together() -> None:
    table = [("Old dairy", "07:12"), ("Church hill", "07:25"), ("The new mill", "07:40"), ("Ruud", "08:00")]
    rows = (at(60, 700 - 14 * n, stop) + at(320, 700 - 14 * n, time) for n, (stop, time) in enumerate(table))
    assert raw_lines(built(["".join(rows)])) == [f"{stop} \t{time}" for stop, time in table]


def test_turned_stamps_are_left_out_and_turned_pages_are_not() -> None:
    text = "The tide gauge of Skarv has measured the level of the sea since 1889."
    stamp = at(20, 300, "preprint:2403.01234v2", "0 1 -1 0") + at(200, 300, "DRAFT COPY", "0.7 0.7 -0.7 0.7")
    assert raw_lines(built([stamp + at(72, 700, text)])) == [text]
    assert raw_lines(built([at(300, 100, text, "0 1 -1 0")])) == [text]


def test_a_gap_between_lines_starts_a_paragraph() -> None:
    lines = "".join(at(72, y, f"Line {n}.") for n, y in enumerate((700, 686, 672, 640, 626)))
    assert read_pdf("a.pdf", built([lines])).raw == "Line 0.\nLine 1.\nLine 2.\n\nLine 3.\nLine 4.\n"


def test_words_broken_at_a_lines_end_keep_their_hyphen() -> None:
    lines = at(72, 700, "The dredging was nego-") + at(72, 686, "tiated in May.")
    assert raw_lines(built([lines])) == ["The dredging was nego-", "tiated in May."]


def page(*texts: str, top: float = 760) -> list[PageLine]:
    return [PageLine(text, top - 20 * n, top - 20 * n + 10) for n, text in enumerate(texts)]


def texts(pages: list[list[PageLine]]) -> list[list[str]]:
    return [[line.text for line in lines] for lines in without_running_heads(pages)]


def test_running_heads_of_two_pages() -> None:
    pages = [
        page("THE QUARTERLY page 1", "One.", "Two.", "Three."),
        page("THE QUARTERLY page 2", "Four.", "Five.", "Six."),
    ]
    assert texts(pages) == [["One.", "Two.", "Three."], ["Four.", "Five.", "Six."]]


def test_running_heads_that_alternate() -> None:
    heads = ["The Quarterly", "Chapter Two: Of Rivers"] * 2
    pages = [
        page(head, *(f"{word} {part}." for part in "abc")) for head, word in zip(heads, WORDS, strict=False)
    ]
    assert [lines[0] for lines in texts(pages)] == [f"{word} a." for word in WORDS[:4]]


@pytest.mark.parametrize("first", ["Dear members.", "We met twice this year, and nobody spoke."])
def test_sentences_that_two_pages_begin_with_are_no_heads(first: str) -> None:
    pages = [page(first, "One.", "Two.", "Three."), page(first, "Four.", "Five.", "Six.")]
    assert [lines[0] for lines in texts(pages)] == [first, first]


def test_a_line_at_another_height_is_no_head() -> None:
    pages = [page("Annex", "One.", "Two.", "Three."), page("Annex", "Four.", "Five.", "Six.", top=500)]
    assert [lines[0] for lines in texts(pages)] == ["Annex", "Annex"]


def test_two_of_many_pages_are_no_rule() -> None:
    pages = [page(f"Head {word}", *(f"{word} {part}." for part in "abc")) for word in WORDS]
    pages[5] = page(f"Head {WORDS[0]}", "One.", "Two.", "Three.")
    assert all(len(lines) == 4 for lines in texts(pages))


TEXT = "The church of Lom has a bell again, said sexton Halvard Brekke on Monday morning."


def unmapped(text: str, with_letters: bool) -> bytes:
    """A PDF whose font does not say which letters its glyphs are; the embedded font does, or does not either."""
    font = TTFont(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf")
    subsetter = Subsetter(Options(drop_tables=["FFTM", "GPOS", "GSUB", "GDEF", "kern"]))
    subsetter.populate(text=text)
    subsetter.subset(font)
    glyphs = {code: font.getGlyphID(name) for code, name in font.getBestCmap().items()}
    if not with_letters:
        del font["cmap"]
    buffer = io.BytesIO()
    font.save(buffer)
    data = zlib.compress(buffer.getvalue())
    objects = b"/Type /Font /BaseFont /AAAAAA+DejaVu"
    outer = b"<< %s /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [100 0 R] >>" % objects
    drawn = "".join(f"{glyphs[ord(char)]:04x}" for char in text)
    pdf = built([f"BT /F1 11 Tf 72 700 Td <{drawn}> Tj ET"], outer)
    return packed(
        {
            **_objects(pdf),
            100: b"<< %s /Subtype /CIDFontType2 /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"
            b" /Supplement 0 >> /FontDescriptor 101 0 R /CIDToGIDMap /Identity /DW 600 >>" % objects,
            101: b"<< /Type /FontDescriptor /FontName /AAAAAA+DejaVu /Flags 4 /FontBBox [-1000 -400 1700 1200]"
            b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 /FontFile2 102 0 R >>",
            102: b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data),
        }
    )


def _objects(pdf: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in pdf.split(b" 0 obj\n")[1:]:
        found[len(found)] = part.split(b"\nendobj\n")[0]
    numbers = [int(part.rsplit(b"\n", 1)[-1]) for part in pdf.split(b" 0 obj\n")[:-1]]
    return {number: found[place] for place, number in enumerate(numbers)}


def test_a_font_without_a_map_is_read_by_the_embedded_font() -> None:
    assert raw_lines(unmapped(TEXT, with_letters=True)) == [TEXT]


def test_a_font_that_says_nothing_is_named() -> None:
    with pytest.raises(Unreadable, match="page 1 of 1: a font without a map to characters"):
        read_pdf("a.pdf", unmapped(TEXT, with_letters=False))


def test_private_ligatures_are_told_by_the_words_they_make() -> None:
    lines = [
        "The chief \ue001re o\ue003cer leaves her o\ue003ce",
        "Her deputy \ue001lls the post, \ue007ow by \ue007ow",
    ]
    letters = private_letters(lines)
    assert without_private(lines[0], letters) == ("The chief fire officer leaves her office", 0)
    assert letters["\ue007"] == "fl"


def test_words_that_the_document_writes_out_tell_a_ligature() -> None:
    assert private_letters(["The zaffre was dear", "za\ue002re came from Tarn"]) == {"\ue002": "ff"}


def test_private_characters_that_nothing_tells_are_left_out_and_counted() -> None:
    assert private_letters(["q\ue009x"]) == {}
    assert without_private("\uf0b7 one \ue009", {}) == ("• one ", 1)


@given(st.text())
def test_no_private_character_is_left(text: str) -> None:
    read, _ = without_private(text, private_letters([text]))
    assert not any("\ue000" <= char <= "\uf8ff" for char in read)


def test_pages_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Length 1 >>"
    )
    objects = _objects(pdf_of(["The guild met in May.", "", "", "x"]))
    for number, body in objects.items():
        if b"/Type /Page " in body and b"/Contents 5 0" not in body and b"/Contents 11 0" not in body:
            objects[number] = body.replace(b"/Resources <<", b"/Resources << /XObject << /I 50 0 R >>")
        if number in (7, 9):
            objects[number] = b"<< /Length 5 >>\nstream\n/I Do\nendstream"
    objects[50] = picture + b"\nstream\n0\nendstream"
    objects[99] = b"<< >>"
    document = read_pdf("a.pdf", packed(objects))
    (warning,) = document.warnings
    assert warning.startswith("pages 2–3 of 4: a picture without text") and "OCR" in warning
    assert len(document.page_starts) == 4


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("PowerPoint Presentation", None),
        ("Layout 1", None),
        ("Microsoft Word - report.docx", None),
        ("Slide 12", None),
        ("A clock", "A clock"),  # the page shows it
        ("How the planetary clock came to Vantry", "How the planetary clock came to Vantry"),
    ],
)
def test_titles_that_programs_leave_are_not_taken(told: str, title: str | None) -> None:
    data = built(
        [at(72, 700, "A clock") + at(72, 680, "The clock was made in 1687.")], info=f"/Title ({told})"
    )
    assert read_pdf("a.pdf", data).meta.title == title


def test_when_a_file_was_made() -> None:
    data = built([at(72, 700, "Text.")], info="/CreationDate (D:20240305120000+01'00')")
    assert str(read_pdf("a.pdf", data).meta.created) == "2024-03-05"


def test_a_password_that_is_empty_opens_and_another_does_not() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(["Words stand here."]))))
    writer.encrypt("", owner_password="x", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert raw_lines(buffer.getvalue()) == ["Words stand here."]


@pytest.mark.parametrize("megabytes", [127, 129])
def test_a_stream_that_unpacks_to_more_than_any_text(megabytes: int) -> None:
    packer = zlib.compressobj(9)
    packed_up = b"".join(packer.compress(b" " * 2**20) for _ in range(megabytes)) + packer.flush()
    objects = _objects(built([at(72, 700, "Text.")]))
    objects[50] = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (
        len(packed_up),
        packed_up,
    )
    if megabytes < 128:
        assert raw_lines(packed(objects)) == ["Text."]
    else:
        with pytest.raises(Unreadable, match="unpacks to more than 128 MiB"):
            read_pdf("a.pdf", packed(objects))
        objects[50] = objects[50].replace(b"/Filter", b"/Subtype /Image /Filter")
        assert raw_lines(packed(objects)) == ["Text."]


def test_a_stream_that_is_compressed_twice() -> None:
    objects = _objects(built([at(72, 700, "Text.")]))
    objects[50] = b"<< /Length 1 /Filter [/FlateDecode /FlateDecode] >>\nstream\nx\nendstream"
    with pytest.raises(Unreadable, match="compressed twice"):
        read_pdf("a.pdf", packed(objects))
