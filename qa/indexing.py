"""Folders and files -> an index in service: collect, split, build."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .engine import data_folder, open_encoder
from .errors import IndexCorrupt, IndexMissing, NothingToIndex
from .index.build import build
from .index.manifest import Manifest
from .index.publish import current
from .ingest.collect import collect
from .ingest.split import split
from .ports import Encoder, Progress
from .records import BuildReport, Rejected
from .settings import Settings

_SHOWN = 10  # rejected files named in an error; the rest are counted


def _silent(phase: str, done: int, total: int) -> None:
    pass


def index(
    roots: Sequence[Path],
    data: str | Path | None = None,
    *,
    settings: Settings | None = None,
    encoder: Encoder | None = None,
    progress: Progress = _silent,
) -> BuildReport:
    """Index everything under `roots` into `data`, in place of what was indexed there before.

    Raises NothingToIndex where no article could be read, ModelMissing, BuildRunning, BuildFailed.
    """
    began = time.perf_counter()
    settings, folder = settings or Settings(), data_folder(data)
    _check_roots(roots)
    sources = {"roots": [str(root.resolve()) for root in roots], "fingerprint": fingerprint(roots)}
    progress("read", 0, 0)
    collection = collect(roots)
    if not collection.articles:
        raise NothingToIndex(_why_nothing(roots, collection.files_read, collection.rejected))
    encoder = encoder or open_encoder(settings.encoder)
    cut = []
    for done, article in enumerate(collection.articles):
        progress("split", done, len(collection.articles))
        cut.append((article, split(article, encoder.count_tokens, settings.passage_tokens)))
    passages = sum(len(spans) for _, spans in cut)
    if not passages:
        raise NothingToIndex(_why_nothing(roots, collection.files_read, collection.rejected))
    told: dict[str, Any] = {
        "files_read": collection.files_read,
        "duplicates": collection.duplicates,
        "rejected": [{"path": r.path, "reason": r.reason} for r in collection.rejected],
    }
    built = build(folder, cut, encoder, settings, sources=sources, report=told, progress=progress)
    return BuildReport(
        version=built.manifest.version,
        published=built.published,
        files_read=collection.files_read,
        articles=len(collection.articles),
        passages=passages,
        encoded=built.encoded,
        reused=built.reused,
        duplicates=collection.duplicates,
        rejected=collection.rejected,
        seconds=round(time.perf_counter() - began, 3),
    )


def fingerprint(roots: Sequence[Path]) -> str:
    """SHA-256 over path, size and time of change of every file under `roots`: the same while nothing changed."""
    total = hashlib.sha256()
    for root in roots:
        for path, told in sorted(_files(root)):
            total.update(f"{path}\0{told.st_size}\0{told.st_mtime_ns}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def up_to_date(roots: Sequence[Path], data: str | Path | None, settings: Settings) -> bool:
    """Whether the index in service was built from these files as they are now, with these settings."""
    try:
        manifest = Manifest.load(current(data_folder(data)))
    except (IndexMissing, IndexCorrupt):
        return False
    return (
        manifest.sources["roots"] == [str(root.resolve()) for root in roots]
        and manifest.sources["fingerprint"] == fingerprint(roots)
        and manifest.settings == settings.shaping()
        and manifest.encoder["name"] == settings.encoder
    )


def _files(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    places = (
        [root] if root.is_file() else (Path(at) / name for at, _, names in os.walk(root) for name in names)
    )
    for place in places:
        try:
            yield str(place.relative_to(root)), place.stat()
        except OSError:  # gone since it was listed, or a link to nowhere: the build says so if it matters
            continue


def _check_roots(roots: Sequence[Path]) -> None:
    missing = [str(root) for root in roots if not root.exists()]
    if missing:
        raise NothingToIndex(
            f"There is no file or folder {', '.join(missing)}. Name one that holds articles."
        )
    if not roots:
        raise NothingToIndex("No file or folder was named. Name one that holds articles.")


def _why_nothing(roots: Sequence[Path], files_read: int, rejected: Sequence[Rejected]) -> str:
    where = ", ".join(str(root) for root in roots)
    if not files_read and not rejected:
        return f"There are no files in {where}. Put articles there, for example .txt files, or name another folder."
    reasons = "".join(f"\n  {r.path}: {r.reason}" for r in rejected[:_SHOWN])
    more = f"\n  … and {len(rejected) - _SHOWN} more" if len(rejected) > _SHOWN else ""
    return f"None of the {files_read} files in {where} gave an article that can be indexed.{reasons}{more}"
