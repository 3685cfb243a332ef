"""The engine over small indexes with stand-ins at the ports: snapshots, refreshing, and what it is given."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder

from qa import Engine, Settings, Turn
from qa.errors import BuildRunning, IndexCorrupt, IndexMissing, NothingToIndex
from qa.index.publish import building
from qa.indexing import index, up_to_date
from qa.records import BuildReport

ENCODER = WordEncoder()


def _write(folder: Path, day: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "weather.txt").write_text(
        f"Weather report\n\nThe harbour saw {day} ships on the day. It was calm."
    )
    (folder / "bread.txt").write_text("Baking for beginners\n\nBread is made of flour. Some people add salt.")
    return folder


def _index(tmp_path: Path, day: int = 1, settings: Settings | None = None) -> BuildReport:
    return index([_write(tmp_path / "in", day)], tmp_path / "data", encoder=ENCODER, settings=settings)


def _open(tmp_path: Path, phrase: str = "ships on the day") -> Engine:
    return Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader(phrase))


def test_an_answer_carries_reader_version_and_the_time_of_each_step(tmp_path: Path) -> None:
    report = _index(tmp_path)

    answer = _open(tmp_path).ask("How many ships?", [Turn("Who?", None)])

    assert (answer.text, answer.reader, answer.index_version) == (
        "ships on the day",
        "phrase",
        report.version,
    )
    assert list(answer.timings_ms) == ["understand", "retrieve", "read", "decide", "total"]
    assert sum(list(answer.timings_ms.values())[:4]) <= answer.timings_ms["total"]


def test_an_engine_keeps_its_index_until_it_is_refreshed(tmp_path: Path) -> None:
    first = _index(tmp_path, 1)
    engine = _open(tmp_path)
    assert engine.refresh() is False

    second = _index(tmp_path, 2)

    assert engine.ask("How many ships?").index_version == engine.version == first.version
    assert engine.refresh() is True
    assert engine.ask("How many ships?").index_version == engine.version == second.version
    assert engine.manifest.version == second.version
    assert "2 ships" in engine.ask("How many ships?").citations[0].sentence


def test_an_open_engine_answers_after_its_generation_has_gone(tmp_path: Path) -> None:
    only_one = Settings(keep_generations=1)
    first = _index(tmp_path, 1, only_one)
    engine = _open(tmp_path)
    _index(tmp_path, 2, only_one)
    assert not (tmp_path / "data" / "generations" / first.version).exists()

    with ThreadPoolExecutor(8) as pool:  # threads that have not asked before
        answers = list(pool.map(lambda _: engine.ask("How many ships?"), range(16)))

    assert {answer.index_version for answer in answers} == {first.version}
    assert all("1 ships" in answer.citations[0].sentence for answer in answers)


def test_a_damaged_new_index_leaves_the_engine_on_the_one_before(tmp_path: Path) -> None:
    first = _index(tmp_path, 1)
    engine = _open(tmp_path)
    second = _index(tmp_path, 2)
    (tmp_path / "data" / "generations" / second.version / "store.sqlite").write_bytes(b"")

    with pytest.raises(IndexCorrupt, match=r"store\.sqlite"):
        engine.refresh()

    assert engine.ask("How many ships?").index_version == first.version


def test_questions_go_on_while_indexes_are_published_and_no_answer_mixes_two(tmp_path: Path) -> None:
    day_of = {_index(tmp_path, 0).version: 0}
    engine = _open(tmp_path)
    done = threading.Event()
    seen: list[tuple[str, str, str]] = []

    def ask_on() -> None:
        while not done.is_set():
            engine.refresh()
            answer = engine.ask("How many ships?")
            passage = next(p.text for p in answer.passages if "ships" in p.text)
            seen.append((answer.index_version, answer.citations[0].sentence, passage))

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask_on) for _ in range(4)]
        try:
            for day in range(1, 11):
                day_of[_index(tmp_path, day).version] = day
        finally:
            done.set()
        for one in asking:
            one.result()

    assert len({version for version, _, _ in seen}) > 1
    for version, sentence, passage in seen:
        assert f" {day_of[version]} ships" in sentence
        assert f" {day_of[version]} ships" in passage


def test_without_an_index_opening_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="qa index"):
        Engine.open(tmp_path / "none")


def test_the_data_folder_is_taken_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = _index(tmp_path)
    monkeypatch.setenv("QA_DATA", str(tmp_path / "data"))
    assert Engine.open(encoder=ENCODER, reader=PhraseReader("x")).version == report.version


def test_an_index_is_up_to_date_until_a_file_a_setting_or_the_folder_changes(tmp_path: Path) -> None:
    settings = Settings(encoder=ENCODER.name)
    folder, data = tmp_path / "in", tmp_path / "data"
    assert not up_to_date([_write(folder, 1)], data, settings)
    index([folder], data, encoder=ENCODER, settings=settings)

    assert up_to_date([folder], data, settings)
    assert not up_to_date([tmp_path], data, settings)
    assert not up_to_date([folder], data, Settings())
    assert not up_to_date([folder], data, Settings(encoder=ENCODER.name, passage_tokens=99))
    (folder / "new.txt").write_text("Something new\n\nIt happened today. Nobody saw it.")
    assert not up_to_date([folder], data, settings)


def test_two_builds_at_once_one_builds_and_the_other_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with building(tmp_path / "data"), pytest.raises(BuildRunning):
        _index(tmp_path)


@pytest.mark.parametrize("roots", [[], ["nowhere"], ["empty"]])
def test_nothing_to_index_is_said_and_publishes_nothing(tmp_path: Path, roots: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToIndex):
        index([tmp_path / root for root in roots], tmp_path / "data", encoder=ENCODER)
    assert not (tmp_path / "data" / "CURRENT").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoder": " "},
        {"passage_tokens": 5},
        {"top_k": 0},
        {"top_k": 101},
        {"candidates": 0},
        {"rrf_k": -1},
        {"keep_generations": 0},
        {"search_threads": 0},
        {"sentence_threshold": 2.0},
    ],
)
def test_a_setting_that_makes_no_sense_fails_when_it_is_made(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)
