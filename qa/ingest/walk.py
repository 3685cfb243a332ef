"""Folders -> the files in them, in a stable order; what is no file of the folder is named with a reason.

Links are not followed: one that leads out of the folder would index what was not given, one that leads back would
never end, and one within the folder would give a file twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.records import Rejected

MAX_FILES = (
    1_000_000  # the articles of a build are held together; a tree beyond this is not a folder of articles
)


@dataclass(frozen=True, slots=True)
class Given:
    """A file to read, and its name in the results: relative to its folder, with forward slashes."""

    file: Path
    path: str


def walk(roots: Sequence[Path]) -> Iterator[Given | Rejected]:
    """Everything under `roots`, each real file once. Hidden folders are named but not entered."""
    seen: set[str] = set()
    names: set[str] = set()
    for root in roots:
        base = root if root.is_dir() else root.parent
        for found in _under(root, base):
            if isinstance(found, Rejected):
                yield found
                continue
            real = os.path.realpath(found.file)
            if real in seen:
                continue  # given twice, by overlapping roots
            seen.add(real)
            path = found.path if found.path not in names else f"{shown(base.resolve().name)}/{found.path}"
            if path in names:
                path = f"{path}~{len(names)}"
            names.add(path)
            if len(seen) > MAX_FILES:
                yield Rejected(path, f"more than {MAX_FILES:,} files; the rest is not read")
                return
            yield Given(found.file, path)


def shown(path: str) -> str:
    """A file name as text: bytes that are no characters are written as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _under(root: Path, base: Path) -> Iterator[Given | Rejected]:
    if not os.path.lexists(root):
        yield Rejected(shown(str(root)), "there is no such file or folder")
        return
    if not root.is_dir():
        yield Given(root, shown(root.name))
        return
    refused: list[Rejected] = []

    def refuse(error: OSError) -> None:
        where = Path(str(error.filename or root))
        name = shown(where.relative_to(base).as_posix()) if where.is_relative_to(base) else shown(str(where))
        refused.append(Rejected(name, f"the folder cannot be read: {error.strerror or error}"))

    for folder, folders, files in os.walk(root, onerror=refuse):
        here = Path(folder)
        entered: list[str] = []
        for name in sorted(folders):
            path = shown((here / name).relative_to(base).as_posix())
            if (here / name).is_symlink():
                yield Rejected(path, "a link to a folder, which is not followed")
            elif name.startswith("."):
                yield Rejected(path, "a hidden folder")
            else:
                entered.append(name)
        folders[:] = entered
        for name in sorted(files):
            path = shown((here / name).relative_to(base).as_posix())
            if (here / name).is_symlink():
                yield Rejected(path, _link_reason(here / name, root))
            elif name.startswith("."):
                yield Rejected(path, "a hidden file")
            else:
                yield Given(here / name, path)
    yield from refused


def _link_reason(link: Path, root: Path) -> str:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere or to itself"
    if target.is_relative_to(root.resolve()):
        return "a link to a file in the folder, which is read under its own name"
    return "a link that leads out of the folder"
