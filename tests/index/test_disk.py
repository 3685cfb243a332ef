"""A disk that is full or may not be written: said clearly, and the index before goes on serving."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder
from unprivileged import place_for_all, unprivileged

from qa import Engine
from qa.errors import BuildFailed
from qa.index.check import check
from qa.index.publish import current, locked
from qa.upkeep.index import index


@contextmanager
def _no_file_larger_than(size: int) -> Iterator[None]:
    """What a full disk does: a write fails half way. Python turns the signal of it into an OSError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder, draw = tmp_path / "in", random.Random(4)
    folder.mkdir()
    for number in range(30):
        words = ["".join(draw.choices("abcdefgh", k=6)) for _ in range(120)]
        (folder / f"{number}.txt").write_text(f"Number {number}\n\n{' '.join(words)}.")
    return folder


def test_wherever_the_disk_is_full_it_is_said_and_the_index_before_serves(
    articles: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    before = index([articles], data, encoder=WordEncoder())
    largest = max(told["bytes"] for told in _manifest_files(data).values())
    failed = 0
    for size in (0, 50, 200, 1_000, 3_000, 5_000, 8_000, 12_000, 20_000, 40_000, largest - 1):
        (articles / "new.txt").write_text(f"News\n\nThere is news of number {size}, and that is all.")
        try:
            with _no_file_larger_than(size):
                before = index([articles], data, encoder=WordEncoder())
        except BuildFailed as error:
            failed += 1
            assert str(data) in str(error)
            assert "Make room" in str(error)
        assert current(data).name == before.version
        assert check(data).problems == ()
        assert list((data / "generations").glob(".*")) == []
    assert failed >= 8
    assert index([articles], data, encoder=WordEncoder()).published


def test_a_first_build_that_finds_the_disk_full_leaves_nothing_half(articles: Path, tmp_path: Path) -> None:
    index([articles], tmp_path / "whole", encoder=WordEncoder())
    largest = {name: told["bytes"] for name, told in _manifest_files(tmp_path / "whole").items()}
    for name, size in largest.items():
        data = tmp_path / f"data-{name.replace('/', '-')}"
        with pytest.raises(BuildFailed, match="Make room"), _no_file_larger_than(size - 1):
            index([articles], data, encoder=WordEncoder())
        assert not (data / "CURRENT").exists()
        assert list((data / "generations").iterdir()) == []


def _manifest_files(data: Path) -> dict[str, dict[str, int]]:
    from qa.index.manifest import Manifest

    return Manifest.load(current(data)).files


def test_a_folder_that_may_not_be_written_is_said_and_its_index_serves(articles: Path) -> None:
    with place_for_all() as place:
        data = place / "data"
        before = index([articles], data, encoder=WordEncoder())
        news = place / "in"
        news.mkdir()
        (news / "new.txt").write_text("News\n\nThere is news.")
        modes = {folder: folder.stat().st_mode for folder in (data, *data.rglob("*")) if folder.is_dir()}
        for folder in modes:
            folder.chmod(0o555)
        try:
            with unprivileged():
                with pytest.raises(BuildFailed, match="make the folder writable"):
                    index([news], data, encoder=WordEncoder())
                assert check(data).version == before.version
                assert check(data).problems == ()
                engine = Engine.open(data, encoder=WordEncoder(), reader=PhraseReader("Number 3"))
                assert engine.ask("Which is number 3?").index_version == before.version
        finally:
            for folder, mode in modes.items():
                folder.chmod(mode)
        assert index([news], data, encoder=WordEncoder()).articles == 1


def test_the_lock_says_the_same_where_its_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(BuildFailed, match="could not be written"), locked(tmp_path / "data"):
        pass
