"""Files read by several processes give what one gives, whatever happens to a process."""

from __future__ import annotations

import random
import threading
from datetime import date
from pathlib import Path

import pytest
from fakes import WordEncoder
from hypothesis import given
from hypothesis import strategies as st
from ingest.ending import deaths_of, ending
from ingest.making import FORMATS, damaged

from qa.index.catalog import open_catalog
from qa.ingest import apart, side_by_side
from qa.ingest.collect import Collection, collect
from qa.ingest.side_by_side import in_order, worth_starting
from qa.upkeep.index import index

TODAY = date(2026, 11, 29)
TEXT = "The ferry crosses the river at night. It carries people and letters across."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of every format, whole and damaged, with copies among them."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, (suffix, make) in enumerate(sorted(FORMATS.items())):
        data = make(random.Random(number))
        (folder / f"{number}{suffix}").write_bytes(data)
        (folder / f"copy{number}{suffix}").write_bytes(data)
        (folder / f"broken{number}{suffix}").write_bytes(damaged(data, random.Random(number)))
    return folder


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "FILES_A_WORKER", 1)


def _whole(collection: Collection) -> tuple[object, ...]:
    memory = collection.memory
    remembered = [(file.path, file.sha256, file.found) for file in memory.files.values()]
    return collection, remembered, memory.placed


def test_any_number_of_workers_gives_what_one_gives(folder: Path, tmp_path: Path) -> None:
    one, more = (collect([folder], today=TODAY, workers=workers) for workers in (1, 3))
    assert one.articles and one.rejected and one.duplicates
    assert _whole(more) == _whole(one)
    content = []
    for workers in (1, 3):
        data = tmp_path / f"data{workers}"
        index([folder], data, encoder=WordEncoder(), workers=workers)
        content.append(open_catalog(data).manifest().content)
    assert content[0] == content[1]


def test_a_process_that_ends_has_its_file_read_once_more_and_is_named_when_it_ends_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("a", "always", "b", "once", "z"):
        (folder / f"{name}.txt").write_text(f"{name}. {TEXT}")
    monkeypatch.setattr("qa.ingest.collect.read_here", ending)

    found = collect([folder], today=TODAY, workers=2)

    assert [article.path for article in found.articles] == ["a.txt", "b.txt", "once.txt", "z.txt"]
    (rejected,) = found.rejected
    assert (rejected.path, rejected.reason.partition(":")[0]) == (
        "always.txt",
        "reading it ended its process",
    )
    assert deaths_of(folder / "always.txt").read_text() == "xx"
    assert deaths_of(folder / "once.txt").read_text() == "x"
    assert all(len(free) <= 1 for free in apart._free.values())  # no more wait on than one reading needs


@given(st.lists(st.integers()), st.integers(1, 4))
def test_what_is_done_side_by_side_comes_in_order(given: list[int], workers: int) -> None:
    assert list(in_order(lambda number: number + 1, given, workers)) == [number + 1 for number in given]


def test_no_more_is_begun_than_a_few_ahead_and_nothing_after_who_takes_them_has_left() -> None:
    begun: list[int] = []
    go_on = threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        if number:  # the first comes at once, and the others wait
            go_on.wait()
        return number

    each = in_order(work, range(100), 2)
    assert next(each) == 0
    each.close()
    go_on.set()
    assert set(begun) <= {0, 1, 2, 3}


def test_what_raises_in_a_thread_is_raised_here_and_what_raises_while_files_are_told_ends_the_reading(
    folder: Path,
) -> None:
    def failing(number: int) -> int:
        raise RuntimeError(str(number))

    with pytest.raises(RuntimeError, match=r"^0$"):
        list(in_order(failing, range(9), 3))

    told: list[str] = []

    def on_file(path: str) -> None:
        told.append(path)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect([folder], today=TODAY, on_file=on_file, workers=2)
    assert len(told) == 1


def test_a_worker_is_started_for_many_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "FILES_A_WORKER", 100)
    assert [worth_starting(files, 4) for files in (0, 1, 199, 200, 350, 10_000)] == [1, 1, 1, 2, 3, 4]
