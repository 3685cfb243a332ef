"""A build: the whole of it is one transaction, so that what is killed was never there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from ...errors import BuildFailed, IndexCorrupt
from ...ports import Encoder
from ...settings import Settings
from ..before import Before, judged
from ..check import own_search
from ..delta import Built, content, delta, manifest_of, unchanged
from ..generation import Opened
from ..plan import Plan
from . import tables
from .connections import Row, Values
from .store import PostgresStore
from .writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .catalog import PostgresCatalog

_SAMPLES = 16  # passages whose search is tried before a generation is published
_PART = 2**20  # bytes of a file that stand in a row


@dataclass(frozen=True, slots=True)
class PostgresBuilding:
    """connection: holds the lock of whoever builds."""

    catalog: PostgresCatalog
    connection: psycopg.Connection[Row]

    def look_back(self, encoder: Encoder, settings: Settings) -> Before:
        """At the newest generation, which after a way back is not the one in service."""
        try:
            newest = self.catalog.newest()
        except IndexCorrupt as error:
            return Before(None, f"no index before is whole: {error.why}")
        if newest is None:
            return Before(None, "there was no index before")
        return judged(Opened(newest), encoder, settings)

    def write(self, plan: Plan) -> Built:
        try:
            with self._failing():
                return self._write(plan)
        finally:
            plan.before.close()

    def _write(self, plan: Plan) -> Built:
        encoder, settings, before, progress = plan.encoder, plan.settings, plan.before, plan.progress
        upon = before.store if before.anew is None else None
        assert upon is None or isinstance(upon, PostgresStore)
        number, n = self._next()
        if upon is not None:
            n = upon.tables
        with self.connection.transaction():
            if upon is None:
                tables.create(self.connection, n, encoder.dimension)
            out = Writer(
                self.connection,
                n,
                number,
                upon=upon is not None,
                known=before.store,
                plan=plan,
            )
            progress("articles", 0, 0)
            changed = delta(plan.cut, set(plan.kept), upon, settings, out, progress)
            says = content(changed.digests, encoder, settings, plan.program)
            if upon is not None and unchanged(upon, says, plan.sources):
                count = upon.manifest.counts["passages"]
                self._point(upon.number)  # after a way back, another was in service
                published = self.catalog.serving() != upon.number
                return Built(upon.manifest, published, passages=count, encoded=0, reused=count)
            out.finish()
            of_before = upon.manifest.counts["passages"] if upon is not None else 0
            count = of_before + out.added - out.gone
            progress("lexical", 0, count)
            if upon is None:
                tables.index(self.connection, n, count, encoder.dimension)
            terms = out.terms + (upon.terms if upon is not None else 0)
            manifest = manifest_of(
                plan,
                changed,
                says,
                newest=self.catalog.newest_version(),
                count=count,
                encoded=out.encoded,
                files={},
            )
            self.connection.execute(
                "INSERT INTO generation VALUES (%s, %s, %s, %s, %s)",
                [number, manifest.version, n, terms / max(1, count), manifest.text()],
            )
            self._keep_files(number, plan.beside)
            progress("check", 0, 1)
            self._check(
                PostgresStore(self._ask, self.catalog.name, number, n, terms / max(1, count), manifest)
            )
            progress("publish", 0, 1)
            self._point(number)
        self.catalog.forget_pointer()
        self.catalog.prune(self.connection, settings.keep_generations)
        return Built(
            manifest, published=True, passages=count, encoded=out.encoded, reused=count - out.encoded
        )

    def _next(self) -> tuple[int, int]:
        """Numbers that no generation has yet, and no tables."""
        row = self.connection.execute(
            "SELECT (SELECT coalesce(max(number), 0) + 1 FROM generation), (SELECT coalesce(max(tables), 0) + 1"
            " FROM generation)"
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def _point(self, number: int) -> None:
        self.connection.execute(
            "INSERT INTO in_service (number) VALUES (%s) ON CONFLICT (one) DO UPDATE SET number = excluded.number",
            [number],
        )

    def _keep_files(self, number: int, beside: Callable[[Path], None]) -> None:
        with tempfile.TemporaryDirectory(prefix="verbatim-") as folder:
            beside(Path(folder))
            for file in sorted(Path(folder).iterdir()):
                with file.open("rb") as stream:
                    for part, block in enumerate(iter(lambda: stream.read(_PART), b"")):
                        self.connection.execute(
                            "INSERT INTO file VALUES (%s, %s, %s, %s)", [number, file.name, part, block]
                        )

    def _check(self, store: PostgresStore) -> None:
        """Within the transaction: see that sampled passages find themselves."""
        ids = store.vector_ids()
        if len(ids) != store.manifest.counts["passages"]:
            raise BuildFailed(
                f"The new index was not published: it holds {len(ids)} passages and should hold "
                f"{store.manifest.counts['passages']}."
            )
        for problem in own_search(store, ids[:: max(1, len(ids) // _SAMPLES)].tolist()):
            raise BuildFailed(f"The new index was not published, for it failed its check. {problem}")

    def _ask(self, statement: str, values: Values = {}) -> list[Row]:  # noqa: B006
        return self.connection.execute(statement.encode(), values).fetchall()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise BuildFailed(
                f"The index could not be written to {self.catalog.name}: {str(error).strip().splitlines()[0]}. The "
                "index before it, if any, goes on serving."
            ) from error
