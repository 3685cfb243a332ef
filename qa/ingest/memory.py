"""What a build remembers of the files it read, so that the next one reads only those that are new or changed.

Kept with the index that was made of them, as one SQLite file. It holds no text: where the text of a file that has
not changed is needed after all, to compare it with a new one, the file is read again.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from array import array
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa.ingest.dedupe import Sketch
from qa.records import Rejected

# A file written within this time of its stamp may be written again without its stamp changing: clocks of file
# systems tick up to every 2 s (FAT).
RACY_NS = 2_000_000_000

_SCHEMA = """
CREATE TABLE file (
    path BLOB PRIMARY KEY,
    real BLOB NOT NULL,
    size INTEGER NOT NULL, mtime INTEGER NOT NULL, ctime INTEGER NOT NULL, inode TEXT NOT NULL,
    trusted INTEGER NOT NULL,
    sha256 BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE found (
    file BLOB NOT NULL,
    path BLOB NOT NULL,
    reason BLOB,              -- of a rejection; then the rest is NULL
    article TEXT,
    source BLOB,
    undated INTEGER, inferred INTEGER, length INTEGER,
    exact BLOB, bands BLOB,   -- uint64
    lines BLOB, dropped BLOB, -- uint64
    warnings BLOB,            -- JSON list
    speaker INTEGER           -- number of the row of the article that speaks for it
);
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, told: os.stat_result) -> Stamp:
        return cls(told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino)

    def settled(self, for_ns: int) -> bool:
        """Whether nothing was written for so long. Windows tells when a file was made, not when it was changed."""
        written = self.mtime_ns if os.name == "nt" else self.ctime_ns
        return abs(time.time_ns() - written) > for_ns


@dataclass(frozen=True, slots=True)
class Reading:
    """What is remembered of one article of a file."""

    path: str
    article_id: str
    source: str | None
    undated: bool
    inferred: bool
    length: int  # characters of the cleaned text
    sketch: Sketch
    lines: array[int]  # uint64 hashes of its different lines, before any was left out as repeated
    warnings: tuple[str, ...] = ()  # what of it could not be read


@dataclass(frozen=True, slots=True)
class FileReading:
    """What is remembered of one file."""

    path: str
    real: str
    stamp: Stamp
    trusted: bool  # a file with this stamp is this file
    sha256: bytes
    found: tuple[Reading | Rejected, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A reading's part in the index: which reading speaks for it, and which of its lines were left out."""

    reading: Reading
    speaker: int  # index into Memory.placed; its own where it speaks for itself
    dropped: tuple[int, ...]


class Memory:
    """files: by path; placed: every article that was read, in the order of reading."""

    def __init__(self, files: Mapping[str, FileReading], placed: tuple[Placed, ...]) -> None:
        self.files, self.placed = files, placed

    def save(self, file: Path) -> None:
        """Into a new file. Raises OSError."""
        try:
            self._save(file)
        except sqlite3.OperationalError as error:  # what SQLite raises for a full disk
            raise OSError(f"{file.name}: {error}") from error

    def _save(self, file: Path) -> None:
        place_of = {id(placed.reading): placed for placed in self.placed}
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        _pack(f.path),
                        _pack(f.real),
                        f.stamp.size,
                        f.stamp.mtime_ns,
                        f.stamp.ctime_ns,
                        str(f.stamp.inode),
                        f.trusted,
                        f.sha256,
                    )
                    for f in self.files.values()
                ),
            )
            connection.executemany(
                f"INSERT INTO found VALUES ({','.join('?' * 14)})",
                (
                    _row(f.path, found, place_of.get(id(found)))
                    for f in self.files.values()
                    for found in f.found
                ),
            )
            connection.execute("COMMIT")

    @classmethod
    def load(cls, file: Path) -> Memory:
        """Raises ValueError where the file is not a memory."""
        try:
            return cls._load(file)
        except (sqlite3.DatabaseError, AssertionError) as error:
            raise ValueError(f"{file.name}: {error}") from error

    @classmethod
    def _load(cls, file: Path) -> Memory:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            found: dict[str, list[Reading | Rejected]] = {}
            placed: list[Placed] = []
            for row in opened.execute("SELECT * FROM found ORDER BY rowid"):
                one = _reading(row)
                found.setdefault(_unpack(row[0]), []).append(one)
                if isinstance(one, Reading):
                    placed.append(Placed(one, row[13], tuple(_unpack_ints(row[11]))))
            files = {}
            for path, real, size, mtime, ctime, inode, trusted, sha256 in opened.execute(
                "SELECT * FROM file"
            ):
                name = _unpack(path)
                files[name] = FileReading(
                    name,
                    _unpack(real),
                    Stamp(size, mtime, ctime, int(inode)),
                    bool(trusted),
                    sha256,
                    tuple(found.get(name, ())),
                )
        return cls(files, tuple(placed))

    def real_file(self, path: str) -> tuple[Path, int] | None:
        """The file that holds the article called `path`, and how many articles it holds; None where none does."""
        for file in self.files.values():
            if any(isinstance(found, Reading) and found.path == path for found in file.found):
                return Path(file.real), len(file.found)
        return None


def ints(values: Iterable[int]) -> array[int]:
    return array("Q", values)


def _row(file: str, found: Reading | Rejected, placed: Placed | None) -> tuple[object, ...]:
    if isinstance(found, Rejected) or placed is None:
        reason = found.reason if isinstance(found, Rejected) else "it has no place"
        return (_pack(file), _pack(found.path), _pack(reason), *[None] * 11)
    bands = found.sketch.bands
    return (
        _pack(file),
        _pack(found.path),
        None,
        found.article_id,
        None if found.source is None else _pack(found.source),
        found.undated,
        found.inferred,
        found.length,
        found.sketch.exact,
        None if bands is None else bands.astype("<u8").tobytes(),
        found.lines.tobytes(),
        ints(placed.dropped).tobytes(),
        json.dumps(found.warnings).encode(),
        placed.speaker,
    )


def _reading(row: tuple[object, ...]) -> Reading | Rejected:
    _, path, reason, article, source, undated, inferred, length, exact, bands, lines, _, warnings, _ = row
    assert isinstance(path, bytes)
    if isinstance(reason, bytes):
        return Rejected(_unpack(path), _unpack(reason))
    assert isinstance(article, str) and isinstance(length, int)
    assert isinstance(exact, bytes) and isinstance(lines, bytes) and isinstance(warnings, bytes)
    return Reading(
        path=_unpack(path),
        article_id=article,
        source=_unpack(source) if isinstance(source, bytes) else None,
        undated=bool(undated),
        inferred=bool(inferred),
        length=length,
        sketch=Sketch(exact, np.frombuffer(bands, dtype="<u8") if isinstance(bands, bytes) else None),
        lines=_unpack_ints(lines),
        warnings=tuple(json.loads(warnings)),
    )


def _unpack_ints(value: bytes) -> array[int]:
    numbers = ints(())
    numbers.frombytes(value)
    return numbers


def _pack(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a file's name may hold halves of surrogate pairs


def _unpack(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")
