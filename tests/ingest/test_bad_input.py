"""Whatever is dropped into the folder is indexed or rejected with a reason, and the other files come through."""

import io
import json
import os
import sys
import threading
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from ingest.making import pdf_of
from pypdf import PdfReader, PdfWriter
from unprivileged import place_for_all, unprivileged

from qa.ingest import load as loading
from qa.ingest.collect import Collection, collect, read_here

GOOD = "A quiet harbour\n\nThe ferry left the quay at nine in the morning and reached the island by noon.\n"
TODAY = date(2026, 6, 1)


def gathered(folder: Path) -> Collection:
    (folder / "good.txt").write_text(GOOD)
    collection = collect([folder], today=TODAY)
    assert "good.txt" in {article.path for article in collection.articles}
    assert len(collection.articles) + collection.duplicates + len(collection.rejected) == collection.given
    return collection


def reason(folder: Path, name: str) -> str:
    collection = gathered(folder)
    (rejected,) = [item for item in collection.rejected if item.path == name]
    return rejected.reason


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf", "a.docx"])
@pytest.mark.parametrize("content", [b"", b"  \r\n\t ", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert any(word in reason(tmp_path, name) for word in ("empty", "no text", "called", "no HTML"))


def test_an_empty_jsonl_gives_nothing_and_no_complaint(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n\n")
    assert gathered(tmp_path).rejected == ()


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 40, b"\x00\x01\x02\x03" * 500, b"\x7fELF" + bytes(2000)]
)
def test_a_binary_file_called_txt(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    assert "not text" in reason(tmp_path, "a.txt")


def test_a_file_over_its_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as big:
        big.truncate(200 * 2**20)
    assert "200 MiB, more than the 16 MiB" in reason(tmp_path, "big.txt")


def test_a_file_that_grows_while_it_is_read_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(loading.MAX_BYTES, ".txt", 1000)
    (tmp_path / "a.txt").write_bytes(b"word " * 300)
    monkeypatch.setattr(os, "fstat", lambda handle: os.stat_result((0o100644, 0, 0, 1, 0, 0, 10, 0, 0, 0)))
    assert "more than" in reason(tmp_path, "a.txt")


def test_unknown_kinds_of_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select 1;\n")
    assert ".sql" in reason(tmp_path, "a.sql")


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.html", "noending"])
def test_a_pdf_is_read_under_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(pdf_of(["The lamp was lit at dusk by the keeper."]))
    article = next(a for a in gathered(tmp_path).articles if a.path == name)
    assert "The lamp was lit" in article.text


def test_text_called_pdf_or_docx_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text(GOOD)
    (tmp_path / "a.docx").write_text(GOOD)
    assert [item.reason for item in gathered(tmp_path).rejected] == [
        "called .docx, but it is not one. Save it again with the program that made it",
        "called .pdf, but it is not one. Save it again with the program that made it",
    ]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        with bomb.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b" " * 2**20)
    assert (tmp_path / "a.docx").stat().st_size < 2**20
    assert "unpacks to more than" in reason(tmp_path, "a.docx")


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 2**21)
    lying = buffer.getvalue().replace((2**21).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "a.docx").write_bytes(lying)
    assert reason(tmp_path, "a.docx")


def test_entities_that_multiply_in_a_docx(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    source = zipfile.ZipFile(buffer)
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    body = f'<?xml version="1.0"?><!DOCTYPE x [{laughs}]><x>&l9;</x>'
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        for part in source.namelist():
            package.writestr(part, body if part == "word/document.xml" else source.read(part))
    assert reason(tmp_path, "a.docx")


def test_other_zip_archives_are_not_word_documents(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as package:
        package.writestr("readme.txt", "hello")
    assert reason(tmp_path, "a.docx") == "a zip archive; unpack it and index the files in it"


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(["Secret words stand here."]))))
    writer.encrypt("password", algorithm="RC4-128")
    writer.write(tmp_path / "a.pdf")
    assert "password" in reason(tmp_path, "a.pdf")


def test_a_scanned_pdf(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "a.pdf")
    assert "scanned" in reason(tmp_path, "a.pdf")


@pytest.mark.parametrize("cut", [20, 200, 600])
def test_a_pdf_that_breaks_off(tmp_path: Path, cut: int) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of(["Words that nobody will read."])[:cut])
    assert reason(tmp_path, "a.pdf")


def test_an_endless_line(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("word " * 400_000)
    (tmp_path / "letters.txt").write_text("x" * 2_000_000)
    paths = {article.path for article in gathered(tmp_path).articles}
    assert {"words.txt", "letters.txt"} <= paths


def test_too_many_lines(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("ok 1\n" * 250_000)
    assert "lines" in reason(tmp_path, "log.txt")


def test_lone_surrogates_and_zeros_are_read_as_text(tmp_path: Path) -> None:
    lines = ['{"title": "t\\ud800", "text": "Half \\ud83d of a face. And a zero \\u0000 here."}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "b.txt").write_bytes(
        b"The wind \xed\xa0\x80 turned.\x00 Then it rained all day long in Tolle."
    )
    articles = {article.path: article for article in gathered(tmp_path).articles}
    assert "Half \ufffd of a face." in articles["a.jsonl#1"].raw
    for article in articles.values():
        article.raw.encode("utf-8")
        article.title.encode("utf-8")
        assert "\0" not in article.text


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{not json", "not JSON"),
        ('["a list"]', "not a JSON object"),
        ('{"title": "no text"}', 'no "text"'),
        ('{"text": 12}', 'no "text"'),
        ('{"text": "   "}', "no text"),
        ("[" * 100_000, "not JSON"),
        (b'{"text": "\xff"}', "not UTF-8"),
    ],
)
def test_a_bad_line_of_jsonl_spoils_no_other(tmp_path: Path, line: bytes | str, why: str) -> None:
    line = line if isinstance(line, bytes) else line.encode()
    good = json.dumps(
        {"title": "Fog", "text": "Fog lay on the river.", "date": "2020-02-03", "url": "https://x.example/"}
    )
    (tmp_path / "a.jsonl").write_bytes(line + b"\n" + good.encode() + b"\n")
    collection = gathered(tmp_path)
    (rejected,) = collection.rejected
    assert rejected.path == "a.jsonl#1" and why in rejected.reason
    article = next(a for a in collection.articles if a.path == "a.jsonl#2")
    assert (article.title, article.published, article.url) == ("Fog", date(2020, 2, 3), "https://x.example/")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://a b", "//x", "https://", 7, None]
)
def test_only_web_addresses_become_urls(tmp_path: Path, url: int | str | None) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Fog lay on the river.", "url": url}))
    assert next(a for a in gathered(tmp_path).articles if a.path == "a.jsonl#1").url is None


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_named_and_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("Nobody gave this file to be indexed, so it must not be.")
    (folder / "loop").symlink_to(folder)
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "leads-out.txt").symlink_to(outside / "secret.txt")
    (folder / "leads-out").symlink_to(outside)
    (folder / "again.txt").symlink_to(folder / "good.txt")
    collection = gathered(folder)
    assert [article.path for article in collection.articles] == ["good.txt"]
    reasons = {item.path: item.reason for item in collection.rejected}
    assert reasons == {
        "loop": "a link to a folder, which is not followed",
        "leads-out": "a link to a folder, which is not followed",
        "self.txt": "a link that leads nowhere or to itself",
        "leads-out.txt": "a link that leads out of the folder",
        "again.txt": "a link to a file in the folder, which is read under its own name",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_does_not_hold_the_build_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    done: list[str] = []
    worker = threading.Thread(target=lambda: done.append(reason(tmp_path, "pipe.txt")), daemon=True)
    worker.start()
    worker.join(timeout=60)
    assert done == ["not a regular file"]


def test_an_unreadable_file() -> None:
    with place_for_all() as place:
        (place / "a.txt").write_text(GOOD)
        (place / "a.txt").chmod(0)
        with unprivileged():
            assert reason(place, "a.txt") == "no permission to read it"


def test_errors_of_the_system_are_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b.txt").write_text(GOOD)
    (tmp_path / "c.txt").write_text(GOOD)
    opened = os.open
    errors = {
        "a.txt": PermissionError(13, "no"),
        "b.txt": FileNotFoundError(2, "gone"),
        "c.txt": OSError(5, "I/O"),
    }

    def failing(path: str, flags: int, *more: Any, **named: Any) -> int:
        if Path(path).name in errors:
            raise errors[Path(path).name]
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", failing)
    assert {item.path: item.reason for item in gathered(tmp_path).rejected} == {
        "a.txt": "no permission to read it",
        "b.txt": "it was gone when it was to be read",
        "c.txt": "it cannot be read: I/O",
    }


def test_a_parser_that_fails_spoils_only_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(loading, "read_markdown", failing)
    monkeypatch.setattr("qa.ingest.collect.read_apart", read_here)  # in this process, where it fails
    (tmp_path / "a.md").write_text("# Head\n\nText.")
    assert reason(tmp_path, "a.md") == "it cannot be read: RecursionError: too deep"


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (rejected,) = collect([tmp_path / "nowhere"]).rejected
    assert rejected.reason == "there is no such file or folder"


def test_hidden_files_and_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("secret")
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    assert {item.path for item in gathered(tmp_path).rejected} == {".git", ".DS_Store"}


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text(
        "The café is open until late on Fridays."
    )
    (article,) = [a for a in gathered(tmp_path).articles if a.path != "good.txt"]
    assert article.path == "caf\\xe9.txt"


def test_overlapping_roots_give_a_file_once_and_names_stay_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"The {name} file says what only the {name} file says.")
    collection = collect([tmp_path / "one", tmp_path / "one" / "a.txt", tmp_path / "two"])
    assert [article.path for article in collection.articles] == ["a.txt", "two/a.txt"]
    assert collection.given == 2


def test_ten_thousand_tiny_files(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number}.txt").write_text(f"Note {number}. The parcel for house {number} came today.")
    collection = gathered(tmp_path)
    assert (collection.files_read, len(collection.articles), collection.duplicates) == (10_001, 10_001, 0)
