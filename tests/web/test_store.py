"""Servers over one database: they serve what any of them builds, and say so while the database is away."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from database import OwnDatabase
from fakes import PhraseReader, WordEncoder
from flask.testing import FlaskClient

from qa.engine import Engine
from qa.index.postgres.address import Address
from qa.index.postgres.catalog import PostgresCatalog
from qa.upkeep.index import index
from web.app import create_app

SECONDS = 60.0  # that anything may take on a busy machine


@pytest.fixture
def servers(own: OwnDatabase, tmp_path: Path) -> Iterator[tuple[list[FlaskClient], str]]:
    """Two, each with connections of its own, and the address of their index."""
    with own.schema() as address:
        catalogs = [PostgresCatalog(Address.parsed(address)) for _ in range(2)]

        def client(catalog: PostgresCatalog) -> FlaskClient:
            return create_app(
                lambda: Engine.open(catalog, encoder=WordEncoder(), reader=PhraseReader("sail at dawn"))
            ).test_client()

        yield [client(catalog) for catalog in catalogs], address
        for catalog in catalogs:
            catalog.close()


def _index(folder: Path, address: str, ships: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "ships.txt").write_text(f"The harbour\n\n{ships} sail at dawn. They return at dusk.")
    return index([folder], address, encoder=WordEncoder()).version


def _ask(client: FlaskClient) -> tuple[int, dict[str, object]]:
    response = client.post("/ask", json={"question": "When do ships sail?"})
    return response.status_code, response.get_json()


def _until(client: FlaskClient, version: str) -> None:
    end = time.monotonic() + SECONDS
    while (told := _ask(client))[1].get("index_version") != version:
        assert time.monotonic() < end, told
        time.sleep(0.1)


def test_what_one_builds_both_serve(servers: tuple[list[FlaskClient], str], tmp_path: Path) -> None:
    clients, address = servers
    for client in clients:
        status, problem = _ask(client)
        assert (status, problem["title"]) == (503, "Nothing has been indexed yet")
    for ships in ("Old ships", "New ships"):
        version = _index(tmp_path / "in", address, ships)
        for client in clients:
            _until(client, version)
            assert ships in str(_ask(client)[1]["citations"])


def test_while_the_database_is_away_the_only_other_answer_is_503_with_a_reason(
    servers: tuple[list[FlaskClient], str], own: OwnDatabase, tmp_path: Path
) -> None:
    clients, address = servers
    version = _index(tmp_path / "in", address, "All ships")
    for client in clients:
        _until(client, version)
    seen: Counter[tuple[int, str]] = Counter()
    stop = threading.Event()

    def load(client: FlaskClient) -> None:
        while not stop.is_set():
            status, told = _ask(client)
            seen[status, str(told.get("title", ""))] += 1

    threads = [threading.Thread(target=load, args=[client]) for client in clients for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        own.stop()
        away = time.monotonic()
        while time.monotonic() < away + SECONDS and not seen[503, "The store does not answer"]:
            time.sleep(0.1)
        status, told = _ask(clients[0])
        assert status == 503
        assert "does not answer" in str(told["detail"])
        assert clients[1].get("/ready").status_code == 503
        assert clients[1].get("/health").status_code == 200
        own.start()
        for client in clients:
            _until(client, version)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(seen) <= {(200, ""), (503, "The store does not answer")}
    assert [_ask(client)[0] for client in clients * 10] == [200] * 20
    assert clients[1].get("/ready").status_code == 200


def test_a_server_that_starts_before_its_database_serves_when_that_is_there(
    servers: tuple[list[FlaskClient], str], own: OwnDatabase, tmp_path: Path
) -> None:
    clients, address = servers
    version = _index(tmp_path / "in", address, "All ships")
    own.stop()
    try:
        status, told = _ask(clients[0])
        assert (status, told["title"]) == (503, "The store does not answer")
        assert os.environ.get("PGPASSWORD", "no password") not in str(told)
    finally:
        own.start()
    _until(clients[0], version)
