"""The engine over small indexes with stand-ins at the ports: snapshots, refreshing, and what it is given."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import PhraseReader, WordEncoder
from numpy.typing import NDArray

from qa import Engine, Settings, Turn
from qa.answer.tell.reason import NOTHING_INDEXED
from qa.answer_json import to_dict
from qa.errors import BuildRunning, IndexCorrupt, IndexMissing, NothingToIndex
from qa.index.publish import building
from qa.ports import Encoder
from qa.records import BuildReport, Passage, Span
from qa.serving.shared import Shared
from qa.snapshot import Models
from qa.upkeep.index import index, up_to_date

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

    answer = _open(tmp_path).ask("Which ships came?", [Turn("Who?", None)])

    assert (answer.text, answer.reader, answer.index_version) == (
        "ships on the day",
        "phrase",
        report.version,
    )
    assert list(answer.timings_ms) == ["understand", "retrieve", "read", "decide", "total"]
    assert sum(list(answer.timings_ms.values())[:4]) <= answer.timings_ms["total"]


class ReaderOf(PhraseReader):
    """Finds its phrase where the question has a word."""

    def __init__(self, phrase: str, word: str) -> None:
        super().__init__(phrase)
        self.word = word

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        return super().read(question, passages) if self.word in question else []


@pytest.mark.parametrize(
    ("word", "understood", "other"),
    [
        ("Rosneft", "Who runs Rosneft?", "Who runs Yugansk?"),
        ("Yugansk", "Who runs Yugansk?", "Who runs Rosneft?"),
        ("runs", "Who runs Rosneft?", "Who runs Yugansk?"),  # both as surely
    ],
)
def test_of_two_readings_the_surer_is_answered_and_the_other_offered(
    tmp_path: Path, word: str, understood: str, other: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "oil.txt").write_text("Oil\n\nRosneft bought Yugansk. Igor Lund runs it now.")
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    engine = Engine.open(tmp_path / "data", encoder=ENCODER, reader=ReaderOf("Igor Lund", word))

    answer = engine.ask("Who runs it?", [Turn("For how much did Rosneft buy Yugansk?", "$9.3bn")])

    assert (answer.text, answer.understood, answer.other_reading) == ("Igor Lund", understood, other)
    assert to_dict(answer)["other_reading"] == other


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("How is the mill gate opened?", "How is the mill gate opened?"),  # of another article
        ("Who led the crew?", "Who led the crew of Skarven?"),
    ],
)
def test_what_points_to_nothing_said_before_is_asked_as_what_the_articles_are_nearer_to(
    tmp_path: Path, question: str, understood: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ferry.txt").write_text("Ferry\n\nIgor Lund led the crew of the ferry Skarven.")
    (tmp_path / "in" / "mill.txt").write_text("Mill\n\nThe mill gate is opened by a wheel.")
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    engine = Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader("Igor Lund"))

    assert engine.ask(question, [Turn("Which ferry came?", "the Skarven")]).understood == understood


def test_an_engine_keeps_its_index_until_it_is_refreshed(tmp_path: Path) -> None:
    first = _index(tmp_path, 1)
    engine = _open(tmp_path)
    assert engine.refresh() is False

    second = _index(tmp_path, 2)

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
    first = _index(tmp_path, 1)
    encoder = Interrupted(lambda: engine.refresh())
    engine = Engine.open(tmp_path / "data", encoder=encoder, reader=PhraseReader("ships on the day"))
    second = _index(tmp_path, 2)

    before, after = engine.ask("Which ships came?"), engine.ask("Which ships came?")

    assert [answer.index_version for answer in (before, after)] == [first.version, second.version]
    assert "1 ships" in before.citations[0].sentence
    assert "2 ships" in after.citations[0].sentence


def test_an_open_engine_answers_after_its_generation_has_gone(tmp_path: Path) -> None:
    only_one = Settings(keep_generations=1)
    first = _index(tmp_path, 1, only_one)
    engine = _open(tmp_path)
    _index(tmp_path, 2, only_one)
    assert not (tmp_path / "data" / "generations" / first.version).exists()

    with ThreadPoolExecutor(8) as pool:  # threads that have not asked before
        answers = list(pool.map(lambda _: engine.ask("Which ships came?"), range(16)))

    assert {answer.index_version for answer in answers} == {first.version}
    assert all("1 ships" in answer.citations[0].sentence for answer in answers)


def test_a_damaged_new_index_leaves_the_engine_on_the_one_before(tmp_path: Path) -> None:
    first = _index(tmp_path, 1)
    engine = _open(tmp_path)
    second = _index(tmp_path, 2)
    (tmp_path / "data" / "generations" / second.version / "store.sqlite").write_bytes(b"")

    with pytest.raises(IndexCorrupt, match=r"store\.sqlite"):
        engine.refresh()

    assert engine.ask("Which ships came?").index_version == first.version


@pytest.mark.slow
def test_questions_go_on_while_indexes_are_published_and_no_answer_mixes_two(tmp_path: Path) -> None:
    day_of = {_index(tmp_path, 0).version: 0}
    engine = _open(tmp_path)
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
                day_of[_index(tmp_path, day).version] = day
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
        _write(tmp_path / name, day=len(name))
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
        {"precision": "int3"},
    ],
)
def test_a_setting_that_makes_no_sense_fails_when_it_is_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)


_NEWS = {
    "harbour.txt": "Published: 2022-05-02\n\nThe harbour counted 12 ships on Sunday. It was calm.",
    "copy.txt": "Published: 2022-05-03\n\nOur harbour: The harbour counted 12 ships on Sunday, people say. Few came.",
    "later.txt": "Published: 2022-05-09\n\nMost people think that 14 ships came to the harbour that Sunday. It rained.",
}


class _NumberReader:
    """Each passage's number with its noun, all of them as sure."""

    name = "numbers"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        found = [(passage, match) for passage in passages if (match := re.search(r"\d+ ships", passage.text))]
        return [Span(passage, *match.span(), 0.9, 0.9) for passage, match in found]


def _news(tmp_path: Path) -> Engine:
    (tmp_path / "in").mkdir()
    for name, text in _NEWS.items():
        (tmp_path / "in" / name).write_text(text)
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    return Engine.open(tmp_path / "data", encoder=ENCODER, reader=_NumberReader())


def test_sources_that_agree_are_counted_and_what_another_says_stands_beside(tmp_path: Path) -> None:
    told = to_dict(_news(tmp_path).ask("How many ships came to the harbour?", threshold=0.3))

    answers = {told["answer"], *(other["answer"] for other in told["alternatives"])}
    assert answers == {"12 ships", "14 ships"}
    of_twelve = told if told["answer"] == "12 ships" else told["alternatives"][0]
    assert sorted(cited["file"] for cited in of_twelve["citations"]) == ["copy.txt", "harbour.txt"]
    if of_twelve is told:
        assert told["agreement"]["sources"] == 1  # the copy repeats the sentence
    assert told["answer_type"] == "span"


_PHOTOGRAPHED = (
    "<html><head><title>The harbour is full again</title></head><body><article><h1>The harbour is full again</h1>"
    "<p>The harbour was full of ships on Sunday, for the first time in three years, and many people came to look.</p>"
    "<figure><figcaption>Anna Berg waves to the ships at Skarv. <i class=photo-credit>Photo: Bo Chen</i></figcaption>"
    "</figure><p>They had waited for the end of the strike, which took eleven weeks and which nobody had wanted.</p>"
    "<p>The mayor said that the town will help all those who lost their work while the harbour was shut.</p>"
    "</article></body></html>"
)


@pytest.mark.parametrize(
    ("question", "phrase", "role"),
    [
        ("Who took the picture?", "Bo Chen", "credit"),
        ("Who waved to the ships?", "Anna Berg", "caption"),
        ("Who will help those who lost their work?", "The mayor", None),
        ("Who waved to the ships?", "Bo Chen", "none of it"),
    ],
)
def test_an_answer_tells_whether_it_stands_in_a_caption(
    tmp_path: Path, question: str, phrase: str, role: str | None
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "harbour.html").write_text(_PHOTOGRAPHED)
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    engine = Engine.open(tmp_path / "data", encoder=ENCODER, reader=PhraseReader(phrase, 4.0))
    told = to_dict(engine.ask(question, threshold=0.3, explain=True))
    if role == "none of it":
        assert told["answer"] is told["guess"] is None
        return
    (cited,) = told["citations"]
    assert (cited["quote"], cited["role"]) == (phrase, role)
    assert told["explain"]["candidates"][0]["role"] == role


def test_the_latest_is_asked_of_the_newest_article(tmp_path: Path) -> None:
    answer = _news(tmp_path).ask("What is the latest number of ships?", threshold=0.3)
    assert answer.text == "14 ships"
    assert [other.text for other in answer.alternatives] == ["12 ships"]


def test_a_yes_or_no_question_gets_a_sentence_as_evidence(tmp_path: Path) -> None:
    answer = _news(tmp_path).ask("Did 14 ships come to the harbour?", threshold=0.3)
    assert answer.answer_type == "evidence"
    assert answer.text == answer.citations[0].sentence == answer.citations[0].quote


def test_days_of_the_question_and_of_the_quote_are_told(tmp_path: Path) -> None:
    engine = _news(tmp_path)
    told = to_dict(
        engine.ask("How many ships came last week?", threshold=0, explain=True, today=date(2022, 5, 12))
    )
    assert told["explain"]["dates"]["periods"] == [
        {"text": "last week", "first": "2022-05-02", "last": "2022-05-08"}
    ]
    answer = engine.ask("Did 12 ships come to the harbour?", threshold=0)
    assert {d.text: d.day for cited in answer.citations for d in cited.derived} == {
        "Sunday": date(2022, 5, 1)
    }


def test_what_an_answer_was_decided_from_is_told_only_when_asked(tmp_path: Path) -> None:
    engine = _news(tmp_path)
    assert engine.ask("How many ships?").explain is None

    told = engine.ask("How many ships?", explain=True, source="x.org", threshold=0.25).explain
    assert told is not None
    assert (told["threshold"], told["kind"], told["filters"]["source"]) == (0.25, "how many", "x.org")
    assert told["candidates"] == told["passages"] == []

    full = engine.ask("How many ships?", explain=True).explain
    assert full is not None
    assert len(full["passages"]) == 3
    for candidate in full["candidates"]:
        whole = full["bias"] + sum(candidate["contributions"].values())
        assert candidate["log_odds"] == pytest.approx(whole, abs=0.01)
    json.dumps(full)


def test_an_answer_over_articles_in_another_language_says_so(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hafen.txt").write_text(
        "Mehr Schiffe im Hafen\n\nIm Hafen lagen am Montag neun Schiffe. Die Bürger freuten sich darüber sehr."
    )
    index([tmp_path / "in"], tmp_path / "data", encoder=ENCODER)
    german = _open(tmp_path, "neun Schiffe").ask("Which ships lay in the Hafen?")
    assert german.notice == "Most of the closest passages look German: the reader answers in English."
    assert to_dict(german)["notice"] == german.notice

    _index(tmp_path)
    assert _open(tmp_path).ask("Which ships came?").notice is None
