"""A small index that says another number of ships each day, and an engine over it."""

from __future__ import annotations

from pathlib import Path

from fakes import PhraseReader, WordEncoder

from qa import Engine, Settings
from qa.records import BuildReport
from qa.upkeep.index import index

ENCODER = WordEncoder()


def write(folder: Path, day: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "weather.txt").write_text(
        f"Weather report\n\nThe harbour saw {day} ships on the day. It was calm."
    )
    (folder / "bread.txt").write_text("Baking for beginners\n\nBread is made of flour. Some people add salt.")
    return folder


def index_of(tmp_path: Path, day: int = 1, settings: Settings | None = None) -> BuildReport:
    return index([write(tmp_path / "in", day)], tmp_path / "data", encoder=ENCODER, settings=settings)


def opened(tmp_path: Path, phrase: str = "ships on the day") -> Engine:
    return Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader(phrase))
