"""Where the index in service is damaged, the newest whole one answers, and why is said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import ARTICLES, PhraseReader, WordEncoder, article

from qa import Engine
from qa.errors import IndexCorrupt, IndexMissing
from qa.index.before import look_back
from qa.index.delta import Built
from qa.index.local import LocalStore
from qa.index.manifest import Manifest
from qa.index.opening import open_current, open_whole
from qa.index.publish import current, generations
from qa.settings import Settings

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

    def published_meanwhile(self: Manifest, folder: Path, **options: bool) -> None:
        monkeypatch.setattr(Manifest, "check_files", check)
        newer = build_index(ARTICLES[:2]).manifest.version
        (folder / "store.sqlite").unlink()
        assert newer != self.version
        check(self, folder, **options)

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


@pytest.mark.parametrize("older", [True, False], ids=["with an older index", "with none"])
def test_what_is_too_large_to_compare_at_once_is_compared_while_it_answers(
    build_index: Build, tmp_path: Path, caplog: pytest.LogCaptureFixture, older: bool
) -> None:
    before = build_index(ARTICLES[:2]).manifest.version if older else None
    damaged = build_index().manifest.version
    _harm(current(tmp_path), "flip")
    large = Settings(checked_mib=0)
    with _comparing_waits() as go_on:
        engine = Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader("opened"), settings=large)
        assert (engine.version, engine.warning) == (damaged, None)
        assert engine.ask("Who opened the bakery?").index_version == damaged
        go_on()
    assert engine.version == (before or damaged)
    assert "rows.npy" in (engine.warning or "")
    assert (before or "No other index is whole") in (engine.warning or "")
    assert engine.ask("Who opened the bakery?").index_version == engine.version
    assert [record.getMessage() for record in caplog.records] == [engine.warning]


def test_a_large_index_that_is_whole_answers_on_and_a_cut_one_is_found_at_once(
    build_index: Build, tmp_path: Path
) -> None:
    built, large = build_index().manifest.version, Settings(checked_mib=0)
    with _comparing_waits() as go_on:
        engine = Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader("opened"), settings=large)
        go_on()
    assert (engine.version, engine.warning) == (built, None)
    _harm(current(tmp_path), "cut")
    with pytest.raises(IndexCorrupt, match="bytes"):
        Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader("opened"), settings=large)


def test_what_builds_upon_a_large_index_compares_it_first(build_index: Build, tmp_path: Path) -> None:
    large = Settings(checked_mib=0)
    build_index(settings=large)
    _harm(current(tmp_path), "flip")
    before = look_back(tmp_path, WordEncoder(), large)
    assert (before.store, "no index before is whole" in (before.anew or "")) == (None, True)


@contextmanager
def _comparing_waits() -> Iterator[Callable[[], None]]:
    """Checksums are compared only from when the given function is called, and have been when that returns."""
    begun, compare = threading.Event(), LocalStore.check_files

    def waiting(store: LocalStore) -> None:
        assert begun.wait(60)
        compare(store)

    def go_on() -> None:
        begun.set()
        for thread in threading.enumerate():
            if thread.name == "checksums":
                thread.join()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalStore, "check_files", waiting)
        yield go_on


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
