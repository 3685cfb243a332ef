"""Which files are read: those that are new or changed since the build before.

A file whose stamp (size, times, inode) is the one remembered is not opened; one whose content has the remembered
SHA-256 is not read again. Many are read side by side.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from qa.ingest.document import Unreadable
from qa.ingest.load import MAX_BYTES, opened
from qa.ingest.memory import RACY_NS, FileReading, Memory, Reading, Stamp
from qa.ingest.side_by_side import in_order, worth_starting
from qa.ingest.walk import Given, walk
from qa.records import Changes, Rejected

Found = Reading | Rejected
_NO_STAMP = Stamp(-1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class FileMet:
    """A file, what is remembered of it from now on, and whether that is what was remembered before."""

    given: Given
    reading: FileReading | None  # None: it is being written, and has never been read
    change: str  # "new", "changed", "unchanged", "unsettled", or "refused" once more

    @property
    def read(self) -> bool:
        """Whether it was opened and read now."""
        return self.change in ("new", "changed", "refused")


@dataclass(frozen=True, slots=True)
class FilesMet:
    files: int
    rejected: tuple[Rejected, ...]
    changes: Changes
    unsettled: tuple[str, ...]
    remembered: dict[str, FileReading]


def read_files(
    roots: Sequence[Path],
    before: Memory | None,
    read: Callable[[Given, bool], Iterable[Found]],
    as_met: Callable[[FileMet], None],
    settle: float,
    workers: int,
) -> FilesMet:
    """Every file under `roots` once, in order: to `read` where it is new or changed, and then to `as_met`.

    read: may be called from several threads; it is told whether others are read meanwhile. workers: that read at most.
    """
    known = before.files if before else {}
    rejected: list[Rejected] = []
    met: list[FileMet] = []
    given = list(walk(roots))
    files = [one for one in given if isinstance(one, Given)]
    unread = sum(not _as_before(one, known.get(one.path), _stamp(one.real)) for one in files)
    workers = worth_starting(unread, workers)

    def meet(one: Given) -> FileMet:
        return _meet(one, known.get(one.path), lambda file: read(file, workers > 1), settle)

    with closing(in_order(meet, files, workers)) as each:
        for one in given:
            if isinstance(one, Rejected):
                rejected.append(one)
                continue
            file = next(each)
            met.append(file)
            if file.reading:
                rejected += [found for found in file.reading.found if isinstance(found, Rejected)]
            as_met(file)
    remembered = {file.given.path: file.reading for file in met if file.reading}
    counts = Counter("unchanged" if file.change == "refused" else file.change for file in met)
    return FilesMet(
        files=len(met),
        rejected=tuple(rejected),
        changes=Changes(
            new=counts["new"],
            changed=counts["changed"],
            removed=len(known.keys() - {file.given.path for file in met}),
            unchanged=counts["unchanged"],
        ),
        unsettled=tuple(file.given.path for file in met if file.change == "unsettled"),
        remembered=remembered,
    )


def _as_before(given: Given, earlier: FileReading | None, stamp: Stamp) -> bool:
    """Without a look into it."""
    return earlier is not None and earlier.trusted and (earlier.real, earlier.stamp) == (given.real, stamp)


def _meet(
    given: Given, earlier: FileReading | None, read: Callable[[Given], Iterable[Found]], settle: float
) -> FileMet:
    real, stamp = given.real, _stamp(given.real)
    if settle and not stamp.settled(int(settle * 1e9)):
        return FileMet(given, earlier, "unsettled")
    if earlier and _as_before(given, earlier, stamp):
        return FileMet(given, earlier, "unchanged")
    sha256 = _sha256(given.real, stamp)
    if earlier and sha256 and sha256 == earlier.sha256:
        same = replace(earlier, real=real, stamp=stamp, trusted=_trusted(given.real, stamp))
        return FileMet(given, same, "unchanged")
    found = tuple(read(given))
    reading = FileReading(
        given.path, real, stamp, bool(sha256) and _trusted(given.real, stamp), sha256, found
    )
    if earlier is None:
        return FileMet(given, reading, "new")
    refused = found == earlier.found and all(isinstance(one, Rejected) for one in found)  # refused again
    return FileMet(given, reading, "refused" if refused else "changed")


def _stamp(file: str) -> Stamp:
    try:
        return Stamp.of(os.stat(file))  # noqa: PTH116 (for every file of every build: a Path is three times as slow)
    except OSError:
        return _NO_STAMP


def _trusted(file: str, stamp: Stamp) -> bool:
    """Whether a later file with this stamp is surely the one that was read: it was old by then, and is the same."""
    return stamp.settled(RACY_NS) and _stamp(file) == stamp


def _sha256(file: str, stamp: Stamp) -> bytes:
    """Of the content; empty where it cannot be read, or is longer than anything that is read."""
    if not 0 <= stamp.size <= max(MAX_BYTES.values()):
        return b""
    digest = hashlib.sha256()
    try:
        with opened(Path(file)) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except (OSError, Unreadable):
        return b""
    return digest.digest()
