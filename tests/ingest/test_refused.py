"""What is refused is named, whatever it is called, and neither bombs nor broken files do any harm."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from ingest.making import damaged
from ingest.packing import odt, pptx, shape, zipped
from ingest.reading import BOOK, RSS, RTF, TODAY, message, read, refused

from qa.ingest.collect import collect
from qa.ingest.document import Document

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
