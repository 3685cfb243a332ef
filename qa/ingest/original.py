"""The file that an article was read from, for as long as it is as it was then."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from qa.errors import NotFound

MEMORY = "memory.sqlite"  # in a generation of the index: see qa.ingest.memory
BLOCK = 1 << 20  # bytes read at once
KEPT = 4096  # files of which it is remembered whether they hold what was indexed
# A file written so shortly ago may be written again without its times changing (FAT's tick every 2 s).
_RACY_NS = 2_000_000_000


def original(memory: Path, path: str) -> Path:
    """path: of the article, as the index that `memory` was kept with names it.

    Raises NotFound where its file is not known, has gone, or no longer holds the same bytes: then a place in it would
    be another place.
    """
    name = path.encode("utf-8", "surrogatepass")
    try:
        with closing(sqlite3.connect(f"{memory.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            row = opened.execute(
                "SELECT file.real, file.sha256 FROM found JOIN file ON found.file = file.path"
                " WHERE found.path = ? AND found.reason IS NULL",
                [name],
            ).fetchone()
    except sqlite3.DatabaseError:
        row = None
    if row is None:
        raise NotFound(f"The file of {path!r} is not known. Index again, then open it.")
    file = Path(row[0].decode("utf-8", "surrogatepass"))
    try:
        told = file.stat()
        stamp = (told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino)
        settled = abs(time.time_ns() - max(told.st_mtime_ns, told.st_ctime_ns)) > _RACY_NS
        digest = (_remembered if settled else _digest)(file, stamp)
    except OSError as error:
        raise NotFound(f"The file of {path!r} cannot be opened: {error.strerror or error}.") from error
    if digest != row[1]:
        raise NotFound(f"{path!r} has changed since it was indexed. Index again, then open it.")
    return file


def _digest(file: Path, _stamp: tuple[int, ...]) -> bytes:
    """SHA-256 of a file that has this stamp."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.digest()


# Whoever opens a large file again and again has it read through once.
_remembered = lru_cache(maxsize=KEPT)(_digest)
