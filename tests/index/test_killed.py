"""A build is killed at many points: a whole index serves each time, and the next build succeeds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder

from qa import Engine
from qa.index.check import check
from qa.index.publish import current
from qa.upkeep.index import index

POINTS = 60
Run = Callable[[int], tuple[int, list[str]]]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("bread", "ferry", "tram"):
        (folder / f"{name}.txt").write_text(
            f"The {name}\n\nNobody had seen a {name} before. It was new to them."
        )
    return folder


@pytest.fixture
def run(articles: Path, tmp_path: Path) -> Iterator[Run]:
    """run(point) -> the exit status of a build that is killed before its event number `point`, and the events."""
    command = [sys.executable, str(Path(__file__).with_name("killable.py"))]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, Path(__file__).parents[1:3])),
        "OMP_NUM_THREADS": "1",
    }
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        taking, telling = child.stdin, child.stdout
        assert taking is not None and telling is not None

        def ask(point: int) -> tuple[int, list[str]]:
            print(articles, tmp_path / "data", point, file=taking, flush=True)
            status, passed = json.loads(telling.readline())
            return status, passed

        yield ask
        taking.close()


def _day(articles: Path, day: int) -> None:
    (articles / "weather.txt").write_text(
        f"Weather report\n\nThe harbour saw {day} ships on the day. It was calm."
    )


def test_wherever_a_build_is_killed_a_whole_index_serves_and_the_next_build_succeeds(
    articles: Path, tmp_path: Path, run: Run
) -> None:
    data, encoder = tmp_path / "data", WordEncoder()
    _day(articles, 1000)
    index([articles], data, encoder=encoder)
    _day(articles, 1001)
    status, events = run(-1)
    assert status == 0
    renames = [at for at, name in enumerate(events) if name == "os.rename"]
    assert len(renames) >= 2  # of the generation, and of the pointer: each comes right after its fsync
    after = {at + 1 for at in renames}
    points = sorted({*renames, *after, *range(0, len(events), max(1, len(events) // POINTS))})
    engine = Engine.open(data, encoder=encoder, reader=PhraseReader("ships on the day"))
    day_of = {engine.version: 1001}
    killed = finished = 0
    for point in points:
        day = point
        before = current(data).name
        _day(articles, day)

        status, _ = run(point)

        assert status in (-signal.SIGKILL, 0), point
        killed += status == -signal.SIGKILL
        now = current(data).name
        if now != before:
            day_of[now] = day
            finished += 1
        engine.refresh()
        answer = engine.ask("Which ships came?")
        assert answer.index_version == now
        assert f" {day_of[now]} ships" in answer.citations[0].sentence
        assert check(data, encoder).problems == ()
        report = index([articles], data, encoder=encoder)
        day_of[report.version] = day
        assert report.anew is None
        assert list((data / "generations").glob(".*")) == []
        assert check(data).version == report.version
    assert killed >= 50
    assert 0 < finished < killed  # on both sides of the publication


def test_the_first_build_of_all_may_be_killed_anywhere_too(articles: Path, tmp_path: Path, run: Run) -> None:
    for point in (0, 5, 20, 40, 60, 70, 80, 90):
        run(point)
        report = index([articles], tmp_path / "data", encoder=WordEncoder())
        assert report.articles == 3
        assert check(tmp_path / "data", WordEncoder()).problems == ()
        for file in sorted((tmp_path / "data").rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
