"""Generations on disk: `generations/<version>/`, and the pointer `CURRENT` that names the one in service.

A generation is written to a hidden sibling, made durable, and renamed; then the pointer is replaced. A reader
sees the old one or the new one, each whole, whenever the writer dies.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import BuildFailed, BuildRunning, IndexCorrupt, IndexMissing

_PATIENCE = 0.2  # seconds: somebody may be looking whether the lock is held
_ASIDE, _GOING = ".building-", ".removing-"


def current(data: Path) -> Path:
    """The folder of the generation in service. Raises IndexMissing, or IndexCorrupt for a pointer to nowhere."""
    pointer = data / "CURRENT"
    try:
        version = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexMissing(data) from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexCorrupt(pointer, f"it cannot be read ({error})") from error
    if not version or Path(version).name != version or version.startswith("."):
        raise IndexCorrupt(pointer, "it does not name a generation")
    folder = data / "generations" / version
    if not folder.is_dir():
        raise IndexCorrupt(pointer, f"it names the generation {version}, which is not there")
    return folder


def pointed_at(data: Path) -> bytes | None:
    """What the pointer says, whatever that is; None where there is none. Cheap enough for every request."""
    try:
        return (data / "CURRENT").read_bytes()
    except OSError:
        return None


def generations(data: Path) -> list[Path]:
    """The folders of all published generations, the newest first; whether they are whole is not looked at."""
    try:
        found = [folder for folder in (data / "generations").iterdir() if not folder.name.startswith(".")]
    except OSError:
        return []
    # A version begins with its time, so names sort by age.
    return sorted(
        (folder for folder in found if folder.is_dir()), key=lambda folder: folder.name, reverse=True
    )


@contextmanager
def building(data: Path) -> Iterator[Path]:
    """An empty folder to build in, beside the generations; at the end whatever is left of it is removed.

    One build at a time, across processes: the lock is the operating system's, so it falls with its holder. Raises
    BuildRunning where another build holds it, and BuildFailed in place of an OSError.
    """
    with locked(data):
        aside = data / "generations" / f"{_ASIDE}{os.getpid()}"
        aside.mkdir()
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Nobody else changes what is published meanwhile; what a killed build has left is removed.

    Raises BuildRunning where somebody else does, and BuildFailed in place of an OSError.
    """
    try:
        with _lock(data):
            yield
    except OSError as error:
        raise BuildFailed(
            f"The index could not be written to {data}: {error}. The index before it, if any, goes on serving. "
            "Make room or make the folder writable, or name another folder with --data.",
            afar=f"The index could not be written: {error.strerror or type(error).__name__}. The index before it, if "
            "any, goes on serving. The server's log says where.",
        ) from error


@contextmanager
def _lock(data: Path) -> Iterator[None]:
    folder, holder = data / "generations", data / "build.json"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / "build.lock")
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        raise BuildRunning(data, _who(holder)) from None
    try:
        for mark in (_ASIDE, _GOING):
            for left_over in folder.glob(f"{mark}*"):
                shutil.rmtree(left_over, ignore_errors=True)
        for left_over in data.glob("CURRENT.*"):
            left_over.unlink(missing_ok=True)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        told = {"pid": os.getpid(), "host": socket.gethostname(), "started": started}
        try:
            holder.write_text(json.dumps(told), encoding="utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
    finally:
        lock.release()


def who_builds(data: Path) -> str | None:
    """Which process is building in `data`; None where none is."""
    holder = data / "build.json"
    if not holder.exists():
        return None
    lock = FileLock(data / "build.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _who(holder)
    except OSError:  # a folder that cannot be written: nobody builds there
        return None
    lock.release()  # of a build that was killed
    return None


def publish(data: Path, aside: Path, version: str) -> Path:
    """Put the finished folder into service as `version`; where it now is."""
    folder = data / "generations" / version
    _sync_tree(aside)
    aside.rename(folder)
    _sync(folder.parent)
    point(data, version)
    return folder


def point(data: Path, version: str) -> None:
    """Put a published generation into service: readers see the version before or this one, never half a name."""
    pointer = data / f"CURRENT.{os.getpid()}"
    try:
        with pointer.open("w", encoding="utf-8") as stream:
            stream.write(f"{version}\n")
            stream.flush()
            os.fsync(stream.fileno())
        pointer.replace(data / "CURRENT")
    finally:
        pointer.unlink(missing_ok=True)
    _sync(data)


def prune(data: Path, keep: int) -> list[str]:
    """Remove all but the newest `keep` generations, never the one in service; the versions removed.

    A generation is renamed before it is removed: one that is half removed must not look like one to go back to.
    """
    serving = current(data).name
    oldest_first = [folder.name for folder in reversed(generations(data))]
    versions = sorted(oldest_first, key=lambda name: (name == serving, name))
    removed = []
    for version in versions[: max(0, len(versions) - keep)]:
        going = data / "generations" / f"{_GOING}{version}"
        with suppress(OSError):  # Windows keeps a folder with open files; the next build tries again
            (data / "generations" / version).rename(going)
            removed.append(version)
            shutil.rmtree(going, ignore_errors=True)
    return removed


def _who(holder: Path) -> str:
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {told['pid']} on {told['host']}, since {told['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"  # it has the lock and has not yet said who it is


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows has no handle to fsync a folder by
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
