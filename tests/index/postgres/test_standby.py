"""An address of two hosts, a server and its standby: while one is stopped the other is asked, and builds say so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from database import OwnDatabase
from fakes import PhraseReader, WordEncoder

from qa.engine import Engine
from qa.errors import StoreUnavailable
from qa.index.postgres.address import Address
from qa.index.postgres.catalog import PostgresCatalog
from qa.upkeep.index import index

SECONDS = 60.0  # that anything may take on a busy machine
Open = Callable[..., PostgresCatalog]


def _address(schema_of: str, *hosts: str) -> Address:
    schema = schema_of.rpartition("schema=")[2]
    return Address.parsed(f"postgresql://postgres@/postgres?host={','.join(hosts)}&schema={schema}")


@pytest.fixture
def opened() -> Iterator[Open]:
    with ExitStack() as stack:

        def open_(*addresses: Address) -> PostgresCatalog:
            catalog = PostgresCatalog(*addresses)
            stack.callback(catalog.close)
            return catalog

        yield open_


def _index(folder: Path, catalog: PostgresCatalog, ships: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "ships.txt").write_text(f"The harbour\n\n{ships} sail at dawn. They return at dusk.")
    return index([folder], catalog, encoder=WordEncoder()).version


def _engine(catalog: PostgresCatalog) -> Engine:
    end = time.monotonic() + SECONDS
    while catalog.pointer() is None:  # it has not come to the standby yet
        assert time.monotonic() < end
        time.sleep(0.1)
    return Engine.open(catalog, encoder=WordEncoder(), reader=PhraseReader("sail at dawn"))


def _served(engine: Engine, version: str) -> None:
    end = time.monotonic() + SECONDS
    while engine.ask("When do ships sail?").index_version != version:
        assert time.monotonic() < end
        time.sleep(0.1)
        engine.refresh()


def test_a_standby_answers_while_its_server_is_stopped_and_takes_no_build(
    own: OwnDatabase, tmp_path: Path, opened: Open
) -> None:
    with own.schema() as address, own.standby() as standby:
        both = _address(address, own.host, standby)
        written, read = opened(both), opened(both, _address(address, standby, own.host))
        first = _index(tmp_path / "in", written, "Old ships")
        from_server, from_standby = _engine(written), _engine(read)
        _served(from_standby, first)
        own.stop()
        try:
            for engine in (from_server, from_standby):
                _served(engine, first)
            with pytest.raises(StoreUnavailable, match="does not answer"):
                _index(tmp_path / "in", written, "New ships")
        finally:
            own.start()
        # Named first or last: a build goes to the one that takes it.
        second = _index(tmp_path / "in", opened(_address(address, standby, own.host)), "New ships")
        for engine in (from_server, from_standby):
            _served(engine, second)


def test_the_server_answers_while_its_standby_is_stopped(
    own: OwnDatabase, tmp_path: Path, opened: Open
) -> None:
    with own.schema() as address:
        with own.standby() as standby:
            catalog = opened(_address(address, standby, own.host))
            version = _index(tmp_path / "in", catalog, "All ships")
            engine = _engine(catalog)
            _served(engine, version)
        _served(engine, version)
