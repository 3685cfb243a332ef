"""Back to an older generation that is still on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import IndexCorrupt, IndexMissing, NotFound
from .local import LocalStore
from .publish import current, generations, locked, point


@dataclass(frozen=True, slots=True)
class RolledBack:
    """before: the version that was in service, None where the pointer was damaged; passed_over: damaged ones."""

    before: str | None
    now: str
    passed_over: tuple[str, ...]


def rollback(data: Path, version: str | None = None) -> RolledBack:
    """Put `version` into service, by default the newest whole one older than the one that is.

    Nothing is removed: the way forward again is to name the newer version. Raises NotFound where there is no such
    version, IndexCorrupt where the named one is damaged, BuildRunning, BuildFailed where nothing can be written.
    """
    with locked(data):
        there = [folder.name for folder in generations(data)]
        serving = _serving(data)
        if version is not None and version not in there:
            raise NotFound(f"There is no index {version} in {data}. {told(there, serving)}")
        wanted = [version] if version else [name for name in there if serving is None or name < serving]
        passed_over: dict[str, str] = {}
        for name in wanted:
            try:
                LocalStore(data / "generations" / name).close()
            except IndexCorrupt as error:
                if version:
                    raise
                passed_over[name] = error.why
                continue
            point(data, name)
            return RolledBack(serving, name, tuple(passed_over))
    raise NotFound(
        f"There is no older whole index in {data} to go back to. {told(there, serving, passed_over)}"
    )


def _serving(data: Path) -> str | None:
    try:
        return current(data).name
    except (IndexMissing, IndexCorrupt):
        return None


def told(there: list[str], serving: str | None, unusable: Mapping[str, str] | None = None) -> str:
    """Which versions there are, in words. unusable: why, by version."""
    if not there:
        return "Build one with: qa index FOLDER"
    more = dict(unusable or {})
    if serving is not None:
        more[serving] = "in service"
    return "These are there: " + ", ".join(
        f"{name} ({more[name]})" if name in more else name for name in there
    )
