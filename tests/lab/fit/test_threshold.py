from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from qa.answer.read.neural import NeuralReader, PassageSpans
from qa.answer.read.spans import ScoredSpan, any_of
from qa.lab.fit.threshold import main, tune
from qa.lab.sets.training import HALF_A, Example
from qa.records import Passage

CONTEXT = "the old bridge of Geneva"


class _Told:
    """A reader that says what it was told to, by question."""

    def __init__(self, said: dict[str, list[ScoredSpan]]) -> None:
        self._said = said

    def find(self, question: str, passages: Sequence[Passage]) -> list[PassageSpans]:
        return [PassageSpans(any_of(self._said[question]), self._said[question]) for _ in passages]


def _example(question: str, answer: str | None) -> Example:
    answers = () if answer is None else ((answer, CONTEXT.index(answer)),)
    return Example("own" if answers else "human", HALF_A, "Bridges", question, CONTEXT, answers)


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

    figures = tune(cast(NeuralReader, _Told(said)), asked)

    assert figures["null_threshold"] == pytest.approx(2.0, abs=0.01)
    assert figures["f1_at_threshold"] == 75.0


def test_harder_articles_raise_the_threshold_by_as_much_as_for_a_reader_that_saw_none_of_them() -> None:
    # Over the few the blind reader breaks even at 2, half way between odds of 3 and 1; the others have higher odds and
    # fewer answers. Ours has twice its odds, so the difference counts twice.
    few = [_example(str(number), "Geneva" if number in (0, 1, 2, 4) else None) for number in range(8)]
    others = [_example(str(number), "Geneva" if number > 11 else None) for number in range(8, 16)]
    said = {str(number): [_span("Geneva", 3.0 if number < 4 else 1.0)] for number in range(8)}
    ours = {question: [_span("Geneva", 2 * found[0].score)] for question, found in said.items()}
    said.update({str(number): [_span("Geneva", 3.0 if number < 12 else 5.0)] for number in range(8, 16)})
    blind = cast(NeuralReader, _Told(said))

    alone = tune(cast(NeuralReader, _Told(ours)), few)
    both = tune(cast(NeuralReader, _Told(ours)), few, blind, others)

    of_every = tune(blind, [*few, *others])["null_threshold"]
    assert (
        alone["null_threshold"] == pytest.approx(4.0, abs=0.01) and alone["of_it_for_harder_articles"] == 0.0
    )
    assert of_every > 2.5
    assert both["of_it_for_harder_articles"] == pytest.approx(2 * (of_every - 2.0), abs=0.01)
    assert both["null_threshold"] == pytest.approx(4.0 + both["of_it_for_harder_articles"], abs=0.01)


def test_edges_that_the_reader_wavers_between_do_not_make_it_doubt_the_answer() -> None:
    said, asked = {}, []
    for number, found in enumerate(
        ([_span("bridge", 1.0)], [_span("bridge", 1.0), _span("old bridge", 1.0)])
    ):
        said[str(number)] = found
        asked.append(_example(str(number), "old bridge" if number else None))

    assert tune(cast(NeuralReader, _Told(said)), asked)["f1_at_threshold"] == 100.0


def test_the_slack_is_the_one_whose_answers_are_right_most_often() -> None:
    said = {
        "which ?": [_span("bridge", 2.0), _span("old bridge", 1.6), _span("the old bridge of Geneva", 0.4)]
    }

    figures = tune(cast(NeuralReader, _Told(said)), [_example("which ?", "old bridge")])

    assert figures["widening_slack"] == 0.5
    assert figures["exact_match_and_f1_by_slack"]["0.3"] == (0.0, 66.67)
    assert figures["exact_match_and_f1_by_slack"]["0.5"] == (100.0, 100.0)


def test_a_question_that_nothing_was_found_for_counts_as_refused() -> None:
    said = {"a": [_span("Geneva", 1.0)], "b": [], "c": [_span("Geneva", -1.0)]}
    asked = [_example("a", "Geneva"), _example("b", "Geneva"), _example("c", None)]

    figures = tune(cast(NeuralReader, _Told(said)), asked)

    assert figures["f1_at_threshold"] == pytest.approx(66.67)


def test_a_blind_reader_is_of_no_use_where_half_a_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = "tune_reader --data d --measured m --cache c --blind b --without-half-a"
    monkeypatch.setattr("sys.argv", given.split())

    with pytest.raises(SystemExit):
        main()

    assert "drop one of them" in capsys.readouterr().err
