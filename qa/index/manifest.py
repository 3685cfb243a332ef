"""The manifest: what a generation is made of, readable by a person, checked before anything is served."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import IndexCorrupt

FORMAT = 7  # raised when a file's layout changes; an index of another format is built again, not guessed at
NAME = "manifest.json"
_THREADS = min(4, os.cpu_count() or 1)  # of hashing: more than a disk can feed help nobody


@dataclass(frozen=True, slots=True)
class Manifest:
    """version is derived from everything else here, so a changed manifest no longer matches its own name."""

    version: str
    format: int
    created_at: str  # ISO 8601, UTC, to the microsecond
    encoder: dict[str, Any]  # name, checksum, dimension, and the number formats that vectors were made in
    settings: dict[str, Any]  # those that shape the index
    program: str  # SHA-256 over the code that reads, cuts and indexes: what other code made is made again
    content: str  # SHA-256 over articles, settings and encoder: equal content needs no new build
    sources: dict[str, Any]  # roots and their fingerprint, as they were when read
    counts: dict[str, int]  # articles, passages
    report: dict[str, Any]  # files read, duplicates, rejected ...
    files: dict[str, dict[str, Any]]  # relative path -> sha256, bytes

    def save(self, folder: Path) -> None:
        (folder / NAME).write_text(self.text() + "\n", encoding="utf-8")

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=2, sort_keys=True)

    @classmethod
    def make(cls, **fields: Any) -> Manifest:
        """The manifest of these fields (all but version), under the version that follows from them."""
        return cls(version=_version(fields), **fields)

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Raises IndexCorrupt where the file is missing, unreadable, of another format, or altered."""
        file = folder / NAME
        try:
            return cls.parsed(file.read_bytes(), file)
        except FileNotFoundError:
            raise IndexCorrupt(file, "it is missing") from None
        except OSError as error:
            raise IndexCorrupt(file, f"it cannot be read ({error})") from error

    @classmethod
    def parsed(cls, text: bytes | str, file: Path | str) -> Manifest:
        """file: where it is from, for messages. Raises IndexCorrupt as `load` does."""
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise IndexCorrupt(file, f"it cannot be read ({error})") from error
        if not isinstance(fields, dict) or "format" not in fields:
            raise IndexCorrupt(file, "it is not a manifest")
        if fields["format"] != FORMAT:
            raise IndexCorrupt(
                file, f"it has format {fields['format']}, and this program reads format {FORMAT}"
            )
        version = fields.pop("version", None)
        if set(fields) != set(cls.__dataclass_fields__) - {"version"} or version != _version(fields):
            raise IndexCorrupt(file, "its content does not match the version that it names")
        return cls(version=version, **fields)

    @property
    def mib(self) -> float:
        """What all files take together."""
        return float(sum(told["bytes"] for told in self.files.values()) / 2**20)

    def check_files(self, folder: Path, *, threads: int = _THREADS, content: bool = True) -> None:
        """Raises IndexCorrupt, naming the first file that is missing, of another size, or, with `content`, altered."""
        names = sorted(self.files)
        with ThreadPoolExecutor(threads) as pool:
            for damage in pool.map(lambda name: _damage(folder / name, self.files[name], content), names):
                if damage:
                    raise damage


def _damage(file: Path, expected: dict[str, Any], content: bool) -> IndexCorrupt | None:
    try:
        size = file.stat().st_size
        if size != expected["bytes"]:
            return IndexCorrupt(file, f"it has {size} bytes, and its manifest says {expected['bytes']}")
        if content and describe(file)["sha256"] != expected["sha256"]:
            return IndexCorrupt(file, "its SHA-256 is not the one in its manifest")
    except FileNotFoundError:
        return IndexCorrupt(file, "it is missing")
    except OSError as error:
        return IndexCorrupt(file, f"it cannot be read ({error})")
    return None


def describe(file: Path) -> dict[str, Any]:
    """A file's SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
    return {"sha256": digest.hexdigest(), "bytes": size}


def describe_all(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file below `folder` that carries content: all but locks and the manifest itself."""
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".lock" and file.name != NAME
    ]
    with ThreadPoolExecutor(_THREADS) as pool:  # hashing leaves the interpreter free
        described = pool.map(describe, files)
        return {
            file.relative_to(folder).as_posix(): told for file, told in zip(files, described, strict=True)
        }


def _version(fields: dict[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    # To the microsecond, so that versions sort by age however quickly they follow each other.
    stamp = "".join(c for c in str(fields["created_at"])[:26] if c.isdigit() or c == "T")
    return f"{stamp}-{digest[:12]}"
