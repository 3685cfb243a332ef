"""Where the index in service is damaged, the newest whole one answers, and why is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import ARTICLES, PhraseReader, WordEncoder, article

from qa import Engine
from qa.errors import IndexCorrupt, IndexMissing
from qa.index.build import Built
from qa.index.manifest import Manifest
from qa.index.opening import open_current, open_whole
from qa.index.publish import current, generations

Build = Callable[..., Built]


@pytest.fixture
def versions(build_index: Build) -> list[str]:
    """Three published versions, the oldest first."""
    return [build_index([*ARTICLES, article(f"Day {day}. It rained.")]).manifest.version for day in range(3)]


def test_a_whole_index_is_opened_without_a_warning(versions: list[str], tmp_path: Path) -> None:
    opened = open_whole(tmp_path)
    assert (opened.store.version, opened.warning) == (versions[-1], None)


@pytest.mark.parametrize("harm", ["cut", "flip", "gone", "manifest", "folder"])
def test_the_newest_whole_index_stands_in_for_a_damaged_one(
    versions: list[str], tmp_path: Path, harm: str
) -> None:
    _harm(current(tmp_path), harm)
    _harm(tmp_path / "generations" / versions[1], "cut")

    opened = open_whole(tmp_path)

    assert opened.store.version == versions[0]
    assert opened.warning is not None
    assert versions[-1] in opened.warning  # the file that is damaged
    assert versions[0] in opened.warning  # what answers until then
    with pytest.raises(IndexCorrupt):
        open_current(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"../..", b"\xff", b"20200101T000000-abc"])
def test_a_damaged_or_missing_pointer_does_not_stop_the_service(
    versions: list[str], tmp_path: Path, content: bytes | None
) -> None:
    if content is None:
        (tmp_path / "CURRENT").unlink()
    else:
        (tmp_path / "CURRENT").write_bytes(content)

    opened = open_whole(tmp_path)

    assert opened.store.version == versions[-1]
    assert "CURRENT" in str(opened.warning)


def test_where_nothing_is_whole_the_damage_of_the_one_in_service_is_said(
    versions: list[str], tmp_path: Path
) -> None:
    for folder in generations(tmp_path):
        _harm(folder, "gone")
    with pytest.raises(IndexCorrupt, match=versions[-1]):
        open_whole(tmp_path)


def test_where_nothing_was_published_nothing_is_there(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        open_whole(tmp_path)


def test_a_generation_removed_while_it_is_opened_is_opened_in_its_newer_state(
    build_index: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index()
    check = Manifest.check_files

    def published_meanwhile(self: Manifest, folder: Path) -> None:
        monkeypatch.setattr(Manifest, "check_files", check)
        newer = build_index(ARTICLES[:2]).manifest.version
        (folder / "store.sqlite").unlink()
        assert newer != self.version
        check(self, folder)

    monkeypatch.setattr(Manifest, "check_files", published_meanwhile)
    assert open_current(tmp_path).manifest.counts["articles"] == 2


def test_an_engine_says_why_another_index_answers_until_a_whole_one_is_published(
    versions: list[str], build_index: Build, tmp_path: Path
) -> None:
    _harm(current(tmp_path), "flip")
    engine = Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader("opened"))
    assert (engine.version, engine.pinned().version) == (versions[1], versions[1])
    assert versions[-1] in str(engine.warning)
    assert engine.ask("What opened?").index_version == versions[1]

    after = build_index().manifest.version

    assert engine.refresh() is True
    assert (engine.version, engine.warning) == (after, None)


def test_a_damaged_new_index_is_told_once_and_the_warning_stays(
    versions: list[str], build_index: Build, tmp_path: Path
) -> None:
    engine = Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader("opened"))
    damaged = build_index().manifest.version
    _harm(current(tmp_path), "flip")

    with pytest.raises(IndexCorrupt, match=damaged):
        engine.refresh()

    assert engine.refresh() is False
    assert (engine.version, engine.pinned().version) == (versions[-1], versions[-1])
    assert damaged in str(engine.warning)


def test_a_pinned_engine_keeps_its_index(build_index: Build, tmp_path: Path) -> None:
    first = build_index().manifest.version
    engine = Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader("opened"))
    pinned = engine.pinned()
    second = build_index(ARTICLES[:2]).manifest.version
    assert engine.refresh()
    assert (pinned.version, engine.version) == (first, second)
    assert len(pinned.articles()) == 3


def _harm(folder: Path, how: str) -> None:
    file = folder / "vectors" / "rows.npy"
    if how == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    elif how == "flip":
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    elif how == "gone":
        file.unlink()
    elif how == "manifest":
        (folder / "manifest.json").write_text("{}")
    else:
        folder.rename(folder.with_name(f".{folder.name}"))
