"""The index that a build starts from: what of it can be taken over, and where nothing can, why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from ..errors import IndexCorrupt, IndexMissing
from ..ports import Encoder
from ..settings import Settings
from .generation import Generation, Opened
from .opening import open_whole

_CODE = ("qa.english", "qa.ingest", "qa.index")  # what shapes an index besides its settings


@dataclass(frozen=True, slots=True)
class Before:
    """store: an open index with vectors of the same encoder, or None. anew: why its articles cannot stay; or None."""

    store: Generation | None
    anew: str | None

    def close(self) -> None:
        if self.store is not None:
            self.store.close()


def look_back(data: Path, encoder: Encoder, settings: Settings) -> Before:
    """The newest whole index in `data`, judged for a build with this encoder and these settings."""
    try:
        opened = open_whole(data)
    except IndexMissing:
        return Before(None, "there was no index before")
    except IndexCorrupt as error:
        return Before(None, f"no index before is whole: {Path(error.file).name}: {error.why}")
    return judged(opened, encoder, settings)


def judged(opened: Opened, encoder: Encoder, settings: Settings) -> Before:
    """What of an open index can be taken over; one with another encoder's vectors is closed."""
    store, told = opened.store, opened.store.manifest
    if told.encoder["checksum"] != encoder.checksum:
        store.close()
        return Before(
            None, f"the encoder was {told.encoder['name']} and is {encoder.name} with other weights"
        )
    changed = [
        f"{name} was {told.settings.get(name)} and is {value}"
        for name, value in settings.shaping().items()
        if told.settings.get(name) != value
    ]
    if changed:
        return Before(store, f"settings have changed: {', '.join(changed)}")
    if told.program != program():
        return Before(store, "the program reads or cuts articles in another way now")
    if opened.warning:
        return Before(store, f"the index in service was damaged: {opened.warning}")
    return Before(store, None)


@cache
def program() -> str:
    """SHA-256 over the source of everything that decides what an index holds."""
    total = hashlib.sha256()
    for package in _CODE:
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                total.update(file.name.encode())
                total.update(file.read_bytes())
    return total.hexdigest()
