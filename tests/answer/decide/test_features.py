from __future__ import annotations

import math

import pytest
from fakes import article

from qa.answer.decide.features import NAMES, candidates
from qa.answer.retrieve.found import Found
from qa.english.words import share, stems
from qa.records import Hit, Passage, Span

ONE = Passage(1, "a", 0, 63, "The river rose on May 4. Two bridges were closed by the mayor.")
TWO = Passage(2, "b", 0, 40, "On May 4 two bridges had to be closed.")
FOUND = Found(
    [Hit(ONE, 0.04, 1, 1, 0.8), Hit(TWO, 0.02, 2, None, 0.6)], {id_: article("", id=id_) for id_ in "ab"}
)


def _span(passage: Passage, text: str, score: float, margin: float | None = None) -> Span:
    start = passage.text.index(text)
    return Span(passage, start, start + len(text), score, score if margin is None else margin)


def _values(*spans: Span) -> list[dict[str, float]]:
    return [dict(zip(NAMES, c.values.tolist(), strict=True)) for c in candidates(FOUND, spans)]


def test_every_feature_of_a_small_case_by_hand() -> None:
    two, river, also = _span(ONE, "Two", 3.0, 1.5), _span(ONE, "The river", -1.0), _span(TWO, "two", 2.0)
    assert _values(two, river, also) == [
        pytest.approx({"margin": 1.5, "elsewhere": math.log(2), "likeness": 0.3, "behind": 0.0}),
        pytest.approx({"margin": -1.0, "elsewhere": 0.0, "likeness": 0.3, "behind": 0.0}),
        pytest.approx({"margin": 2.0, "elsewhere": math.log(2), "likeness": 0.1, "behind": -0.5}),
    ]


def test_a_passage_that_only_its_words_found_is_as_like_as_the_least_like() -> None:
    hits = [Hit(ONE, 0.04, 1, 1, 0.8), Hit(TWO, 0.03, None, 1, None)]
    of_words = candidates(Found(hits, FOUND.articles), [_span(TWO, "two", 1.0)])[0]
    assert of_words.told()["likeness"] == 0.3

    neither = candidates(Found(hits[1:], FOUND.articles), [_span(TWO, "two", 1.0)])[0]
    assert neither.told()["likeness"] == 0.0


def test_a_passage_that_rather_does_not_answer_agrees_with_nothing() -> None:
    first, _ = _values(_span(ONE, "Two", 3.0), _span(TWO, "two", 2.0, -0.1))
    assert first["elsewhere"] == 0.0


def test_margins_beyond_certainty_are_cut() -> None:
    assert [one["margin"] for one in _values(_span(ONE, "Two", 1e6), _span(ONE, "Two", -1e6))] == [8.0, -8.0]


def test_the_same_in_more_words_agrees() -> None:
    fewer, more = _span(ONE, "Two bridges", 3.0), _span(TWO, "two bridges had to be closed", 2.5)
    assert [one["elsewhere"] for one in _values(fewer, more, _span(TWO, "May 4", 1.0))] == [
        math.log(2),
        math.log(2),
        0.0,
    ]


def test_stems_join_inflections_and_leave_stop_words_out() -> None:
    assert stems("He was meeting the ministers") == stems("They meet: minister")
    assert stems("the of and") == frozenset()
    assert "us" in stems("the US") and "us" not in stems("tell us")


def test_the_share_of_words_counts_what_is_wanted() -> None:
    assert share(frozenset({"river", "bridg"}), "Two bridges") == 0.5
    assert share(frozenset(), "anything") == 1.0
