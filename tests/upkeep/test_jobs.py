"""Builds in the background: one at a time, with progress, cancelled or queued."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEncoder

from qa.errors import BuildFailed, BuildRunning, NotFound
from qa.index.local_catalog import LocalCatalog
from qa.index.publish import building
from qa.ports import Progress
from qa.records import BuildReport
from qa.upkeep.index import index
from qa.upkeep.jobs import Jobs

PATIENCE = 20.0


class Stepper:
    """A build that takes a step when it is told to, and ends after `steps` of them."""

    def __init__(self, tmp_path: Path, steps: int = 2) -> None:
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / "a.txt").write_text("Bread\n\nBread is made of flour.")
        self.report = index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())
        self.steps, self.at, self.begun = steps, threading.Semaphore(0), threading.Semaphore(0)
        self.error: Exception | None = None

    def __call__(self, progress: Progress) -> BuildReport:
        for step in range(self.steps):
            progress("encode", step, self.steps)
            self.begun.release()
            assert self.at.acquire(timeout=PATIENCE)
        progress("encode", self.steps, self.steps)
        if self.error:
            raise self.error
        return self.report


@pytest.fixture
def build(tmp_path: Path) -> Stepper:
    return Stepper(tmp_path)


@pytest.fixture
def jobs(build: Stepper, tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(LocalCatalog(tmp_path / "data"), build)
    yield made
    build.at.release(100)
    made.wait(PATIENCE)


def test_before_any_build_nothing_is_told(jobs: Jobs) -> None:
    now = jobs.state()
    assert (now.state, now.report, now.error, now.elsewhere) == ("idle", None, None, None)


def test_a_build_tells_how_far_it_is_and_ends_with_its_report(jobs: Jobs, build: Stepper) -> None:
    assert jobs.start().state == "running"
    build.begun.acquire()
    build.at.release()
    build.begun.acquire()
    now = jobs.state()
    assert (now.state, now.phase, now.done, now.total) == ("running", "encode", 1, 2)
    assert now.seconds_left is not None and now.seconds_left <= now.seconds  # half is done
    build.at.release()

    ended = jobs.wait(PATIENCE)

    assert (ended.state, ended.report, ended.error) == ("done", build.report, None)


def test_a_second_build_is_refused_and_told_whose_is_under_way(jobs: Jobs, build: Stepper) -> None:
    jobs.start()
    with pytest.raises(BuildRunning, match="this server"):
        jobs.start()


def test_a_build_in_another_process_is_told(jobs: Jobs, build: Stepper, tmp_path: Path) -> None:
    with building(tmp_path / "data"):
        assert "process" in str(jobs.state().elsewhere)
        with pytest.raises(BuildRunning, match="process"):
            jobs.start()
    assert jobs.state().elsewhere is None


def test_a_queued_build_waits_for_another_process(
    build: Stepper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.upkeep.jobs.RETRY_SECONDS", 0.01)
    build.steps = 0

    def locked(progress: Progress) -> BuildReport:
        with building(tmp_path / "data"):
            return build(progress)

    jobs = Jobs(LocalCatalog(tmp_path / "data"), locked)
    with building(tmp_path / "data"):
        jobs.request()
        for _ in range(2000):
            if jobs.state().state == "waiting":
                break
            threading.Event().wait(0.01)
        now = jobs.state()
        assert (now.state, "process" in str(now.elsewhere)) == ("waiting", True)
    assert jobs.wait(PATIENCE).state == "done"


def test_a_build_that_is_asked_for_during_another_follows_it_once(jobs: Jobs, build: Stepper) -> None:
    jobs.request()
    build.begun.acquire()
    assert jobs.request().queued
    assert jobs.request().queued
    build.at.release(100)

    assert jobs.wait().state == "done"

    assert build.begun._value == 3  # two steps of two builds, one of which was waited for


def test_a_cancelled_build_publishes_nothing_and_the_next_may_begin(jobs: Jobs, build: Stepper) -> None:
    jobs.start()
    build.begun.acquire()
    assert jobs.cancel().state == "cancelling"
    build.at.release()
    ended = jobs.wait(PATIENCE)
    assert (ended.state, ended.report) == ("cancelled", None)
    build.at.release(10)
    jobs.start()
    assert jobs.wait(PATIENCE).state == "done"


def test_when_the_process_ends_a_build_has_ended_before(jobs: Jobs, build: Stepper) -> None:
    jobs.end(PATIENCE)  # nothing is under way
    jobs.start()
    assert build.begun.acquire(timeout=PATIENCE)
    jobs.request()
    ending = threading.Thread(target=jobs.end, args=[PATIENCE])
    ending.start()
    until = time.monotonic() + PATIENCE
    while jobs.state().state != "cancelling" and time.monotonic() < until:
        time.sleep(0.001)
    build.at.release()
    ending.join(PATIENCE)
    assert jobs.state().state == "cancelled"
    assert not any(thread.name == "build" for thread in threading.enumerate())


def test_there_is_nothing_to_cancel_when_nothing_is_built(jobs: Jobs) -> None:
    with pytest.raises(NotFound):
        jobs.cancel()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BuildFailed("The disk is full."), "The disk is full."),
        (BuildFailed("/srv/data is full.", afar="The disk is full."), "The disk is full."),
        (RuntimeError("a bug"), "unexpected"),
    ],
)
def test_a_failed_build_says_why_and_keeps_the_last_report(
    jobs: Jobs, build: Stepper, error: Exception, said: str
) -> None:
    build.at.release(100)
    jobs.start()
    jobs.wait(PATIENCE)
    build.error = error

    jobs.start()
    ended = jobs.wait(PATIENCE)

    assert (ended.state, ended.report) == ("failed", build.report)
    assert said in str(ended.error)


def test_a_real_build_that_is_cancelled_leaves_the_index_before(tmp_path: Path, build: Stepper) -> None:
    data, folder = tmp_path / "data", tmp_path / "in"
    (folder / "b.txt").write_text("Ferry\n\nThe ferry crosses the river.")
    jobs: Jobs

    def cancelled(progress: Progress) -> BuildReport:
        def report(phase: str, done: int, total: int) -> None:
            if phase == "lexical":
                jobs.cancel()
            progress(phase, done, total)

        return index([folder], data, encoder=WordEncoder(), progress=report)

    jobs = Jobs(LocalCatalog(data), cancelled)
    jobs.start()
    assert jobs.wait(PATIENCE).state == "cancelled"
    assert (data / "CURRENT").read_text().strip() == build.report.version
    assert [f.name for f in (data / "generations").iterdir()] == [build.report.version]
    assert index([folder], data, encoder=WordEncoder()).articles == 2
