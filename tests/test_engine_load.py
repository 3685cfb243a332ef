"""The engine under many questions: what is kept, what waits, and what is refused."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fakes import PhraseReader, WordEncoder

from qa import Engine, Settings, Turn
from qa.errors import BadQuestion, Overloaded, TookTooLong
from qa.records import Passage, Span
from qa.upkeep.index import index


class _Reader(PhraseReader):
    """Counts what it reads; where a gate is given, each reading waits for it."""

    def __init__(self, phrase: str, gate: threading.Event | None = None) -> None:
        super().__init__(phrase)
        self.gate, self.begun, self.read_questions = gate, threading.Semaphore(0), 0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        self.read_questions += 1
        self.begun.release()
        assert self.gate is None or self.gate.wait(60)
        return super().read(question, passages)


def _publish(tmp_path: Path, ships: int = 3) -> None:
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / "port.txt").write_text(
        f"Harbour news\n\nThe harbour saw {ships} ships that day. It rained."
    )
    index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())


def _open(tmp_path: Path, reader: _Reader, **settings: Any) -> tuple[Engine, WordEncoder]:
    _publish(tmp_path)
    encoder = WordEncoder()
    return (
        Engine.open(tmp_path / "data", encoder=encoder, reader=reader, settings=Settings(**settings)),
        encoder,
    )


QUESTION = "Which ships came?"


def test_an_answer_that_is_kept_is_the_same_and_says_so(tmp_path: Path) -> None:
    reader = _Reader("ships that day")
    engine, encoder = _open(tmp_path, reader, answers_kept=8)
    first = engine.ask(QUESTION)
    steps: list[str] = []

    again = engine.pinned().ask(QUESTION, on_step=steps.append)

    assert (reader.read_questions, encoder.encoded, steps) == (1, [QUESTION], [])
    assert list(first.timings_ms) == ["understand", "retrieve", "read", "decide", "total"]
    assert list(again.timings_ms) == ["kept", "total"]
    assert again.text == first.text == "ships that day"
    assert (again.citations, again.passages, again.index_version) == (
        first.citations,
        first.passages,
        first.index_version,
    )


def test_nothing_is_kept_unless_it_is_asked_for(tmp_path: Path) -> None:
    reader = _Reader("ships that day")
    engine, encoder = _open(tmp_path, reader)
    assert "kept" not in {**engine.ask(QUESTION).timings_ms, **engine.ask(QUESTION).timings_ms}
    assert (reader.read_questions, len(encoder.encoded)) == (2, 2)


@pytest.mark.parametrize(
    "other",
    [
        {"question": "Which ships came"},
        {"history": [Turn("Who?", None)]},
        {"top_k": 3},
        {"threshold": 0.2},
        {"explain": True},
        {"published_after": "2020-01-01"},
        {"published_before": "2029-01-01"},
        {"source": "TASS"},
        {"today": date(2020, 1, 1)},
    ],
)
def test_whatever_is_asked_otherwise_is_worked_on(tmp_path: Path, other: dict[str, Any]) -> None:
    engine, _ = _open(tmp_path, _Reader("ships that day"), answers_kept=8)
    engine.ask(QUESTION)
    answer = engine.ask(**({"question": QUESTION} | other))
    assert "kept" not in answer.timings_ms
    assert engine.ask(**({"question": QUESTION} | other)).timings_ms.keys() == {"kept", "total"}


def test_no_answer_outlives_its_index_but_the_vector_does(tmp_path: Path) -> None:
    reader = _Reader("ships that day")
    engine, encoder = _open(tmp_path, reader, answers_kept=8)
    before = engine.ask(QUESTION)
    _publish(tmp_path, ships=7)
    engine.refresh()

    assert not len(engine._shared.answers)
    after = engine.ask(QUESTION)

    assert after.index_version != before.index_version
    assert "7 ships" in after.citations[0].sentence
    assert "kept" not in after.timings_ms
    assert encoder.encoded == [QUESTION]


def test_at_most_so_many_answers_are_kept(tmp_path: Path) -> None:
    reader = _Reader("ships that day")
    engine, _ = _open(tmp_path, reader, answers_kept=2)
    for question in ("Which ships?", "Which boats?", "Which ferries?", "Which ships?"):
        engine.ask(question)
    assert reader.read_questions == 4


def test_what_cannot_be_asked_is_refused_before_it_waits(tmp_path: Path) -> None:
    gate = threading.Event()
    reader = _Reader("ships that day", gate)
    engine, _ = _open(tmp_path, reader, workers=1, waiting=0)
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(engine.ask, QUESTION)
        assert reader.begun.acquire(timeout=60)
        try:
            with pytest.raises(BadQuestion):
                engine.ask("   ")
            with pytest.raises(Overloaded):
                engine.pinned().ask(QUESTION)
        finally:
            gate.set()
        assert busy.result().text == "ships that day"
    assert engine.ask(QUESTION).text == "ships that day"


def test_a_question_that_waited_tells_for_how_long(tmp_path: Path) -> None:
    gate = threading.Event()
    reader = _Reader("ships that day", gate)
    engine, _ = _open(tmp_path, reader, workers=1, waiting=4)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(engine.ask, QUESTION)
        assert reader.begun.acquire(timeout=60)
        second = pool.submit(engine.ask, QUESTION)
        while engine._shared.gate._inside < 2:
            gate.wait(0.001)
        gate.wait(0.02)
        gate.set()
    assert "wait" not in first.result().timings_ms
    told = second.result().timings_ms
    assert told["wait"] >= 15
    assert sum(ms for name, ms in told.items() if name != "total") <= told["total"]


def test_a_question_past_its_deadline_ends_before_its_next_step(tmp_path: Path) -> None:
    engine, _ = _open(tmp_path, _Reader("ships that day"), deadline_seconds=1e-6)
    with pytest.raises((TookTooLong, Overloaded)):
        engine.ask(QUESTION)


def test_kept_answers_are_right_from_many_threads(tmp_path: Path) -> None:
    reader = _Reader("ships that day")
    engine, _ = _open(tmp_path, reader, answers_kept=3, waiting=100)
    questions = [f"Which ships number {n % 5}?" for n in range(60)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(engine.ask, questions))
    assert [answer.question for answer in answers] == questions
    assert {answer.text for answer in answers} == {"ships that day"}
