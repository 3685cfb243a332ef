"""Which index an engine answers from, whatever is published, damaged or gone meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fakes import PhraseReader, WordEncoder
from numpy.typing import NDArray
from weather import ENCODER, index_of, opened, write

from qa import Engine, Settings
from qa.answer.tell.reason import NOTHING_INDEXED
from qa.errors import BuildRunning, IndexCorrupt, IndexMissing, NothingToIndex
from qa.index.publish import building
from qa.ports import Encoder
from qa.serving.shared import Shared
from qa.snapshot import Models
from qa.upkeep.index import index, up_to_date


def test_an_engine_keeps_its_index_until_it_is_refreshed(tmp_path: Path) -> None:
    first = index_of(tmp_path, 1)
    engine = opened(tmp_path)
    assert engine.refresh() is False

    second = index_of(tmp_path, 2)

    assert engine.ask("Which ships came?").index_version == engine.version == first.version
    assert engine.refresh() is True
    assert engine.ask("Which ships came?").index_version == engine.version == second.version
    assert engine.manifest.version == second.version
    assert "2 ships" in engine.ask("Which ships came?").citations[0].sentence


class Interrupted(WordEncoder):
    """Does `then` where a question's vector is asked for."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__()
        self.then = then

    def encode_question(self, text: str) -> NDArray[np.float32]:
        self.then()
        return super().encode_question(text)


def test_a_question_keeps_the_index_that_it_began_with(tmp_path: Path) -> None:
    first = index_of(tmp_path, 1)
    encoder = Interrupted(lambda: engine.refresh())
    engine = Engine.open(tmp_path / "data", encoder=encoder, reader=PhraseReader("ships on the day"))
    second = index_of(tmp_path, 2)

    before, after = engine.ask("Which ships came?"), engine.ask("Which ships came?")

    assert [answer.index_version for answer in (before, after)] == [first.version, second.version]
    assert "1 ships" in before.citations[0].sentence
    assert "2 ships" in after.citations[0].sentence


def test_an_open_engine_answers_after_its_generation_has_gone(tmp_path: Path) -> None:
    only_one = Settings(keep_generations=1)
    first = index_of(tmp_path, 1, only_one)
    engine = opened(tmp_path)
    index_of(tmp_path, 2, only_one)
    assert not (tmp_path / "data" / "generations" / first.version).exists()

    with ThreadPoolExecutor(8) as pool:  # threads that have not asked before
        answers = list(pool.map(lambda _: engine.ask("Which ships came?"), range(16)))

    assert {answer.index_version for answer in answers} == {first.version}
    assert all("1 ships" in answer.citations[0].sentence for answer in answers)


def test_a_damaged_new_index_leaves_the_engine_on_the_one_before(tmp_path: Path) -> None:
    first = index_of(tmp_path, 1)
    engine = opened(tmp_path)
    second = index_of(tmp_path, 2)
    (tmp_path / "data" / "generations" / second.version / "store.sqlite").write_bytes(b"")

    with pytest.raises(IndexCorrupt, match=r"store\.sqlite"):
        engine.refresh()

    assert engine.ask("Which ships came?").index_version == first.version


@pytest.mark.slow
def test_questions_go_on_while_indexes_are_published_and_no_answer_mixes_two(tmp_path: Path) -> None:
    day_of = {index_of(tmp_path, 0).version: 0}
    engine = opened(tmp_path)
    done = threading.Event()
    seen: list[tuple[str, str, str]] = []

    def ask_on() -> None:
        while not done.is_set():
            engine.refresh()
            answer = engine.ask("Which ships came?")
            passage = next(p.text for p in answer.passages if "ships" in p.text)
            seen.append((answer.index_version, answer.citations[0].sentence, passage))

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask_on) for _ in range(4)]
        try:
            for day in range(1, 11):
                day_of[index_of(tmp_path, day).version] = day
        finally:
            done.set()
        for one in asking:
            one.result()

    assert len({version for version, _, _ in seen}) > 1
    for version, sentence, passage in seen:
        assert f" {day_of[version]} ships" in sentence
        assert f" {day_of[version]} ships" in passage


def test_engines_of_several_collections_share_models_and_the_line(tmp_path: Path, encoder: Encoder) -> None:
    settings = Settings(answers_kept=10)
    models, shared = Models(settings), Shared(settings)
    engines = []
    for name in ("one", "two"):
        write(tmp_path / name, day=len(name))
        index([tmp_path / name], tmp_path / "data" / name, encoder=encoder)
        engines.append(Engine.open(tmp_path / "data" / name, settings=settings, models=models, shared=shared))
    one, two = engines
    assert one.encoder is two.encoder
    assert models.get(encoder.name)[1] is models.get(encoder.name)[1]
    asked = "How many ships did the harbour see?"
    assert one.ask(asked).index_version != two.ask(asked).index_version  # what is kept is kept apart
    assert "kept" in one.ask(asked).timings_ms


def test_without_an_index_opening_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="qa index"):
        Engine.open(tmp_path / "none")


def test_the_data_folder_is_taken_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = index_of(tmp_path)
    monkeypatch.setenv("QA_DATA", str(tmp_path / "data"))
    assert Engine.open(encoder=ENCODER, reader=PhraseReader("x")).version == report.version


def test_an_index_is_up_to_date_until_a_file_a_setting_or_the_folder_changes(tmp_path: Path) -> None:
    settings = Settings(encoder=ENCODER.name)
    folder, data = tmp_path / "in", tmp_path / "data"
    assert not up_to_date([write(folder, 1)], data, settings)
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
        index_of(tmp_path)


@pytest.mark.parametrize("roots", [[], ["nowhere"], ["empty"]])
def test_nothing_to_index_is_said_and_publishes_nothing(tmp_path: Path, roots: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToIndex):
        index([tmp_path / root for root in roots], tmp_path / "data", encoder=ENCODER)
    assert not (tmp_path / "data" / "CURRENT").exists()


def test_when_the_last_article_goes_an_empty_index_says_so_and_quotes_nothing(tmp_path: Path) -> None:
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "bread.txt").write_text("Bread\n\nBread is made of flour. Some add salt.")
    index([folder], data, encoder=ENCODER)
    engine = Engine.open(data, encoder=ENCODER, reader=PhraseReader("flour"))
    assert engine.ask("What is bread made of?").text == "flour"
    (folder / "bread.txt").unlink()
    (folder / "unreadable.pdf").write_bytes(b"no PDF")

    assert index([folder], data, encoder=ENCODER).articles == 0

    assert engine.refresh()
    answer = engine.ask("What is bread made of?")
    assert (answer.text, answer.citations, engine.articles()) == (None, (), [])
    assert engine.warning == answer.reason == NOTHING_INDEXED
    with pytest.raises(NothingToIndex):  # another folder, in which nothing ever was
        (tmp_path / "empty").mkdir()
        index([tmp_path / "empty"], data, encoder=ENCODER)
    (folder / "rye.txt").write_text("Rye\n\nRye bread is made of rye flour.")
    index([folder], data, encoder=ENCODER)
    assert engine.refresh() and engine.warning is None
    assert engine.ask("What is bread made of?").text == "flour"
