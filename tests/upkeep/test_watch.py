"""Articles that change are indexed, and not before they have settled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from fakes import WordEncoder

from qa.errors import BuildFailed, BuildRunning, NothingToIndex, QAError
from qa.index.local import LocalStore
from qa.index.publish import building, current
from qa.records import BuildReport
from qa.upkeep.index import index
from qa.upkeep.watch import watch

PATIENCE = 30.0
Told = Queue[BuildReport | QAError]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Told]]:
    """watching(build=) -> what is told while tmp_path/in is watched, until the test ends."""
    stop, threads = threading.Event(), []
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "a.txt").write_text("Bread\n\nBread is made of flour.")
    encoder = WordEncoder()

    def build_real(settle: float) -> BuildReport:
        return index([folder], data, encoder=encoder, settle=settle)

    def begin(build: Callable[[float], BuildReport] = build_real) -> Told:
        told: Told = Queue()
        thread = threading.Thread(
            target=watch,
            args=([folder], data, build),
            kwargs={"stop": stop, "told": told.put, "settle": 0.2},
        )
        thread.start()
        threads.append(thread)
        return told

    yield begin
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _report(told: Told) -> BuildReport:
    result = told.get(timeout=PATIENCE)
    assert isinstance(result, BuildReport), result
    return result


def test_a_new_a_changed_and_a_removed_file_are_each_indexed(
    watching: Callable[..., Told], tmp_path: Path
) -> None:
    told = watching()
    assert _report(told).articles == 1
    (tmp_path / "in" / "b.txt").write_text("Ferry\n\nThe ferry crosses the river.")
    assert _report(told).changes.new == 1
    (tmp_path / "in" / "a.txt").write_text("Bread\n\nBread is made of rye.")
    assert _report(told).changes.changed == 1
    (tmp_path / "in" / "b.txt").unlink()
    assert _report(told).changes.removed == 1
    assert LocalStore(current(tmp_path / "data")).search_lexical("rye", 3)


def test_a_file_that_is_copied_slowly_is_never_indexed_half(
    watching: Callable[..., Told], tmp_path: Path
) -> None:
    told = watching()
    _report(told)
    whole = "The slow ship\n\n" + " ".join(f"Line {n} of the story." for n in range(30)) + " It ends here."
    with (tmp_path / "in" / "slow.txt").open("w") as stream:
        for at in range(0, len(whole), len(whole) // 12):
            stream.write(whole[at : at + len(whole) // 12])
            stream.flush()
            threading.Event().wait(0.05)
    while "slow.txt" not in [a.path for a in LocalStore(current(tmp_path / "data")).articles()]:
        _report(told)
    store = LocalStore(current(tmp_path / "data"))
    (article,) = [a for a in store.articles() if a.path == "slow.txt"]
    assert store.article(article.id).raw == whole
    versions = [f for f in (tmp_path / "data" / "generations").iterdir() if not f.name.startswith(".")]
    for folder in versions:
        for info in LocalStore(folder).articles():
            assert info.path != "slow.txt" or info.length == len(whole)


def test_errors_are_told_and_watching_goes_on(watching: Callable[..., Told], tmp_path: Path) -> None:
    results: list[QAError] = [BuildFailed("full"), NothingToIndex("empty"), BuildRunning(tmp_path, "another")]

    def build(settle: float) -> BuildReport:
        if results:
            raise results.pop(0)
        return index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())

    told = watching(build)
    assert isinstance(told.get(timeout=PATIENCE), BuildFailed)
    (tmp_path / "in" / "b.txt").write_text("Ferry\n\nThe ferry crosses the river.")
    assert isinstance(told.get(timeout=PATIENCE), NothingToIndex)
    (tmp_path / "in" / "b.txt").write_text("Ferry\n\nThe ferry crosses the river again.")
    assert _report(told).articles == 2  # the build of another process was waited for, and not told


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(QAError, match="cannot be watched"):
        watch([tmp_path / "none"], tmp_path, lambda settle: pytest.fail("built"), stop=threading.Event())


def test_an_index_inside_the_articles_folder_does_not_wake_its_own_watcher(
    watching: Callable[..., Told], tmp_path: Path
) -> None:
    builds: list[float] = []

    def build(settle: float) -> BuildReport:
        builds.append(settle)
        return index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())

    with building(tmp_path / "data"):
        pass
    told = watching(build)
    _report(told)
    threading.Event().wait(1.0)
    assert builds == [0.2]
