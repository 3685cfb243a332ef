"""The file that an article was read from, for as long as it is as it was then."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from qa.errors import NotFound

MEMORY = "memory.sqlite"  # in a generation of the index: see qa.ingest.memory
BLOCK = 1 << 20  # bytes read at once


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
    file, digest = Path(row[0].decode("utf-8", "surrogatepass")), hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise NotFound(f"The file of {path!r} cannot be opened: {error.strerror or error}.") from error
    if digest.digest() != row[1]:
        raise NotFound(f"{path!r} has changed since it was indexed. Index again, then open it.")
    return file
