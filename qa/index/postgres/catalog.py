"""The generations in a schema of a database: which there are, and which is in service."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock

import psycopg
from psycopg import errors

from ...errors import BuildFailed, BuildRunning, IndexCorrupt, IndexMissing, NotFound, StoreUnavailable
from ...ports import Encoder
from ...settings import Settings
from ..check import Checked, look_through
from ..generation import Generation, Opened
from ..manifest import Manifest
from ..rollback import RolledBack, told
from . import tables
from .address import Address
from .building import PostgresBuilding
from .connections import Connections, Gone, Row
from .migrations import LOCK, STEPS, migrate
from .store import PostgresStore

_LOOK_SECONDS = 1.0  # between two looks for another generation
_LOCK_SECONDS = 2  # for which a removal waits for those who still read; else the next build removes it
_COLUMNS = "g.number, g.tables, g.average_terms, g.manifest"


@dataclass(frozen=True, slots=True)
class _Pointer:
    seen: bytes | None
    at: float


class PostgresCatalog:
    """address: of the database that builds write to. reading: of a standby that is asked instead, if any."""

    def __init__(self, address: Address, reading: Address | None = None) -> None:
        self._address, self._writing = address, Connections(address, writing=True)
        self._reading = Connections(reading or address)
        self._pointer = _Pointer(None, -_LOOK_SECONDS)
        self._looking = Lock()

    @property
    def name(self) -> str:
        return self._address.name

    def pointer(self) -> bytes | None:
        """As it was a second ago at most; one thread looks, the others do not wait for it."""
        if time.monotonic() - self._pointer.at >= _LOOK_SECONDS and self._looking.acquire(blocking=False):
            try:
                seen = self._pointer.seen
                with suppress(StoreUnavailable):  # what asks it next says so
                    number = self._reading_or_none("SELECT number FROM in_service")
                    seen = None if number is None else b"%d" % number
                self._pointer = _Pointer(seen, time.monotonic())
            finally:
                self._looking.release()
        return self._pointer.seen

    def forget_pointer(self) -> None:
        """Look again when next asked: something was published here."""
        self._pointer = _Pointer(self._pointer.seen, -_LOOK_SECONDS)

    def reach(self) -> None:
        self._reading.ask("SELECT 1")

    def manifest(self) -> Manifest:
        return self._open("JOIN in_service s ON s.number = g.number").manifest

    def open(self, settings: Settings | None = None, *, later: bool = False) -> PostgresStore:
        return self._open("JOIN in_service s ON s.number = g.number")

    def open_whole(self, settings: Settings | None = None, *, later: bool = False) -> Opened:
        return Opened(self.open(settings))

    def compare_later(
        self, store: Generation, settings: Settings, damaged: Callable[[Generation, Opened], None]
    ) -> None:
        """Nothing: the database watches over its own files."""

    def newest(self) -> PostgresStore | None:
        """None where nothing was ever published. Raises IndexCorrupt where it is of another format."""
        try:
            return self._open("ORDER BY g.number DESC LIMIT 1", writing=True)
        except IndexMissing:
            return None

    def newest_version(self) -> str | None:
        rows = self._writing.ask("SELECT version FROM generation ORDER BY number DESC LIMIT 1")
        return rows[0][0] if rows else None

    def serving(self) -> int | None:
        rows = self._writing.ask("SELECT number FROM in_service")
        return rows[0][0] if rows else None

    @contextmanager
    def building(self) -> Iterator[PostgresBuilding]:
        with self._locked("verbatim build") as connection:
            yield PostgresBuilding(self, connection)

    def who_builds(self) -> str | None:
        """The lock falls with the connection that holds it."""
        with suppress(StoreUnavailable):
            rows = self._writing.ask(
                "SELECT a.application_name, a.backend_start FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %(lock)s AND l.objid ="
                " (hashtext(%(schema)s)::bigint & 4294967295)::oid",
                {"lock": LOCK, "schema": self._address.schema},
            )
            if rows:
                return f"{rows[0][0]}, since {rows[0][1].isoformat(timespec='seconds')}"
        return None

    def mib(self) -> float:
        own = "pg_total_relation_size(of)"
        if self._reading.ask(
            "SELECT 1 FROM pg_extension WHERE extname = 'citus'"
        ):  # of which shards are elsewhere
            spread = "of IN (SELECT logicalrelid FROM pg_dist_partition)"
            own = f"CASE WHEN {spread} THEN citus_total_relation_size(of) ELSE {own} END"
        rows = self._reading.ask(
            f"SELECT sum({own}) FROM (SELECT format('%%I.%%I', schemaname, tablename)::regclass AS of"
            " FROM pg_tables WHERE schemaname = %(schema)s) AS tables",
            {"schema": self._address.schema},
        )
        return float(rows[0][0] or 0) / 2**20

    def check(self, encoder: Encoder | None = None) -> Checked:
        try:
            return look_through(self.open(), encoder)
        except IndexCorrupt as error:
            return Checked(None, (str(error),))

    def rollback(self, version: str | None = None) -> RolledBack:
        with self._locked("verbatim rollback") as connection:
            rows = connection.execute(
                "SELECT g.version, g.number, s.number IS NOT NULL FROM generation g LEFT JOIN in_service s"
                " ON s.number = g.number ORDER BY g.number DESC"
            ).fetchall()
            there = [name for name, _, _ in rows]
            serving = next(((name, number) for name, number, serves in rows if serves), None)
            before = None if serving is None else serving[0]
            if version is not None and version not in there:
                raise NotFound(f"There is no index {version} in {self.name}. {told(there, before)}")
            for name, number, _ in rows:
                if name == version or (version is None and (serving is None or number < serving[1])):
                    self._open(f"WHERE g.number = {number}", writing=True)
                    connection.execute("UPDATE in_service SET number = %s", [number])
                    self.forget_pointer()
                    return RolledBack(before, name, ())
        raise NotFound(f"There is no older whole index in {self.name} to go back to. {told(there, before)}")

    def prune(self, connection: psycopg.Connection[Row], keep: int) -> None:
        """Remove all but the newest `keep` generations and the one in service, and the rows that none of them holds."""
        with suppress(errors.LockNotAvailable), connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
            connection.execute(
                "DELETE FROM generation WHERE number NOT IN (SELECT number FROM in_service) AND number NOT IN"
                " (SELECT number FROM generation ORDER BY number DESC LIMIT %s)",
                [keep],
            )
            left = connection.execute("SELECT tables, min(number) FROM generation GROUP BY tables").fetchall()
            for n, oldest in left:
                tables.forget(connection, n, oldest)
            there = connection.execute(
                "SELECT substr(tablename, 9)::int FROM pg_tables"
                " WHERE schemaname = %s AND tablename ~ '^passage_[0-9]+$'",
                [self._address.schema],
            ).fetchall()
            for (n,) in set(there) - {(n,) for n, _ in left}:
                tables.drop(connection, n)

    def close(self) -> None:
        self._writing.close()
        self._reading.close()

    @contextmanager
    def _locked(self, name: str) -> Iterator[psycopg.Connection[Row]]:
        """Nobody else changes what is published meanwhile."""
        with self._writing.alone(name) as connection:
            try:
                migrate(connection, self._address)
                row = connection.execute(
                    "SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK, self._address.schema]
                ).fetchone()
            except psycopg.Error as error:
                raise BuildFailed(
                    f"{self.name} could not be made ready: {str(error).strip().splitlines()[0]}."
                ) from error
            if row is None or not row[0]:
                raise BuildRunning(self.name, self.who_builds() or "another process")
            try:
                yield connection
            finally:
                with suppress(psycopg.Error):  # else the database notices a moment later that nobody is there
                    connection.execute("SELECT pg_advisory_unlock_all()")

    def _open(self, which: str, *, writing: bool = False) -> PostgresStore:
        """Raises IndexMissing, IndexCorrupt."""
        connections = self._writing if writing else self._reading
        try:
            rows = connections.ask(
                f"SELECT {_COLUMNS}, (SELECT max(number) FROM migration) FROM generation g {which}"
            )
        except Gone:  # there are no tables at all
            rows = []
        if not rows:
            raise IndexMissing(self.name)
        number, n, average, manifest, migrated = rows[0]
        if migrated > len(STEPS):
            raise IndexCorrupt(self.name, "it was last written by a newer Verbatim")
        return PostgresStore(
            connections.ask, self.name, number, n, average, Manifest.parsed(manifest, self.name)
        )

    def _reading_or_none(self, statement: str) -> int | None:
        try:
            rows = self._reading.ask(statement)
        except Gone:
            return None
        return rows[0][0] if rows else None
