"""A running server takes over what is published, between requests."""

from __future__ import annotations

import gc
import http.client
import json
import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fakes import PhraseReader, WordEncoder
from flask.testing import FlaskClient
from web_listening import listening

from qa import Engine
from qa.index.local import LocalStore
from qa.records import BuildReport
from qa.upkeep.index import index
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
        told = client.get("/ask?q=Which+ships+came").get_json()
        assert told["index_version"] == report.version
        assert f"{day} ships" in told["citations"][0]["sentence"]
        assert client.get("/articles").get_json()["index_version"] == report.version
        assert client.get("/ready").get_json()["index_version"] == report.version


def test_a_damaged_index_is_said_in_health_and_questions_go_on(
    publish: Publish, client: FlaskClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = publish(1)
    assert client.get("/ready").get_json()["warning"] is None
    second = publish(2)
    (tmp_path / "data" / "generations" / second.version / "vectors" / "rows.npy").unlink()

    health = client.get("/ready")

    assert health.status_code == 200
    assert health.get_json()["index_version"] == first.version
    assert "rows.npy" in health.get_json()["warning"]
    assert "rows.npy" in caplog.text
    assert client.get("/ask?q=Which+ships+came").get_json()["index_version"] == first.version
    assert len(caplog.records) == 1  # said once, not with every request


def test_what_is_published_is_taken_over_without_a_request(
    publish: Publish, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.engine_source.WATCH_SECONDS", 0.01)
    publish(1)
    source: EngineSource = client.application.extensions["collections"][""].source
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


def test_eight_clients_ask_on_while_twenty_indexes_are_published(publish: Publish, tmp_path: Path) -> None:
    """No request fails, no answer mixes two versions, and every index but the last is given back, its memory too."""
    _write_others(tmp_path / "in", 300)
    memory: list[float] = []
    day_of = {publish(0).version: 0}
    app = create_app(
        lambda: Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader("ships that day"))
    )
    done = threading.Event()
    told: list[_Told] = []

    def ask_on() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not done.is_set():
            connection.request("GET", "/ask?q=Which+ships+came")
            response = connection.getresponse()
            told.append(_Told.of(response.status, json.loads(response.read())))
        connection.close()

    with listening(app) as port, ThreadPoolExecutor(8) as clients:
        asking = [clients.submit(ask_on) for _ in range(8)]
        try:
            for day in range(1, 21):
                asked = len(told)
                day_of[publish(day).version] = day
                while len(told) < asked + 8 and not any(one.done() for one in asking):
                    done.wait(0.01)
                memory.append(_resident())
        finally:
            done.set()
        for asker in asking:
            asker.result()
    last = app.extensions["collections"][""].source.get().version

    assert {one.status for one in told} == {200}
    assert len({one.version for one in told}) > 10
    for one in told:
        day = day_of[one.version]
        assert f" {day} ships" in one.sentence
        assert any(f" {day} ships" in text for text in one.about_ships)
    gc.collect()
    assert [
        store.version
        for store in gc.get_objects()
        if type(store) is LocalStore and store.folder.is_relative_to(tmp_path)
    ] == [last]
    assert _open_files(tmp_path) <= {f"{tmp_path}/data/generations/{last}/store.sqlite"}

    assert _resident() <= 1.2 * memory[1]  # when all had been used once


class _Told(NamedTuple):
    """What is looked at of an answer. All that thousands of answers said would be memory too."""

    status: int
    version: str
    sentence: str
    about_ships: tuple[str, ...]

    @classmethod
    def of(cls, status: int, answer: dict[str, Any]) -> _Told:
        texts = tuple(p["text"] for p in answer.get("passages", ()) if "ships" in p["text"])
        sentence = next((c["sentence"] for c in answer.get("citations", ())), "")
        return cls(status, answer.get("index_version", ""), sentence, texts)


def _write_others(folder: Path, count: int) -> None:
    """Articles about something else, so that an index is worth its memory."""
    folder.mkdir()
    draw = random.Random(7)
    for number in range(count):
        words = ["".join(draw.choices("abcdefghij", k=5)) for _ in range(300)]
        sentences = [" ".join(words[at : at + 12]).capitalize() for at in range(0, 300, 12)]
        (folder / f"{number}.txt").write_text(f"Number {number}\n\n{'. '.join(sentences)}.")


def _resident() -> float:
    """MiB of this process's memory; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _open_files(under: Path) -> set[str]:
    opened = set()
    for descriptor in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            opened.add(str(descriptor.readlink()))
    return {file for file in opened if file.startswith(f"{under}/")}
