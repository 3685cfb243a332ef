from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from fakes import article

from qa.answer.decide.features import NAMES, candidates
from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.english.words import share, stems
from qa.records import Hit, Passage, Span

ONE = Passage(1, "a", 0, 63, "The river rose on May 4. Two bridges were closed by the mayor.")
TWO = Passage(2, "b", 0, 40, "On May 4 two bridges had to be closed.")
HITS = [Hit(ONE, 0.04, 1, 1, 0.8), Hit(TWO, 0.02, 2, None, None)]
QUESTION = "How many bridges were closed on May 5?"


def _asked(text: str) -> Question:
    return Question.of(text, date(2022, 1, 1))


def _of_one(hit: Hit) -> Found:
    return Found([hit], {hit.passage.article_id: article("")})


def _span(passage: Passage, text: str, score: float) -> Span:
    start = passage.text.index(text)
    return Span(passage, start, start + len(text), score, score)


def _values(spans: list[Span]) -> list[dict[str, float]]:
    titles = {"a": "Flood", "b": "Bridges"}
    articles = {id_: article("", id=id_, title=title) for id_, title in titles.items()}
    found = candidates(_asked(QUESTION), Found(HITS, articles), spans)
    return [dict(zip(NAMES, c.values.tolist(), strict=True)) for c in found]


def test_every_feature_of_a_small_case_by_hand() -> None:
    two, river, also = _span(ONE, "Two", 3.0), _span(ONE, "The river", -1.0), _span(TWO, "two", 2.0)
    first, second, third = _values([two, river, also])
    # Telling words of the question: mani, bridg, close, 5 and May's stem; stop words are left out.
    assert stems(QUESTION) == {"bridg", "close", "5"} | stems("May")
    assert first == {
        "margin": 3.0,
        "lead": 4.0,  # ahead of "The river" at -1; "two" says the same
        "relevance": 0.0,
        "cosine": 0.8,
        "passage_words": share(stems(QUESTION), "Flood " + ONE.text),
        "sentence_words": share(stems(QUESTION), "bridges were closed by the mayor."),
        "negated": 0.0,
        "missing": 1.0,  # May 5
        "fit": 1.0,
        "repeats": 0.0,
        "elsewhere": math.log(2),
        "length": math.log(2),
    }
    assert second["fit"] == -1.0
    assert second["lead"] == -4.0
    assert third["relevance"] == math.log(0.5)
    assert third["cosine"] == 0.0


def test_margins_beyond_certainty_are_cut() -> None:
    (only,) = _values([_span(ONE, "Two", 1e6)])
    assert (only["margin"], only["lead"]) == (6.0, 4.0)


@pytest.mark.parametrize(
    ("question", "sentence", "negated"),
    [
        ("What didn't close?", "Two bridges were closed.", 1.0),
        ("What didn't close?", "Two bridges could not be closed.", 0.0),
        ("What closed?", "Two bridges were closed.", 0.0),
        ("Didn't two bridges close?", "Two bridges were closed.", 0.0),  # the sentence is evidence either way
    ],
)
def test_a_denying_question_wants_a_denying_sentence(question: str, sentence: str, negated: float) -> None:
    passage = Passage(1, "a", 0, len(sentence), sentence)
    span = Span(passage, 0, 3, 1.0, 1.0)
    (found,) = candidates(_asked(question), _of_one(Hit(passage, 1.0, 1, 1)), [span])
    assert found.told()["negated"] == negated


def test_every_value_is_finite() -> None:
    found = candidates(_asked("?"), _of_one(Hit(ONE, 0.0, None, None)), [_span(ONE, ".", 0.0)])
    assert np.isfinite(found[0].values).all()


def test_the_same_in_more_words_agrees_and_is_not_ahead_of_itself() -> None:
    fewer, more = _span(ONE, "Two bridges", 3.0), _span(TWO, "two bridges had to be closed", 2.5)
    day = _span(TWO, "May 4", 1.0)

    first, second, third = _values([fewer, more, day])

    assert (first["lead"], second["lead"], third["lead"]) == (2.0, 1.5, -2.0)
    assert (first["elsewhere"], second["elsewhere"], third["elsewhere"]) == (math.log(2), math.log(2), 0.0)


def test_stems_join_inflections_and_leave_stop_words_out() -> None:
    assert stems("He was meeting the ministers") == stems("They meet: minister")
    assert stems("the of and") == frozenset()
    assert "us" in stems("the US") and "us" not in stems("tell us")


def test_the_share_of_words_counts_what_is_wanted() -> None:
    assert share(frozenset({"river", "bridg"}), "Two bridges") == 0.5
    assert share(frozenset(), "anything") == 1.0
