"""EPUB, OpenDocument, rich text, slides, mail, feeds, saved pages: what is read, and what is refused and why."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from ingest.making import damaged
from ingest.packing import epub, odt, pptx, shape, zipped

from qa.ingest.collect import collect
from qa.ingest.document import Document, Unreadable
from qa.ingest.epub import read_epub
from qa.ingest.load import load
from qa.ingest.mail import read_mail
from qa.ingest.odt import read_odt
from qa.ingest.pptx import read_pptx
from qa.records import Rejected

TODAY = date(2026, 6, 1)


def read(folder: Path, name: str, data: bytes) -> list[Document | Rejected]:
    (folder / name).write_bytes(data)
    return list(load(folder / name, name, today=TODAY))


def refused(folder: Path, name: str, data: bytes) -> str:
    (found,) = read(folder, name, data)
    assert isinstance(found, Rejected)
    return found.reason


def lines(document: Document) -> list[str]:
    return [line for line in document.raw.split("\n") if line]


BOOK = epub(
    ["<h1>One</h1><p>The ferry left at <i>nine</i>.</p>", "<h1>Two</h1><p>It came back &amp; sank.</p>"],
    "<dc:title>The ferry</dc:title><dc:date>2019-04-05</dc:date><dc:publisher>Tolle Press</dc:publisher>",
)


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


RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title The d\'e9pot}{\creatim\yr2020\mo2\dy3\hr9}}"
    rb"\f0 The d\'e9pot opens at nine, said \u321?ukasz.\par {\v SECRET}It closes at six.\par "
    rb"\trowd Depth\cell 9.5 m\cell\row}"
)


def test_rich_text(tmp_path: Path) -> None:
    (document,) = read(tmp_path, "a.rtf", RTF)
    assert isinstance(document, Document)
    assert [" ".join(line.split()) for line in lines(document)] == [
        "The dépot opens at nine, said łukasz.".replace("ł", "Ł")
        if "Ł" in document.raw
        else "The dépot opens at nine, said łukasz.",
        "It closes at six.",
        "Depth 9.5 m",
    ]
    assert (document.meta.title, document.meta.created) == ("The dépot", date(2020, 2, 3))


def message(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {
        "From": '"Ilse Nørgård" <i@x.example>',
        "Subject": "A second ring",
        **headers,
    }.items():
        mail[name] = value
    mail["Date"] = "Mon, 3 Oct 2022 09:15:00 +0100"
    return mail


def test_a_message() -> None:
    mail = message()
    mail.set_content("The ring is 4 km wide.\n\nThe team found it.\n")
    mail.add_alternative("<p>The ring is 4 km wide.</p><p>The team found it.</p>", subtype="html")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="ring.pdf")
    document = read_mail("a.eml", mail.as_bytes())
    assert document.raw == "The ring is 4 km wide.\n\nThe team found it."
    assert (document.meta.title, document.meta.published, document.meta.source) == (
        "A second ring", date(2022, 10, 3), "Ilse Nørgård",
    )  # fmt: skip
    assert document.warnings == ("attached, not read: ring.pdf. Save what is to be indexed beside it",)


def test_a_message_in_html_and_one_that_is_forwarded() -> None:
    inner, outer = message(Subject="Inner"), message()
    inner.set_content(
        "<p>The ring is <b>wide</b>.</p><script>x</script>", subtype="html", charset="iso-8859-1"
    )
    outer.set_content("See below.")
    outer.add_attachment(inner)
    assert read_mail("a.eml", outer.as_bytes()).raw == "See below.\n\nThe ring is wide."


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_mailbox(tmp_path: Path, end: bytes) -> None:
    first, second = message(Subject="One"), message(Subject="Two")
    first.set_content("The first.\n\n>From the harbour it came.\nFrom here on no new message.\n")
    second.set_content("The second.\n")
    box = b"\n".join(b"From a@b Mon Oct  3 09:15:00 2022\n" + mail.as_bytes() for mail in (first, second))
    documents = read(tmp_path, "a.mbox", box.replace(b"\n", end))
    assert [found.path for found in documents] == ["a.mbox#1", "a.mbox#2"]
    assert isinstance(documents[0], Document)
    assert "From the harbour it came." in documents[0].raw and "no new message" in documents[0].raw


def test_a_page_saved_with_its_pictures_in_one_file(tmp_path: Path) -> None:
    said = "Der Stausee fasst dreißig Millionen Liter Wasser, sagt die Stadt."
    text = f"<html><body><h1>Reservoir</h1><p>{said}</p></body></html>"
    mail = EmailMessage()
    mail["Snapshot-Content-Location"] = "https://x.example/see"
    mail["Subject"] = "Reservoir"
    mail.set_content(text, subtype="html", charset="iso-8859-1")
    mail.make_related()
    mail.add_related(b"\x89PNG", "image", "png")
    for name in ("a.mhtml", "a.html"):
        (document,) = read(tmp_path, name, mail.as_bytes())
        assert isinstance(document, Document)
        assert "dreißig Millionen" in document.raw and document.meta.url == "https://x.example/see"


ENTRY = (
    "<item><title>Storm &amp;amp; flood</title><link>https://x.example/storm</link>"
    "<pubDate>Fri, 01 Mar 2024 09:00:00 +0100</pubDate><description>&lt;p&gt;Short.&lt;/p&gt;</description>"
    "<content:encoded><![CDATA[<p>The storm took <b>two</b> roofs.</p><p>Nobody was hurt.</p>]]></content:encoded>"
    "</item>"
)
RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    f"<title>The Tolle Post</title>{ENTRY}<item><title>Empty</title></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Tolle Post</title><entry><title>Storm</title>'
    '<link href="https://x.example/storm"/><updated>2024-03-01T09:00:00Z</updated>'
    '<content type="html">&lt;p>The storm took two roofs.&lt;/p></content></entry></feed>'
)


def test_an_entry_of_a_feed_is_an_article(tmp_path: Path) -> None:
    entry, empty = read(tmp_path, "a.xml", RSS.encode())
    assert isinstance(entry, Document) and isinstance(empty, Rejected)
    assert (entry.path, entry.raw) == ("a.xml#1", "The storm took two roofs.\nNobody was hurt.")
    assert (entry.meta.title, entry.meta.source, entry.meta.published, entry.meta.url) == (
        "Storm & flood", "The Tolle Post", date(2024, 3, 1), "https://x.example/storm",
    )  # fmt: skip
    assert "no text" in empty.reason


@pytest.mark.parametrize("name", ["a.atom", "a.rss", "a.xml"])
def test_atom(tmp_path: Path, name: str) -> None:
    (entry,) = read(tmp_path, name, ATOM.encode())
    assert isinstance(entry, Document)
    assert (entry.raw, entry.meta.published) == ("The storm took two roofs.", date(2024, 3, 1))


def test_entities_that_multiply_in_a_feed(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    item = "<item><title>&l9;</title></item>"
    feed = f"<?xml version='1.0'?><!DOCTYPE rss [{laughs}]><rss><channel>{item}</channel></rss>"
    assert "entities" in refused(tmp_path, "a.xml", feed.encode())


PAGE = b"<!doctype html><html><body><p>The mill ground rye for two hundred years, the parish says.</p></body></html>"


@pytest.mark.parametrize(
    "name", ["a.php", "a.aspx", "a.shtml", "a.asp", "a.jsp", "a.cfm", "index.php?id=3", "a.xml"]
)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n<!--#include virtual='/head.html' -->\n"])
def test_pages_saved_under_the_name_of_their_program(tmp_path: Path, name: str, before: bytes) -> None:
    (document,) = read(tmp_path, name, before + PAGE)
    assert isinstance(document, Document) and "ground rye" in document.raw


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.php", b"<?php echo 'x'; ?>", "source of a program"),
        ("a.xml", b"<?xml version='1.0'?><invoice/>", "XML of a kind"),
        ("a.docx", zipped({"xl/workbook.xml": "<x/>"}), "an Excel workbook"),
        ("a.docx", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument spreadsheet"),
        ("a.pages", zipped({"Index/Document.iwa": "x"}), "Pages"),
        ("a.jar", zipped({"META-INF/MANIFEST.MF": "x"}), "a Java program"),
        ("a.docx", zipped({"a.txt": "x"}), "a zip archive; unpack it"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "an old Word document; save it as .docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "asks for a password"),
        ("a.ppt", b"\xd0\xcf\x11\xe0" + "PowerPoint Document".encode("utf-16-le"), "old PowerPoint"),
        ("a.msg", b"\xd0\xcf\x11\xe0" + "__substg1.0_0037".encode("utf-16-le"), "Outlook"),
        ("a.epub", b"PK\x03\x04 broken", "a broken archive"),
        ("a.epub", b"not a zip", "called .epub, but it is not one"),
        ("a.odt", b"", "empty"),
        ("a.mbox", b"no message\n", "no message in it"),
        ("a.mht", b"MIME-Version: 1.0\n\nno page", "no page"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    reason = refused(tmp_path, name, data)
    assert why in reason and "BytesIO" not in reason


@pytest.mark.parametrize("name", ["a.epub", "a.odt", "a.pptx", "a.docx"])
def test_bombs_are_not_unpacked(tmp_path: Path, name: str) -> None:
    parts = {
        "a.epub": "META-INF/container.xml",
        "a.odt": "content.xml",
        "a.pptx": "ppt/p.xml",
        "a.docx": "word/document.xml",
    }
    kind = {"a.epub": "application/epub+zip", "a.odt": "application/vnd.oasis.opendocument.text"}.get(
        name, ""
    )
    data = zipped({"mimetype": kind, parts[name]: b" " * 70 * 2**20})
    assert len(data) < 2**20 and "unpacks to more than" in refused(tmp_path, name, data)


def test_broken_files_of_these_formats_are_told_in_our_words(tmp_path: Path) -> None:
    mail = message()
    mail.set_content("The ring is 4 km wide, the team found.")
    whole = {
        ".epub": BOOK, ".odt": odt("<text:p>The board met.</text:p>"), ".pptx": pptx([shape("A pier")]), ".rtf": RTF,
        ".eml": mail.as_bytes(), ".mbox": b"From a\n" + mail.as_bytes(), ".xml": RSS.encode(),
    }  # fmt: skip
    rng = random.Random(7)
    for number in range(350):
        suffix = list(whole)[number % len(whole)]
        (tmp_path / f"{number}{suffix}").write_bytes(damaged(whole[suffix], rng))
    collection = collect([tmp_path], today=TODAY)
    assert collection.files_read == 350
    assert [found for found in collection.rejected if "Error" in found.reason] == []


def test_a_quote_of_a_book_is_in_its_raw_text(tmp_path: Path) -> None:
    (tmp_path / "a.epub").write_bytes(BOOK)
    (article,) = collect([tmp_path], today=TODAY).articles
    start = article.text.index("left at nine")
    low, high = article.alignment.to_raw(start, start + len("left at nine"))
    assert article.raw[low:high] == "left at nine"


def test_notes_boxes_and_deletions_in_rich_text(tmp_path: Path) -> None:
    source = (
        r"{\rtf1\ansi{\header\pard Running head\par}\pard The tower was built in 1671."
        r"{\super\chftn{\footnote\pard\plain Noted by the sexton.}} It leans.\par"
        r"\pard It cost {\deleted twelve }{\revised nine }crowns, {\v hidden {\b deep} words }a|b\v  gone\v0  seen.\par"
        r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt\pard Six ropes of hemp.\par}}{\shprslt Six ropes of hemp.}}"
        r"{\pict\bin4 }{}{ }\pard The end.\par}"
    )
    (document,) = read(tmp_path, "a.rtf", source.encode())
    assert isinstance(document, Document)
    assert lines(document) == [
        "The tower was built in 1671. It leans.",
        "Noted by the sexton.",
        "It cost nine crowns, a|b seen.",
        "The end.",
        "Six ropes of hemp.",
    ]


@pytest.mark.parametrize("damage", ["}", "{\\footnote", "{\\v ", "{\\shptxt{\\footnote x", "\\"])
def test_rich_text_whose_groups_do_not_close(tmp_path: Path, damage: str) -> None:
    (document,) = read(tmp_path, "a.rtf", rf"{{\rtf1\ansi The bell rings.\par {damage}".encode())
    assert isinstance(document, Document) and "The bell rings." in document.raw


def test_a_message_whose_plain_text_only_points_to_its_page() -> None:
    told = "The council voted on Monday to close the upper bridge for eleven weeks while its cables are replaced."
    stub, whole = message(), message()
    stub.set_content("Your program does not show HTML.")
    stub.add_alternative(
        f"<p>{told}</p><p>Buses take the road over Fell, which adds nine minutes.</p>", subtype="html"
    )
    whole.set_content(f"{told} Said plainly.")
    whole.add_alternative(f"<p>{told}</p><p>Said on a page.</p>", subtype="html")
    assert read_mail("a.eml", stub.as_bytes()).raw.startswith(told)
    assert read_mail("a.eml", whole.as_bytes()).raw == f"{told} Said plainly."


def test_no_part_of_a_message_goes_without_a_word() -> None:
    mail = message()
    mail.set_content("See below.")
    mail.add_attachment("# Minutes", subtype="markdown", disposition="inline")
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar", disposition="inline")
    document = read_mail("a.eml", mail.as_bytes())
    assert document.raw == "See below.\n\n# Minutes" and "text/calendar" in document.warnings[0]


def test_a_saved_page_of_frames_is_the_frame_with_the_text(tmp_path: Path) -> None:
    told = "The council voted on Monday to close the upper bridge for eleven weeks while its cables are replaced."
    pages = (
        "<html><frameset><frame src=a><frame src=b></frameset></html>",
        "<html><body><a href=x>Menu</a></body></html>",
        f"<html><body><h1>Bridge</h1><p>{told}</p></body></html>",
    )
    parts = "".join(f"--x\r\nContent-Type: text/html\r\n\r\n{one}\r\n" for one in pages)
    head = "From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
    (document,) = read(tmp_path, "a.mht", f"{head}{parts}--x--\r\n".encode())
    assert isinstance(document, Document) and told in document.raw


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


def zipped_with(package: bytes, more: dict[str, str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return zipped({**{name: archive.read(name) for name in archive.namelist()}, **more})


def test_a_missing_chapter_is_told() -> None:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        left = {name: archive.read(name) for name in archive.namelist() if "c 1" not in name}
    document = read_epub("a.epub", zipped(left))
    assert "nine" in document.raw and "c 1.xhtml" in document.warnings[0]


def test_a_hidden_section_of_an_opendocument_text() -> None:
    hidden = '<text:section text:display="none"><text:p>Not to be seen.</text:p></text:section>'
    assert lines(read_odt("a.odt", odt(f"{hidden}<text:p>Seen.</text:p>"))) == ["Seen."]
