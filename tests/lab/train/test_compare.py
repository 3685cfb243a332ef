from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.lab.sets.squad import Question
from qa.lab.train.compare import figures
from qa.records import Passage, Span


class _Says:
    """Answers each question with a text and a margin of its own."""

    name = "says"

    def __init__(self, **said: tuple[str, float]) -> None:
        self._said = said

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        text, margin = self._said[question]
        at = passages[0].text.find(text)
        return [Span(passages[0], at, at + len(text), margin, margin)] if text else []


def _asked(question: str, context: str, answer: str | None) -> tuple[Question, str]:
    answers = () if answer is None else ((answer, context.index(answer)),)
    return Question(question, question, answers), context


def test_figures_are_of_forced_answers_and_of_the_best_threshold() -> None:
    reader = _Says(a=("Anna", 3.0), b=("in Brno", 2.0), c=("Carl", 1.0), d=("", 0.0))
    asked = [
        _asked("a", "Anna went.", "Anna"),
        _asked("b", "He was in Brno then.", "Brno"),
        _asked("c", "Carl stayed.", None),
        _asked("d", "Dora?", None),
    ]

    told = figures(reader, asked)

    assert (told["questions"], told["unanswerable"]) == (4, 2)
    assert told["exact_match"] == 50.0
    assert told["f1"] == pytest.approx(100 * (1 + 2 / 3) / 2, abs=0.01)
    assert told["auroc"] == 1.0
    assert told["best_f1"] == pytest.approx(100 * (1 + 2 / 3 + 2) / 4, abs=0.01)
    assert told["best_margin"] == 1.5
    assert told["f1_at_threshold"] == pytest.approx(100 * (1 + 2 / 3 + 0 + 1) / 4, abs=0.01)
    assert figures(reader, asked, 2.5)["f1_at_threshold"] == pytest.approx(100 * (1 + 0 + 1 + 1) / 4)


def test_where_all_are_answerable_there_is_no_threshold() -> None:
    told = figures(_Says(a=("Anna", 3.0)), [_asked("a", "Anna went.", "Anna")])

    assert told == {"questions": 1, "unanswerable": 0, "exact_match": 100.0, "f1": 100.0}


def test_where_none_is_answerable_there_is_no_match() -> None:
    told = figures(_Says(a=("Anna", -3.0)), [_asked("a", "Anna went.", None)])

    assert told["f1_at_threshold"] == 100.0 and told["auroc"] is None
    assert "exact_match" not in told
