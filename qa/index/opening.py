"""The index in service, or where that is damaged, the newest whole one before it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from ..errors import IndexCorrupt, IndexMissing
from ..settings import Settings
from .generation import Generation, Opened
from .local import LocalStore
from .publish import current, generations, pointed_at

_log = logging.getLogger(__name__)


def open_current(data: Path, settings: Settings | None = None, *, later: bool = False) -> LocalStore:
    """later: of a large index, compare only sizes, as `LocalStore` has it. Raises IndexMissing, IndexCorrupt."""
    while True:
        seen = pointed_at(data)
        try:
            return LocalStore(current(data), settings, later=later)
        except IndexCorrupt:
            if pointed_at(data) == seen:
                raise
            # It was replaced and removed while it was being opened: the pointer names another now.


def open_whole(data: Path, settings: Settings | None = None, *, later: bool = False) -> Opened:
    """Raises IndexMissing where nothing was ever published, IndexCorrupt where nothing published is whole."""
    damage: IndexMissing | IndexCorrupt
    try:
        return Opened(open_current(data, settings, later=later))
    except (IndexMissing, IndexCorrupt) as error:
        damage = error
    for folder in generations(data):
        try:
            store = LocalStore(folder, settings, later=later)
        except IndexCorrupt:
            continue
        why = damage if isinstance(damage, IndexCorrupt) else IndexCorrupt(data / "CURRENT", "it is missing")
        return Opened(store, f"{why.afar} Until then the newest whole index, {store.version}, answers.")
    raise damage


def compare_later(
    store: LocalStore, data: Path, settings: Settings, damaged: Callable[[Generation, Opened], None]
) -> None:
    """Compare a store that was opened without with its checksums, beside the questions that it answers.

    damaged: called where it is, with the newest whole index; or with the same store, where none is whole.
    """

    def compare() -> None:
        try:
            store.check_files()
        except IndexCorrupt as error:
            try:
                whole = open_whole(data, settings)
            except (IndexMissing, IndexCorrupt):
                whole = Opened(store, f"{error.afar} No other index is whole.")
            _log.warning("%s", whole.warning)
            damaged(store, whole)

    if store.unchecked:
        Thread(target=compare, name="checksums", daemon=True).start()
