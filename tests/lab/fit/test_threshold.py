from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from qa.answer.read.neural import NeuralReader, PassageSpans
from qa.answer.read.spans import ScoredSpan, any_of
from qa.lab.fit.threshold import tune
from qa.lab.train.mixture import Example
from qa.lab.train.recipe import MAIN
from qa.records import Passage

CONTEXT = "the old bridge of Geneva"


class _Told:
    """A reader that says what it was told to, by question."""

    def __init__(self, said: dict[str, list[ScoredSpan]]) -> None:
        self._said = said

    def find(self, question: str, passages: Sequence[Passage]) -> list[PassageSpans]:
        return [PassageSpans(any_of(self._said[question]), self._said[question]) for _ in passages]


def _reader(said: dict[str, list[ScoredSpan]]) -> NeuralReader:
    return cast(NeuralReader, _Told(said))


def _example(question: str, answer: str | None, file: str = MAIN) -> Example:
    answers = () if answer is None else ((answer, CONTEXT.index(answer)),)
    return Example(file, "Bridges", question, CONTEXT, answers)


def _span(text: str, score: float) -> ScoredSpan:
    at = CONTEXT.index(text)
    return ScoredSpan(at, at + len(text), score)


def test_the_threshold_is_where_answering_and_refusing_are_worth_the_same() -> None:
    # At odds of 3 three in four are answerable, at 1 one in four: by symmetry the two break even at 2.
    said, asked = {}, []
    for odds, answerable in ((3.0, 3), (1.0, 1)):
        for number in range(4):
            question = f"{odds} {number}"
            said[question] = [_span("Geneva", odds)]
            asked.append(_example(question, "Geneva" if number < answerable else None))

    figures = tune(_reader(said), {MAIN: asked})

    assert figures["null_threshold"] == pytest.approx(2.0, abs=0.01)
    assert figures["f1_at_threshold"] == 75.0


def test_questions_without_an_answer_count_as_many_as_the_others() -> None:
    # Each unanswerable question counts for three; three in four and one in four of the whole again.
    said, asked = {}, []
    for odds, counts in ((3.0, (9, 1)), (1.0, (3, 3))):
        for answer, count in zip(("Geneva", None), counts, strict=True):
            for number in range(count):
                question = f"{odds} {answer} {number}"
                said[question] = [_span("Geneva", odds)]
                asked.append(_example(question, answer))

    figures = tune(_reader(said), {MAIN: asked})

    assert figures["null_threshold"] == pytest.approx(2.0, abs=0.01)
    assert figures["f1_at_threshold"] == 75.0


def test_edges_that_the_reader_wavers_between_do_not_make_it_doubt_the_answer() -> None:
    said = {
        "0": [_span("bridge", 1.0)],
        "1": [_span("bridge", 1.0), _span("old bridge", 1.0)],
    }
    asked = [_example("0", None), _example("1", "old bridge")]

    assert tune(_reader(said), {MAIN: asked})["f1_at_threshold"] == 100.0


def test_the_slack_is_the_one_whose_answers_are_right_most_often_in_all_files() -> None:
    said = {
        "which ?": [_span("bridge", 2.0), _span("old bridge", 1.6), _span("the old bridge of Geneva", 0.4)],
        "none": [_span("old", -2.0)],
        "some": [_span("Geneva", 2.0)],
    }
    main = [_example("none", None), _example("some", "Geneva")]

    figures = tune(_reader(said), {MAIN: main, "other": [_example("which ?", "old bridge", "other")]})

    assert figures["questions"] == 3
    assert figures["widening_slack"] == 0.5
    assert figures["exact_match_and_f1_by_slack"]["0.3"] == (50.0, 83.33)
    assert figures["exact_match_and_f1_by_slack"]["0.5"] == (100.0, 100.0)


def test_a_question_that_nothing_was_found_for_counts_as_refused() -> None:
    said = {"a": [_span("Geneva", 1.0)], "b": [], "c": [_span("Geneva", -1.0)]}
    asked = [_example("a", "Geneva"), _example("b", "Geneva"), _example("c", None)]

    figures = tune(_reader(said), {MAIN: asked})

    assert figures["f1_at_threshold"] == 75.0  # a half of the answerable half, and all of the other
