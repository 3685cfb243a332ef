"""The generations in a folder on this computer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..ports import Encoder
from ..settings import Settings
from . import opening, publish, rollback
from .before import Before, look_back
from .build import build
from .check import Checked, check
from .delta import Built
from .generation import Generation, Opened
from .local import LocalStore
from .manifest import Manifest
from .plan import Plan


@dataclass(frozen=True, slots=True)
class LocalBuilding:
    """aside: an empty folder, which is renamed when the index in it is whole."""

    data: Path
    aside: Path

    def look_back(self, encoder: Encoder, settings: Settings) -> Before:
        return look_back(self.data, encoder, settings)

    def write(self, plan: Plan) -> Built:
        return build(self.data, self.aside, plan)


@dataclass(frozen=True, slots=True)
class LocalCatalog:
    """data: the folder; it need not be there yet."""

    data: Path

    @property
    def name(self) -> Path:
        return self.data

    def pointer(self) -> bytes | None:
        return publish.pointed_at(self.data)

    def reach(self) -> None:
        """Files that are open stay readable."""

    def manifest(self) -> Manifest:
        return Manifest.load(publish.current(self.data))

    def open(self, settings: Settings | None = None, *, later: bool = False) -> LocalStore:
        return opening.open_current(self.data, settings, later=later)

    def open_whole(self, settings: Settings | None = None, *, later: bool = False) -> Opened:
        return opening.open_whole(self.data, settings, later=later)

    def compare_later(
        self, store: Generation, settings: Settings, damaged: Callable[[Generation, Opened], None]
    ) -> None:
        if isinstance(store, LocalStore):
            opening.compare_later(store, self.data, settings, damaged)

    @contextmanager
    def building(self) -> Iterator[LocalBuilding]:
        with publish.building(self.data) as aside:
            yield LocalBuilding(self.data, aside)

    def who_builds(self) -> str | None:
        return publish.who_builds(self.data)

    def mib(self) -> float:
        return sum(Manifest.load(folder).mib for folder in publish.generations(self.data))

    def check(self, encoder: Encoder | None = None) -> Checked:
        return check(self.data, encoder)

    def rollback(self, version: str | None = None) -> rollback.RolledBack:
        return rollback.rollback(self.data, version)
