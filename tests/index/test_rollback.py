"""Back to an older generation, and forward again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest
from fakes import ARTICLES, PhraseReader, WordEncoder, article

from qa import Engine, Settings
from qa.errors import BuildRunning, IndexCorrupt, NotFound
from qa.index.delta import Built
from qa.index.publish import building, current, generations
from qa.index.rollback import rollback

Build = Callable[..., Built]


@pytest.fixture
def versions(build_index: Build) -> list[str]:
    """Three published versions, the oldest first."""
    return [build_index([*ARTICLES, article(f"Day {day}. It rained.")]).manifest.version for day in range(3)]


def test_it_goes_back_one_by_one_and_forward_by_name(versions: list[str], tmp_path: Path) -> None:
    engine = Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader("rained"))
    for before, now in ((versions[2], versions[1]), (versions[1], versions[0])):
        done = rollback(tmp_path)
        assert (done.before, done.now, done.passed_over) == (before, now, ())
        assert engine.refresh()
        assert engine.ask("Did it rain?").index_version == now == current(tmp_path).name
    with pytest.raises(NotFound, match=rf"(?s)no older whole index.*{versions[2]}"):
        rollback(tmp_path)
    assert current(tmp_path).name == versions[0]
    assert rollback(tmp_path, versions[2]).now == current(tmp_path).name == versions[2]


def test_a_damaged_one_is_passed_over(versions: list[str], tmp_path: Path) -> None:
    (tmp_path / "generations" / versions[1] / "store.sqlite").write_bytes(b"")
    done = rollback(tmp_path)
    assert (done.now, done.passed_over) == (versions[0], (versions[1],))


def test_where_there_is_no_way_back_it_is_told_what_is_wrong_with_each(
    versions: list[str], tmp_path: Path
) -> None:
    """Such as an index of another format, which the version that made it can go back to."""
    for name in versions[:2]:
        file = tmp_path / "generations" / name / "manifest.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 3}))
    with pytest.raises(NotFound) as told:
        rollback(tmp_path)
    for name in versions[:2]:
        assert f"{name} (it has format 3, and this program reads format" in str(told.value)
    assert f"{versions[2]} (in service)" in str(told.value)


def test_a_damaged_one_is_not_put_into_service_even_by_name(versions: list[str], tmp_path: Path) -> None:
    (tmp_path / "generations" / versions[1] / "store.sqlite").write_bytes(b"")
    with pytest.raises(IndexCorrupt):
        rollback(tmp_path, versions[1])
    assert current(tmp_path).name == versions[2]


def test_with_a_damaged_pointer_it_goes_to_the_newest(versions: list[str], tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("nothing")
    done = rollback(tmp_path)
    assert (done.before, done.now) == (None, versions[2])


@pytest.mark.parametrize("name", ["20200101T000000-abc", "../generations", "", "."])
def test_an_unknown_version_is_refused(versions: list[str], tmp_path: Path, name: str) -> None:
    if name:
        with pytest.raises(NotFound, match="There is no index"):
            rollback(tmp_path, name)
    assert current(tmp_path).name == versions[2]


def test_it_waits_for_no_build(versions: list[str], tmp_path: Path) -> None:
    with building(tmp_path), pytest.raises(BuildRunning):
        rollback(tmp_path)


def test_the_next_build_starts_from_where_it_went_back_to_and_keeps_what_is_newer(
    versions: list[str], build_index: Build, tmp_path: Path
) -> None:
    rollback(tmp_path)
    encoder = WordEncoder()
    built = build_index(
        [*ARTICLES, article("Day 1. It rained."), article("A fourth day. It was dry.")],
        encoder=encoder,
        settings=Settings(keep_generations=4),
    )
    assert sorted(encoder.encoded) == ["A fourth day.", "It was dry."]
    assert {folder.name for folder in generations(tmp_path)} == {*versions, built.manifest.version}


def test_the_way_back_is_found_after_the_clock_was_set_back(
    build_index: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_index([*ARTICLES]).manifest.version

    class Yesterday(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(days=1)

    monkeypatch.setattr("qa.index.delta.datetime", Yesterday)
    second = build_index([*ARTICLES, article("It rained.")]).manifest.version
    assert [folder.name for folder in generations(tmp_path)] == [second, first]
    assert rollback(tmp_path).now == first
