"""A bad upload through the page: what is wrong with which file, and what to do, at every width."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fakes import PhraseReader, WordEncoder
from playwright.sync_api import FilePayload, Locator, Page, expect
from web_browsing import sound
from web_fakes import Serving

from qa import Engine
from qa.ingest.load import MAX_BYTES
from qa.serving.tokens import Tokens
from qa.settings import Settings
from qa.upkeep.folder import MAX_FILE_BYTES
from qa.upkeep.index import index
from qa.upkeep.keeper import Upkeep
from web.access import Access
from web.app import create_app
from web.jobs import Management

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" + b"cut off " * 20
AGAIN = "Save it again with the program that made it"
TEXT = b"Trams\n\nThe trams came back. They are quiet."
BAD: list[tuple[str, bytes, str, str]] = [
    ("photo.docx", PICTURE, "not text: a picture", "save the text that it shows as .txt or .docx"),
    ("empty.txt", b"", "empty: there is nothing in it to read", f"{AGAIN}, or leave it out"),
    ("broken.pdf", PDF, "a broken PDF: no page of it can be opened", AGAIN),
    ("cut.docx", b"PK\x03\x04" + bytes(100), "a broken archive", AGAIN),
    ("notes.pdf", TEXT, "called .pdf, but it is not one", AGAIN),
]


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "data")


@pytest.fixture
def site(tmp_path: Path, serving: Serving, tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    encoder = WordEncoder(Settings().encoder)
    monkeypatch.setattr("qa.upkeep.index.open_encoder", lambda name: encoder)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bread.txt").write_text("Bread\n\nBread is made of flour. Some people add salt.")
    index([tmp_path / "in"], tmp_path / "data", encoder=encoder)
    engine = Engine.open(tmp_path / "data", encoder=encoder, reader=PhraseReader("flour"))
    upkeep = Upkeep(tmp_path / "data")
    management = Management(upkeep.jobs, tmp_path / "data", upkeep.roots)
    app = create_app(engine, management=management, access=Access(tokens=tokens))
    source = app.extensions["collections"][""].source
    upkeep.engine, upkeep.published = source.opened, source.get
    tokens.make("desk", ["index"])
    with serving(app) as address:
        yield address
    upkeep.jobs.wait(30)


def unlock(page: Page, site: str, token: str) -> None:
    page.goto(f"{site}/library")
    page.locator("details.manage > summary").click()
    page.get_by_label("Token").fill(token)
    page.keyboard.press("Enter")


def unlocked(page: Page, site: str, tokens: Tokens, name: str = "sender") -> None:
    unlock(page, site, tokens.make(name, ["index"]))
    expect(page.locator(".unlocked")).to_be_visible()


def sent(page: Page) -> Locator:
    return page.get_by_role("list", name="Files sent").get_by_role("listitem")


def stored(tmp_path: Path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "in").iterdir())


def test_each_bad_file_is_told_with_its_name_what_is_wrong_and_what_to_do(
    sized: Page, site: str, tokens: Tokens, tmp_path: Path
) -> None:
    unlocked(sized, site, tokens)
    files: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data, *_ in BAD
    ]
    sized.set_input_files("input[type=file]", files)
    expect(sent(sized)).to_have_count(len(BAD))
    for name, _, wrong, advice in BAD:
        item = sent(sized).filter(has=sized.get_by_text(name, exact=True))
        expect(item).to_contain_text(wrong)
        expect(item).to_contain_text(advice)
        expect(item).to_have_class("refused")
    sound(sized, "bad files")
    assert stored(tmp_path) == ["bread.txt"]


def test_a_bad_file_keeps_back_no_good_one(page: Page, site: str, tokens: Tokens, tmp_path: Path) -> None:
    unlocked(page, site, tokens)
    good: FilePayload = {"name": "tram.txt", "mimeType": "text/plain", "buffer": TEXT}
    bad: FilePayload = {"name": "photo.docx", "mimeType": "text/plain", "buffer": PICTURE}
    page.set_input_files("input[type=file]", [bad, good])
    expect(sent(page).filter(has_text="tram.txt")).to_contain_text("stored")
    expect(sent(page).filter(has_text="photo.docx")).to_contain_text("a picture")
    expect(page.locator(".state")).to_contain_text("Done: 2 articles")


@pytest.mark.parametrize("size", [MAX_FILE_BYTES + 1, 3 * MAX_FILE_BYTES])
def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    sized: Page, site: str, tokens: Tokens, tmp_path: Path, size: int
) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as stream:
        stream.truncate(size)
    unlocked(sized, site, tokens)
    asked: list[str] = []
    sized.on("request", lambda request: asked.append(request.method))
    sized.set_input_files("input[type=file]", [large])
    expect(sent(sized)).to_contain_text("large.txt")
    expect(sent(sized)).to_contain_text("more than the 64 MiB that a file may have. Split it.")
    assert "POST" not in asked
    sound(sized, "too large")


def test_a_text_that_is_larger_than_is_read_of_one_is_told_by_the_service(
    page: Page, site: str, tokens: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAX_BYTES, ".txt", 2**20)
    (tmp_path / "long.txt").write_bytes(b"All trams are quiet now. " * 2**17)
    unlocked(page, site, tokens)
    page.set_input_files("input[type=file]", [tmp_path / "long.txt"])
    expect(sent(page)).to_contain_text("3 MiB, more than the 1 MiB that are read of a .txt file. Split it")


def test_more_than_the_server_reads_is_told_with_the_limit(site: str) -> None:
    connection = HTTPConnection(urlsplit(site).netloc, timeout=30)
    try:
        connection.putrequest("POST", "/articles")
        connection.putheader("Content-Length", str(17 * 2**20))
        connection.endheaders()  # it is told at once
        answer = connection.getresponse()
        assert answer.status == 413
        assert "is over 16 MiB. Send less" in json.loads(answer.read())["detail"]
    finally:
        connection.close()


def test_a_bomb_is_told_and_the_service_goes_on(
    page: Page, site: str, tokens: Tokens, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 70 * 2**20)
    unlocked(page, site, tokens)
    page.set_input_files("input[type=file]", [tmp_path / "bomb.docx"])
    expect(sent(page)).to_contain_text("unpacks to more than")
    page.goto(f"{site}/?q=What is bread made of?")
    expect(page.locator(".answer")).to_contain_text("flour")


@pytest.mark.parametrize("wrong", ["guessed", "x" * 500, "Bearer ä\u202e"])
def test_a_wrong_token_is_told_with_what_to_do(sized: Page, site: str, wrong: str) -> None:
    unlock(sized, site, wrong)
    expect(sized.get_by_role("alert")).to_contain_text(
        "The token is wrong: it is not one that the server knows"
    )
    expect(sized.get_by_role("alert")).to_contain_text("qa token make NAME")
    expect(sized.locator(".unlocked")).to_be_hidden()
    sound(sized, "wrong token")


def test_without_a_token_the_browser_asks_for_one_and_nothing_is_sent(page: Page, site: str) -> None:
    unlock(page, site, "")
    assert page.get_by_label("Token").evaluate("field => field.validity.valueMissing")
    expect(page.locator(".unlocked")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_a_token_that_was_taken_back_is_told_at_the_files_and_another_is_asked_for(
    page: Page, site: str, tokens: Tokens, tmp_path: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    unlocked(page, site, tokens)
    tokens.revoke("sender")
    good: FilePayload = {"name": "tram.txt", "mimeType": "text/plain", "buffer": TEXT}
    page.set_input_files("input[type=file]", [good])
    expect(sent(page)).to_contain_text("tram.txt")
    expect(sent(page)).to_contain_text("The token is wrong")
    expect(sent(page)).to_contain_text("qa token make NAME")
    assert stored(tmp_path) == ["bread.txt"]
    sound(page, "token taken back")
    page.get_by_label("Token").fill(tokens.make("again", ["index"]))
    page.keyboard.press("Enter")
    expect(page.locator("form.unlock")).to_be_hidden()
    page.set_input_files("input[type=file]", [good])
    expect(page.locator(".state")).to_contain_text("Done: 2 articles")
