"""Folders and files -> an index in service: collect, split, build."""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import IndexCorrupt, IndexMissing, NotFound, NothingToIndex
from qa.index.before import Before, program
from qa.index.catalog import Building, Catalog, open_catalog
from qa.index.plan import Plan
from qa.ingest.original import MEMORY
from qa.ingest.split import split
from qa.places import holds_index
from qa.ports import Encoder, Progress
from qa.records import BuildReport, Rejected
from qa.serving.gate import cores
from qa.settings import Settings
from qa.snapshot import open_encoder

from .freeing import give_back

if TYPE_CHECKING:
    from qa.ingest.collect import Collection
    from qa.ingest.memory import Memory

    from .parts import InParts, Maker

_SHOWN = 10  # rejected files named in an error; the rest are counted


def _silent(phase: str, done: int, total: int) -> None:
    pass


def index(
    roots: Sequence[Path],
    data: str | Path | Catalog | None = None,
    *,
    settings: Settings | None = None,
    encoder: Encoder | None = None,
    progress: Progress = _silent,
    settle: float = 0.0,
    workers: int | None = None,
    in_parts: InParts | None = None,
) -> BuildReport:
    """Index everything under `roots` into `data`, in place of what was indexed there before.

    data: a folder, or postgresql://…; by default $QA_STORE, else the data folder.

    Only files that are new or changed are read, where the index before was made in the same way. settle: seconds
    for which a file must not have been written to be read. workers: processes that read at most, one for every hundred
    files; None: as many as there are cores. in_parts: encode in parts, in so many processes too where `workers` says
    how many. Where nothing is left of what was indexed, the index is an empty one. Raises NothingToIndex where nothing
    was indexed, nor can be, ModelMissing, BuildRunning, BuildFailed, and BadRequest where building in parts needs what
    is not installed or not there.
    """
    settings, catalog, clock = settings or Settings(), open_catalog(data), Phases(progress)
    _check_roots(roots, catalog.name)
    clock("open", 0, 0)
    with catalog.building() as building, ExitStack() as stack:
        encoder = encoder or open_encoder(settings.encoder)
        maker = None
        if in_parts is not None:
            from .parts import making

            clock("workers", 0, 0)
            maker = stack.enter_context(making(in_parts, encoder, settings, workers or 1))
            clock("open", 0, 0)
        before = building.look_back(encoder, settings)
        try:
            return _index(
                roots, building, before, encoder, settings, clock, settle, workers or cores(), maker
            )
        finally:
            before.close()
            give_back()


def _index(
    roots: Sequence[Path],
    building: Building,
    before: Before,
    encoder: Encoder,
    settings: Settings,
    clock: Phases,
    settle: float,
    workers: int,
    maker: Maker | None,
) -> BuildReport:
    from qa.ingest.collect import collect  # a second to import, and a server answers before it builds
    from qa.ingest.fields import Fields

    sources = {"roots": [str(root.resolve()) for root in roots], "fingerprint": fingerprint(roots)}
    before, memory = _remembered(before)
    clock("read", 0, 0)
    read = itertools.count(1)
    collection = collect(
        roots,
        before=memory,
        stored_text=_stored_text(before),
        settle=settle,
        on_file=lambda path: clock("read", next(read), 0),
        fields=Fields.parsed(settings.fields) if settings.fields else None,
        workers=workers,
    )
    emptied = _emptied(before, sources, collection.unsettled)
    if not (collection.articles or collection.kept or emptied):
        raise _nothing(roots, collection)
    cut = []
    for done, article in enumerate(collection.articles):
        clock("split", done, len(collection.articles))
        cut.append((article, split(article, encoder.count_tokens, settings.passage_tokens)))
    if not (collection.kept or emptied or any(spans for _, spans in cut)):
        raise _nothing(roots, collection)
    told: dict[str, Any] = {
        "files_read": collection.files_read,
        "changes": asdict(collection.changes),
        "anew": before.anew,
        "duplicates": collection.duplicates,
        "rejected": [asdict(rejected) for rejected in collection.rejected],
        "warnings": [asdict(warned) for warned in collection.warnings],
    }
    made = maker.made(cut, before, clock) if maker else None
    built = building.write(
        Plan(
            cut,
            encoder,
            settings,
            before=before,
            kept=collection.kept,
            sources=sources,
            report=told,
            progress=clock,
            beside=lambda generation: collection.memory.save(generation / MEMORY),
            made=made,
        )
    )
    if made is not None:
        made.remove()
    return BuildReport(
        version=built.manifest.version,
        published=built.published,
        anew=before.anew,
        changes=collection.changes,
        files_read=collection.files_read,
        articles=built.manifest.counts["articles"],
        passages=built.passages,
        encoded=built.encoded,
        reused=built.reused,
        duplicates=collection.duplicates,
        rejected=collection.rejected,
        warnings=collection.warnings,
        unsettled=collection.unsettled,
        seconds=clock.total(),
        phases=clock.phases(),
    )


def _emptied(before: Before, sources: dict[str, Any], unsettled: Sequence[str]) -> bool:
    """Whether an index of these very folders is there: then what has been removed from them is quoted no more."""
    return (
        before.store is not None
        and before.store.manifest.sources["roots"] == sources["roots"]
        and not unsettled
    )


def _remembered(before: Before) -> tuple[Before, Memory | None]:
    """What the build before remembered; where that is lost, everything is read again."""
    if before.store is None or before.anew is not None:
        return before, None
    from qa.ingest.memory import Memory

    try:
        memory = Memory.load(before.store.file(MEMORY))
    except ValueError as error:
        return replace(before, anew=f"what the index before was read from is not known ({error})"), None
    speaking = {one.reading.article_id for at, one in enumerate(memory.placed) if one.speaker == at}
    if speaking != before.store.digests().keys():
        return replace(before, anew="what the index before was read from is not what it holds"), None
    return before, memory


def _stored_text(before: Before) -> Callable[[str], str | None]:
    def text(article_id: str) -> str | None:
        try:
            return before.store.article(article_id).text if before.store else None
        except NotFound:
            return None

    return text


class Phases:
    """Passes progress on, and adds up the seconds of each phase."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._began = progress, time.perf_counter()
        self._seconds: dict[str, float] = {}
        self._phase, self._since = "", self._began

    def __call__(self, phase: str, done: int, total: int) -> None:
        if phase != self._phase:
            self._end()
            self._phase = phase
        self._progress(phase, done, total)

    def phases(self) -> dict[str, float]:
        self._end()
        return {phase: round(seconds, 3) for phase, seconds in self._seconds.items() if phase}

    def total(self) -> float:
        return round(time.perf_counter() - self._began, 3)

    def _end(self) -> None:
        now = time.perf_counter()
        self._seconds[self._phase] = self._seconds.get(self._phase, 0.0) + now - self._since
        self._since = now


def fingerprint(roots: Sequence[Path]) -> str:
    """SHA-256 over path, size and time of change of every file under `roots`, but of an index there: the same while
    nothing changed."""
    total = hashlib.sha256()
    for root in roots:
        for path, told in sorted(_files(str(root))):
            total.update(f"{path}\0{told.st_size}\0{told.st_mtime_ns}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def left_out(roots: Sequence[Path], data: str | Path | None) -> list[str]:
    """What the index in service was made of and an index of `roots` would not hold; none where nothing is indexed."""
    try:
        manifest = open_catalog(data).manifest()
    except (IndexMissing, IndexCorrupt):
        return []
    before = manifest.sources["roots"] if manifest.counts["articles"] else []
    kept = [root.resolve() for root in roots]
    return [root for root in before if not any(Path(root).is_relative_to(one) for one in kept)]


def up_to_date(roots: Sequence[Path], data: str | Path | None, settings: Settings) -> bool:
    """Whether the index in service was built from these files as they are now, with these settings."""
    try:
        manifest = open_catalog(data).manifest()
    except (IndexMissing, IndexCorrupt):
        return False
    return (
        manifest.sources["roots"] == [str(root.resolve()) for root in roots]
        and manifest.sources["fingerprint"] == fingerprint(roots)
        and manifest.settings == settings.shaping()
        and manifest.program == program()
        and manifest.encoder["name"] == settings.encoder
    )


def _files(root: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file under `root`, by its place in it. Strings: ten thousand files in 0.1 s, before every build."""
    waiting = [(root, "")]
    while waiting:
        place, above = waiting.pop()
        try:
            if not os.path.isdir(place):  # noqa: PTH112
                yield above, os.stat(place)  # noqa: PTH116
                continue
            with os.scandir(place) as scanned:
                entries = list(scanned)
        except OSError:
            continue
        if above and holds_index({entry.name for entry in entries}):
            continue
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{above}{entry.name}/"))
                else:
                    yield above + entry.name, entry.stat()
            except OSError:  # gone since it was listed, or a link to nowhere: the build says so if it matters
                continue


def _check_roots(roots: Sequence[Path], place: str | Path) -> None:
    """place: where the index is to be."""
    missing = [str(root) for root in roots if not root.exists()]
    if missing:
        raise NothingToIndex(
            f"There is no file or folder {', '.join(missing)}. Name one that holds articles.",
            afar="The folder of articles is not there any more.",
        )
    if not roots:
        raise NothingToIndex("No file or folder was named. Name one that holds articles.")
    for root in roots:
        if root.resolve() == Path(place).resolve() or (root.is_dir() and holds_index(os.listdir(root))):  # noqa: PTH208
            raise NothingToIndex(
                f"{root} is the folder of an index, and not of articles. Name the folder of the articles, and give "
                "the index one of its own with --data.",
                afar="What is to be indexed is the folder of an index, and not of articles.",
            )


def _nothing(roots: Sequence[Path], collection: Collection) -> NothingToIndex:
    named = ", ".join(str(root) for root in roots)
    return NothingToIndex(
        _why_nothing(named, collection.files_read, collection.rejected),
        afar=_why_nothing("the folder of articles", collection.files_read, collection.rejected),
        unsettled=bool(collection.unsettled),
    )


def _why_nothing(where: str, files_read: int, rejected: Sequence[Rejected]) -> str:
    if not files_read and not rejected:
        return f"There are no files in {where}. Put articles there, for example .txt files, or name another folder."
    reasons = "".join(f"\n  {r.path}: {r.reason}" for r in rejected[:_SHOWN])
    more = f"\n  … and {len(rejected) - _SHOWN} more" if len(rejected) > _SHOWN else ""
    return f"None of the {files_read} files in {where} gave an article that can be indexed.{reasons}{more}"
