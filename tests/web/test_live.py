"""A running server takes over what is published, between requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder
from flask.testing import FlaskClient

from qa import Engine
from qa.indexing import index
from qa.records import BuildReport
from web.app import create_app
from web.engine_source import EngineSource

ENCODER = WordEncoder()
Publish = Callable[[int], BuildReport]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """publish(day): the articles say so many ships, and are indexed."""

    def run(day: int) -> BuildReport:
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        (folder / "weather.txt").write_text(
            f"Weather report\n\nThe harbour saw {day} ships that day. It rained."
        )
        return index([folder], tmp_path / "data", encoder=ENCODER)

    return run


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    app = create_app(
        lambda: Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader("ships that day"))
    )
    app.testing = True
    return app.test_client()


def test_the_next_request_is_answered_from_what_has_been_published(
    publish: Publish, client: FlaskClient
) -> None:
    for day in (1, 2, 3):
        report = publish(day)
        told = client.get("/ask?q=How+many+ships").get_json()
        assert told["index_version"] == report.version
        assert f"{day} ships" in told["citations"][0]["sentence"]
        assert client.get("/articles").get_json()["index_version"] == report.version
        assert client.get("/health").get_json()["index_version"] == report.version


def test_a_damaged_index_is_said_in_health_and_questions_go_on(
    publish: Publish, client: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = publish(1)
    assert client.get("/health").get_json()["warning"] is None
    second = publish(2)
    (tmp_path / "data" / "generations" / second.version / "vectors.faiss").unlink()

    health = client.get("/health")

    assert health.status_code == 200
    assert health.get_json()["index_version"] == first.version
    assert "vectors.faiss" in health.get_json()["warning"]
    assert "vectors.faiss" in caplog.text
    assert client.get("/ask?q=How+many+ships").get_json()["index_version"] == first.version
    assert len(caplog.records) == 1  # said once, not with every request


def test_what_is_published_is_taken_over_without_a_request(
    publish: Publish, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.engine_source.WATCH_SECONDS", 0.01)
    publish(1)
    source: EngineSource = client.application.extensions["engine"]
    engine, stop = source.opened(), threading.Event()
    watcher = source.watch(stop)
    try:
        second = publish(2)
        for _ in range(1000):
            if engine.version == second.version:
                break
            stop.wait(0.01)
        assert engine.version == second.version
    finally:
        stop.set()
        watcher.join()
