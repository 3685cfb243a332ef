"""Where generations of one index are published: a folder, or a database. It names the one in service."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Protocol

from ..errors import BadRequest
from ..places import data_folder
from ..ports import Encoder
from ..settings import Settings
from .before import Before
from .check import Checked
from .delta import Built
from .generation import Generation, Opened
from .local_catalog import LocalCatalog
from .manifest import Manifest
from .plan import Plan
from .rollback import RolledBack


class Building(Protocol):
    """A build that is under way; nobody else's is meanwhile."""

    def look_back(self, encoder: Encoder, settings: Settings) -> Before:
        """The newest whole index, judged for a build with this encoder and these settings."""

    def write(self, plan: Plan) -> Built:
        """Index articles, and put the index into service, whole and checked, or not at all.

        Raises BuildFailed: the index before then goes on serving.
        """


class Catalog(Protocol):
    """May be used from several threads. Where the store does not answer, everything raises StoreUnavailable."""

    @property
    def name(self) -> str | Path:
        """As messages show it, without secrets."""

    def pointer(self) -> bytes | None:
        """What changes when another generation is put into service; cheap enough for every request, never raises."""

    def reach(self) -> None:
        """Raises StoreUnavailable where what is in service cannot be read now."""

    def manifest(self) -> Manifest:
        """Of the generation in service. Raises IndexMissing, IndexCorrupt."""

    def open(self, settings: Settings | None = None, *, later: bool = False) -> Generation:
        """The generation in service. later: of a large one, compare only sizes now. Raises IndexMissing,
        IndexCorrupt."""

    def open_whole(self, settings: Settings | None = None, *, later: bool = False) -> Opened:
        """The same, or where it is damaged, the newest whole one. Raises IndexMissing, IndexCorrupt."""

    def compare_later(
        self, store: Generation, settings: Settings, damaged: Callable[[Generation, Opened], None]
    ) -> None:
        """Compare what `open` left for later, beside the questions that are answered. damaged: is told where it is
        not whole, with what to answer from instead."""

    def building(self) -> AbstractContextManager[Building]:
        """Raises BuildRunning where another build is under way, BuildFailed where nothing can be written."""

    def who_builds(self) -> str | None:
        """Which process is building; None where none is."""

    def mib(self) -> float:
        """What the generations that are kept take. Raises IndexMissing."""

    def check(self, encoder: Encoder | None = None) -> Checked:
        """Look through the index in service; see `qa.index.check.check`. Raises IndexMissing."""

    def rollback(self, version: str | None = None) -> RolledBack:
        """Put `version` into service, by default the newest whole one before the one that is; see
        `qa.index.rollback.rollback`. Raises NotFound, IndexCorrupt, BuildRunning, BuildFailed."""


def is_address(where: object) -> bool:
    """Whether this names a database, and not a folder."""
    return isinstance(where, str) and where.startswith(("postgresql://", "postgres://"))


def open_catalog(where: str | Path | Catalog | None = None) -> Catalog:
    """where: a folder, or postgresql://…; None: $QA_STORE, else the data folder.

    One and the same for one address: its connections are shared. $QA_STORE_READ is the address of a standby of it,
    which is asked instead. Raises BadRequest.
    """
    where = where or os.environ.get("QA_STORE")
    if isinstance(where, str) and is_address(where):
        return _postgres(where, os.environ.get("QA_STORE_READ"))
    if where is None or isinstance(where, (str, Path)):
        if isinstance(where, str) and "://" in where:
            kind = where.partition("://")[0]
            raise BadRequest(
                f"A store is a folder or postgresql://HOST/DATABASE?schema=NAME, and not of the kind {kind}."
            )
        return LocalCatalog(data_folder(where))
    return where


@cache
def _postgres(url: str, reading: str | None) -> Catalog:
    try:
        from .postgres.address import Address  # the driver comes with an extra
        from .postgres.catalog import PostgresCatalog
    except ModuleNotFoundError as error:
        raise BadRequest(
            f"PostgreSQL as a store needs {error.name}, which is not installed: pip install 'verbatim-qa[postgres]'"
        ) from error
    catalog = PostgresCatalog(Address.parsed(url), Address.parsed(reading) if reading else None)
    atexit.register(catalog.close)
    return catalog
