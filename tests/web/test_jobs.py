"""Building, uploading and removing over HTTP: who may, what is answered, and what comes of it."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import PhraseReader, WordEncoder
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from web_fakes import FakeEngine
from werkzeug.test import TestResponse

from qa import Engine
from qa.index.publish import building
from qa.settings import Settings
from qa.snapshot import open_store
from qa.upkeep.index import index
from qa.upkeep.keeper import Upkeep
from web import openapi
from web.access import Access
from web.app import create_app
from web.jobs import MAX_FILES, Management

TOKEN = "a token of letters"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
CALLS = [
    ("GET", "/index"),
    ("POST", "/index"),
    ("DELETE", "/index"),
    ("POST", "/articles"),
    ("DELETE", "/articles/a1"),
]
PATIENCE = 30.0


@pytest.fixture
def upkeep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upkeep]:
    encoder = WordEncoder(Settings().encoder)
    monkeypatch.setattr("qa.upkeep.index.open_encoder", lambda name: encoder)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bread.txt").write_text("Bread\n\nBread is made of flour. Some people add salt.")
    (folder / "ferry.txt").write_text("Ferry\n\nThe ferry crosses the river. It stops at night.")
    index([folder], tmp_path / "data", encoder=encoder)
    upkeep = Upkeep(tmp_path / "data")
    yield upkeep
    upkeep.jobs.wait(PATIENCE)


@pytest.fixture
def client(upkeep: Upkeep, tmp_path: Path) -> FlaskClient:
    encoder = WordEncoder(Settings().encoder)
    management = Management(upkeep.jobs, tmp_path / "data", upkeep.roots)
    app = create_app(
        lambda: Engine.open(tmp_path / "data", encoder=encoder, reader=PhraseReader("flour")),
        management=management,
        access=Access(TOKEN),
    )
    app.testing = True
    upkeep.engine = app.extensions["collections"][""].source.opened
    upkeep.published = app.extensions["collections"][""].source.get
    return app.test_client()


def _check(response: TestResponse, method: str, path: str) -> Any:
    described = openapi.DESCRIPTION["paths"][path][method]["responses"][str(response.status_code)]
    schema = described["content"][response.mimetype]["schema"]
    body = json.loads(response.get_data())
    Draft202012Validator({**schema, "components": openapi.DESCRIPTION["components"]}).validate(body)
    return body


def _upload(client: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    data = {"file": [(io.BytesIO(content), name) for name, content in files]}
    return client.post("/articles", data=data, headers=BEARER)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_where_no_token_was_made_nobody_changes_anything_and_how_to_make_one_is_said(
    upkeep: Upkeep, method: str, path: str
) -> None:
    for management in (None, Management(upkeep.jobs, Path(), upkeep.roots)):
        client = create_app(FakeEngine([]), management=management).test_client()  # type: ignore[arg-type]
        response = client.open(path, method=method, headers=BEARER)
        assert response.status_code == 401
        assert "qa token make" in response.get_json()["detail"]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"],
)
def test_whoever_does_not_send_the_token_changes_nothing(
    client: FlaskClient, upkeep: Upkeep, method: str, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = client.open(path, method=method, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.mimetype == "application/problem+json"
    assert upkeep.jobs.state().state == "idle"


def test_a_build_is_started_and_its_report_read(client: FlaskClient, upkeep: Upkeep, tmp_path: Path) -> None:
    assert _check(client.get("/index", headers=BEARER), "get", "/index")["state"] == "idle"
    (tmp_path / "in" / "tram.txt").write_text("Tram\n\nTrams came back. They are made of steel.")

    started = client.post("/index", headers=BEARER)

    assert started.status_code == 202
    assert _check(started, "post", "/index")["state"] == "running"
    upkeep.jobs.wait(PATIENCE)
    ended = _check(client.get("/index", headers=BEARER), "get", "/index")
    assert (ended["state"], ended["report"]["changes"]["new"]) == ("done", 1)
    health = client.get("/ready").get_json()
    assert (health["index_version"], health["articles"]) == (ended["report"]["version"], 3)


def test_two_builds_at_once_are_refused_with_who_is_building(client: FlaskClient, tmp_path: Path) -> None:
    with building(tmp_path / "data"):
        response = client.post("/index", headers=BEARER)
        assert response.status_code == 409
        assert "process" in _check(response, "post", "/index")["detail"]
        assert "process" in client.get("/index", headers=BEARER).get_json()["elsewhere"]


def test_there_is_nothing_to_cancel_at_rest(client: FlaskClient) -> None:
    response = client.delete("/index", headers=BEARER)
    assert response.status_code == 404
    _check(response, "delete", "/index")


def test_a_build_is_cancelled(client: FlaskClient, upkeep: Upkeep, tmp_path: Path) -> None:
    before = client.get("/ready").get_json()["index_version"]
    with building(tmp_path / "data"):
        _upload(client, ("tram.txt", b"Tram\n\nTrams came back. They are quiet."))
        response = client.delete("/index", headers=BEARER)
    assert (response.status_code, _check(response, "delete", "/index")["state"]) == (202, "cancelling")
    assert upkeep.jobs.wait(PATIENCE).state == "cancelled"
    assert client.get("/ready").get_json()["index_version"] == before


def test_settings_are_not_taken_over_http(client: FlaskClient) -> None:
    assert client.post("/index", json={"roots": ["/etc"]}, headers=BEARER).status_code == 400
    assert client.post("/index", json={}, headers=BEARER).status_code == 202


def test_uploaded_articles_are_stored_and_answered_from(
    client: FlaskClient, upkeep: Upkeep, tmp_path: Path
) -> None:
    text = b"Tortillas\n\nTortillas are made of maize flour. They are round."
    response = _upload(client, ("../../Tortillas.txt", text), ("virus.exe", b"MZ\0"))

    body = _check(response, "post", "/articles")
    assert response.status_code == 202
    (stored,) = body["stored"]
    assert stored["given"] == "Tortillas.txt"
    assert (tmp_path / "in" / stored["file"]).read_bytes() == text
    assert body["rejected"][0]["path"] == "virus.exe"
    upkeep.jobs.wait(PATIENCE)
    answer = client.get("/ask?q=What+are+tortillas+made+of").get_json()
    assert stored["file"] in [citation["file"] for citation in answer["citations"]]


@pytest.mark.parametrize(
    "files",
    [(), (("a.exe", b"x"),), (("a.txt", b""),), (("", b"text"),)],
    ids=["none", "kind", "empty", "nameless"],
)
def test_an_upload_of_nothing_readable_is_refused(
    client: FlaskClient, tmp_path: Path, files: tuple[tuple[str, bytes], ...]
) -> None:
    response = _upload(client, *files)
    assert response.status_code in (415, 422)
    _check(response, "post", "/articles")
    assert sorted(file.name for file in (tmp_path / "in").iterdir()) == ["bread.txt", "ferry.txt"]


def test_a_disk_that_is_full_is_told_without_its_place_which_the_log_has(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "articles" / "a.txt"))

    monkeypatch.setattr("qa.upkeep.folder.os.fsync", full)
    answer = _upload(client, ("a.txt", b"Bread\n\nBread is made of flour. Some add salt."))
    assert answer.status_code == 503
    detail = answer.get_json()["detail"]
    assert "a.txt could not be stored: No space left on device" in detail
    assert str(tmp_path) not in detail
    assert str(tmp_path) in caplog.text


def test_an_upload_that_is_too_large_is_refused_with_the_limit(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.jobs.MAX_UPLOAD_BYTES", 2**10)
    response = _upload(client, ("a.txt", b"word " * 2**10))
    assert response.status_code == 413
    assert "1 KiB" in _check(response, "post", "/articles")["detail"]


# werkzeug leaves what it had read of a refused form to the collector, which warns of it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_upload_of_too_many_files_says_how_many_may_come(client: FlaskClient, tmp_path: Path) -> None:
    note = "Note {}\n\nThe ferry crosses the river. It carries {} letters."
    notes = [(f"{n}.txt", note.format(n, n).encode()) for n in range(MAX_FILES + 1)]
    response = _upload(client, *notes)
    assert response.status_code == 413
    assert f"more than {MAX_FILES} parts" in _check(response, "post", "/articles")["detail"]
    assert _upload(client, *notes[1:]).status_code == 202
    assert len(list((tmp_path / "in").glob("*.txt"))) == 2 + MAX_FILES


def test_json_is_no_upload(client: FlaskClient) -> None:
    assert client.post("/articles", json={"file": "x"}, headers=BEARER).status_code == 415


def test_a_compressed_upload_is_not_unpacked(client: FlaskClient) -> None:
    headers = {**BEARER, "Content-Encoding": "gzip"}
    form = {"file": (io.BytesIO(gzip.compress(b"The ferry crosses.")), "a.txt")}
    response = client.post("/articles", data=form, headers=headers)
    assert response.status_code == 415
    assert "compressed" in _check(response, "post", "/articles")["detail"]


def test_a_removed_article_answers_no_more(client: FlaskClient, upkeep: Upkeep, tmp_path: Path) -> None:
    (article,) = [a for a in client.get("/articles").get_json()["articles"] if a["file"] == "bread.txt"]
    response = client.delete(f"/articles/{article['id']}", headers=BEARER)

    assert response.status_code == 202
    assert _check(response, "delete", "/articles/{article_id}")["removed"] == ["bread.txt"]
    upkeep.jobs.wait(PATIENCE)
    assert not (tmp_path / "in" / "bread.txt").exists()
    assert client.get(f"/articles/{article['id']}").status_code == 404
    assert client.delete(f"/articles/{article['id']}", headers=BEARER).status_code == 404
    assert open_store(tmp_path / "data").manifest.counts["articles"] == 1


def test_the_last_article_removed_is_quoted_no_more(client: FlaskClient, upkeep: Upkeep) -> None:
    assert "flour" in client.get("/ask?q=What+is+bread+made+of").get_json()["answer"]
    for article in client.get("/articles").get_json()["articles"]:
        assert client.delete(f"/articles/{article['id']}", headers=BEARER).status_code == 202
        upkeep.jobs.wait(PATIENCE)
    asked = client.get("/ask?q=What+is+bread+made+of").get_json()
    assert (asked["answer"], asked["citations"]) == (None, [])
    assert "no article" in asked["reason"]
    health = client.get("/ready").get_json()
    assert (health["articles"], health["warning"]) == (0, asked["reason"])
    assert [client.get(path).status_code for path in ("/", "/library", "/suggest", "/articles")] == [200] * 4
