"""EPUB, OpenDocument and slides: what is read, in which order, and what is told of the rest."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from ingest.packing import epub, odt, pptx, shape, zipped
from ingest.reading import BOOK, TODAY, lines, read

from qa.ingest.collect import collect
from qa.ingest.document import Document, Unreadable
from qa.ingest.epub import read_epub
from qa.ingest.odt import read_odt
from qa.ingest.pptx import read_pptx


@pytest.mark.parametrize("name", ["a.epub", "a.zip", "a"])
def test_a_book_is_one_article_in_the_order_of_reading(tmp_path: Path, name: str) -> None:
    (book,) = read(tmp_path, name, BOOK)
    assert isinstance(book, Document)
    assert lines(book) == ["One", "The ferry left at nine.", "Two", "It came back & sank."]
    assert (book.meta.title, book.meta.published, book.meta.source) == (
        "The ferry",
        date(2019, 4, 5),
        "Tolle Press",
    )


def encryption(part: str) -> dict[str, str]:
    return {
        "META-INF/encryption.xml": '<e xmlns:enc="x"><enc:EncryptedData><enc:CipherData>'
        f'<enc:CipherReference URI="{part}"/></enc:CipherData></enc:EncryptedData></e>'
    }


def test_a_protected_book_is_refused_and_one_with_protected_fonts_is_read() -> None:
    with pytest.raises(Unreadable, match="DRM"):
        read_epub("a.epub", epub(["<p>Text.</p>"], extra=encryption("OEBPS/text/c%200.xhtml")))
    assert read_epub("a.epub", epub(["<p>Text.</p>"], extra=encryption("OEBPS/font.otf"))).raw == "Text."


def test_a_book_of_pictures() -> None:
    with pytest.raises(Unreadable, match="pictures"):
        read_epub("a.epub", epub(["<img src='a.png'/>"]))


def test_a_quote_of_a_book_is_in_its_raw_text(tmp_path: Path) -> None:
    (tmp_path / "a.epub").write_bytes(BOOK)
    (article,) = collect([tmp_path], today=TODAY).articles
    start = article.text.index("left at nine")
    low, high = article.alignment.to_raw(start, start + len("left at nine"))
    assert article.raw[low:high] == "left at nine"


def zipped_with(package: bytes, more: dict[str, str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return zipped({**{name: archive.read(name) for name in archive.namelist()}, **more})


def test_a_missing_chapter_is_told() -> None:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        left = {name: archive.read(name) for name in archive.namelist() if "c 1" not in name}
    document = read_epub("a.epub", zipped(left))
    assert "nine" in document.raw and "c 1.xhtml" in document.warnings[0]


def test_an_opendocument_text() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:h>The board</text:h>"
        "<text:p>It met<text:s text:c='2'/>on <text:span>4 May</text:span><text:tab/>and\n agreed.<text:note>"
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>By vote.</text:p></text:note-body>"
        "</text:note>"
        "<office:annotation><text:p>a comment</text:p></office:annotation></text:p>"
        "<text:list><text:list-item><text:p>Dredging</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Depth</text:p></table:table-cell>"
        "<table:table-cell><text:p>9.5 m</text:p><table:table><table:table-row><table:table-cell><text:p>in</text:p>"
        "</table:table-cell></table:table-row></table:table></table:table-cell></table:table-row></table:table>"
        "<text:p>Before <draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame>"
        "after.</text:p>"
        "<text:p><text:ruby><text:ruby-base>島</text:ruby-base><text:ruby-text>しま</text:ruby-text></text:ruby></text:p>"
    )
    document = read_odt(
        "a.odt",
        odt(body, "<dc:title>Minutes</dc:title><meta:creation-date>2020-02-03T10:00:00</meta:creation-date>"),
    )
    assert lines(document) == [
        "The board", "It met  on 4 May\tand  agreed.", "By vote.", "Dredging", "Depth \t9.5 m", "in", "Before after.",
        "In a box.", "島",
    ]  # fmt: skip
    assert (document.meta.title, document.meta.created) == ("Minutes", date(2020, 2, 3))


def test_an_encrypted_opendocument_text() -> None:
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    with pytest.raises(Unreadable, match="password"):
        read_odt("a.odt", odt("<text:p>x</text:p>", manifest=manifest))


def test_a_hidden_section_of_an_opendocument_text() -> None:
    hidden = '<text:section text:display="none"><text:p>Not to be seen.</text:p></text:section>'
    assert lines(read_odt("a.odt", odt(f"{hidden}<text:p>Seen.</text:p>"))) == ["Seen."]


def test_slides_are_pages_in_the_order_in_which_they_are_shown() -> None:
    table = "<a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>Depth</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p>"
    table += "<a:r><a:t>9.5 m</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl>"
    slides = [
        shape("The harbour", holder="title") + shape("7", holder="sldNum"),
        f"<p:grpSp>{shape('Dredging', 'Costs')}</p:grpSp><p:graphicFrame>{table}</p:graphicFrame>",
    ]
    document = read_pptx(
        "a.pptx", pptx(slides, {0: shape("Say hello first.", holder="body")}, "PowerPoint Presentation")
    )
    assert lines(document) == ["The harbour", "Say hello first.", "Dredging", "Costs", "Depth \t9.5 m"]
    assert document.page_starts == (0, document.raw.index("Dredging"))
    assert document.meta.title is None


@pytest.mark.parametrize(
    ("title", "kept"), [("The harbour", "The harbour"), ("Slide 1", None), ("Layout", None)]
)
def test_titles_of_slides(title: str, kept: str | None) -> None:
    assert read_pptx("a.pptx", pptx([shape("The harbour of Sandholm")], title=title)).meta.title == kept


def test_a_diagram_is_read_before_the_speakers_notes() -> None:
    slides = zipped_with(
        pptx([shape("Plan")], notes={0: shape("Say it slowly")}),
        {
            "ppt/slides/_rels/slide1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            'relationships"><Relationship Id="n" Type="x/notesSlide" Target="../notesSlides/notes0.xml"/>'
            '<Relationship Id="d" Type="x/diagramData" Target="../diagrams/data1.xml"/></Relationships>',
            "ppt/diagrams/data1.xml": '<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
            ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><d:pt><d:t><a:p><a:r><a:t>Close the'
            " bridge</a:t></a:r></a:p></d:t></d:pt></d:dataModel>",
        },
    )
    assert lines(read_pptx("a.pptx", slides)) == ["Plan", "Close the bridge", "Say it slowly"]
