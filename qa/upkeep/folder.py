"""The folder that an index was made of: taking articles in, and out again."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from qa.errors import BadRequest, BuildFailed, IndexCorrupt, IndexMissing, NotFound, QAError, Unprocessable
from qa.index.catalog import open_catalog
from qa.ingest.formats import FORMATS
from qa.ingest.original import MEMORY
from qa.records import Rejected

if TYPE_CHECKING:
    from qa.ingest.memory import Memory

MAX_FILE_BYTES = 64 * 2**20  # as much as is read of the largest single article, a PDF
_NAME_CHARS = 60
_ASIDE = ".taking-in-"
_LEFT_SECONDS = 3600.0  # after which a file that is being taken in was left by a process that was killed


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was taken in. given: what its sender called it; file: what it is called in the folder."""

    given: str
    file: str


def roots_of(data: str | Path | None = None) -> list[Path]:
    """What the index in service was made of. Raises IndexMissing, IndexCorrupt."""
    return [Path(root) for root in open_catalog(data).manifest().sources["roots"]]


def fields_of(data: str | Path | None = None) -> str:
    """How the index in service was told that records name their parts; empty where nothing is indexed yet."""
    try:
        return str(open_catalog(data).manifest().settings.get("fields", ""))
    except (IndexMissing, IndexCorrupt):
        return ""


def folder_of(roots: list[Path]) -> Path:
    """Where new articles go. Raises BadRequest where the index was made of single files."""
    folder = next((root for root in roots if root.is_dir()), None)
    if folder is None:
        raise BadRequest("The index was not made of a folder, so there is none to put articles into.")
    return folder


def take_all_in(
    folder: Path, files: Iterable[tuple[str, IO[bytes]]], fields: str = ""
) -> list[Stored | Rejected]:
    """What became of each file, as `take_in` does it. What a killed process left is looked for once: to look through a
    folder of 10,000 files takes four times as long as to take one in."""
    _sweep(folder)
    return [take_in(folder, given, content, fields) for given, content in files]


def take_in(folder: Path, given: str, content: IO[bytes], fields: str = "") -> Stored | Rejected:
    """Store a file under a name of our own, if it can be read as articles. Raises BuildFailed where it cannot be
    written.

    given: what the sender called it; only letters, digits and its ending are taken from that, never a path. The same
    content is stored once, under the same name. fields: what records call their parts, see Settings.
    """
    from qa.ingest.collect import collect  # a second to import, for nothing until something is sent
    from qa.ingest.fields import Fields

    shown = _shown(given)
    ending = re.search(r"\.[A-Za-z]+$", shown)
    suffix = ending.group().lower() if ending else ""
    if suffix not in FORMATS.split():
        return Rejected(shown, f"a kind of file that is not read; these are: {FORMATS}")
    try:
        with _aside(folder, suffix) as (file, stream):
            digest, size = hashlib.sha256(), 0
            while block := content.read(1 << 20):
                size += len(block)
                if size > MAX_FILE_BYTES:
                    return Rejected(shown, f"more than {MAX_FILE_BYTES // 2**20} MiB. Split it")
                digest.update(block)
                stream.write(block)
            stream.flush()
            os.fsync(stream.fileno())
            stream.close()
            read = collect([file], fields=Fields.parsed(fields) if fields else None)
            if not read.articles:
                return Rejected(shown, "; ".join(dict.fromkeys(r.reason for r in read.rejected)))
            name = f"{_slug(shown)}-{digest.hexdigest()[:12]}{suffix}"
            file.replace(folder / name)
    except OSError as error:
        raise BuildFailed(
            f"{shown} could not be stored in {folder}: {error}. Make room or make the folder writable.",
            afar=f"{shown} could not be stored: {error.strerror or type(error).__name__}. The server's log says where.",
        ) from error
    return Stored(shown, name)


def take_out(data: str | Path | None, article_id: str) -> list[str]:
    """Remove the files of an article and of its copies; their names. Raises NotFound, Unprocessable, BuildFailed."""
    from qa.ingest.memory import Memory

    opened = open_catalog(data).open_whole().store
    try:
        article = opened.article(article_id)
        roots = [Path(root) for root in opened.manifest.sources["roots"]]
        try:
            memory = Memory.load(opened.file(MEMORY))
        except ValueError as error:
            raise QAError(
                f"Which files the index was made of is not known ({error}). Index again.",
                afar="Which files the index was made of is not known. Index again.",
            ) from error
    finally:
        opened.close()
    paths = (article.path, *article.also_in)
    files = [_file_of(memory, path, roots) for path in paths]
    try:
        for file in files:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise BuildFailed(
            f"{file} could not be removed: {error}.",
            afar=f"{file.name} could not be removed: {error.strerror or type(error).__name__}.",
        ) from error
    return list(paths)


def _file_of(memory: Memory, path: str, roots: list[Path]) -> Path:
    found = memory.real_file(path)
    if found is None:
        raise NotFound(f"The file of {path!r} is not known. Index again, then remove it.")
    file, articles = found
    if articles > 1:
        raise Unprocessable(
            f"{path!r} stands in a file with {articles - 1} other articles. Edit {file.name}."
        )
    if not any(file.is_relative_to(root) for root in roots):
        raise Unprocessable(f"{path!r} lies outside the folders that are indexed; it is not removed.")
    return file


def _sweep(folder: Path) -> None:
    """Remove what was being taken in when a process was killed."""
    for left in folder.glob(f"{_ASIDE}*"):
        with suppress(OSError):  # another process was faster
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                left.unlink()


@contextmanager
def _aside(folder: Path, suffix: str) -> Iterator[tuple[Path, BinaryIO]]:
    """A hidden file, which no build reads; it goes at the end unless it was given another name."""
    file = folder / f"{_ASIDE}{secrets.token_hex(8)}{suffix}"
    try:
        with file.open("xb") as stream:
            yield file, stream
    finally:
        file.unlink(missing_ok=True)


def _shown(given: str) -> str:
    """The last part of a name, whichever system it is from, on one line."""
    name = re.split(r"[/\\]", given)[-1]
    return "".join(char if char.isprintable() else " " for char in name)[-200:].strip() or "unnamed"


def _slug(name: str) -> str:
    """Letters and digits of a name, in ASCII: no system has a use of its own for those."""
    plain = unicodedata.normalize("NFKD", Path(name).stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain)[:_NAME_CHARS].strip("-").lower() or "article"
