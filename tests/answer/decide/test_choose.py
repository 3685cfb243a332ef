from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.decide.choose import decide, rank
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.features import NAMES, Candidate
from qa.records import Hit, Passage, Span

MODEL = ConfidenceModel({"margin": 2.0, "elsewhere": 1.0}, bias=-1.0, slope=0.5, offset=0.25, threshold=0.5)


def _candidate(
    text: str, margin: float, article: str = "a", id_: int = 1, elsewhere: float = 0.0
) -> Candidate:
    passage = Passage(id_, article, 0, len(text), text)
    values = np.zeros(len(NAMES))
    values[NAMES.index("margin")], values[NAMES.index("elsewhere")] = margin, elsewhere
    return Candidate(Span(passage, 0, len(text), margin, margin), Hit(passage, 0.01, 1, 1), values)


def test_score_and_confidence_are_the_documented_sums() -> None:
    candidate = _candidate("x", 1.5, elsewhere=-1.0)
    assert MODEL.score(candidate) == 2.0 * 1.5 + 1.0 * -1.0 - 1.0
    assert MODEL.confidence(candidate) == 1 / (1 + np.exp(-(0.5 * 1.0 + 0.25)))


def test_the_likeliest_candidate_answers_and_every_feature_counts() -> None:
    wide, fitting = _candidate("wide", 2.0, elsewhere=-1.0), _candidate("fitting", 1.5, id_=2, elsewhere=1.0)
    assert rank([wide, fitting], MODEL) == [fitting, wide]
    assert decide([wide, fitting], MODEL).text == "fitting"


def test_below_the_threshold_nothing_is_answered() -> None:
    candidate = _candidate("perhaps", 0.1)
    confidence = MODEL.confidence(candidate)
    assert 0.4 < confidence < 0.5
    assert decide([candidate], MODEL).spans == ()
    assert decide([candidate], MODEL).confidence == 0.0
    assert decide([candidate], MODEL, threshold=0.4).text == "perhaps"


def test_what_is_not_likely_enough_for_an_answer_may_be_a_guess() -> None:
    model = replace(MODEL, perhaps=0.3)
    likely, unlikely, surest = (
        _candidate("likely", 0.1),
        _candidate("unlikely", -2.0),
        _candidate("sure", 2.0),
    )
    told = decide([unlikely, likely], model)
    assert told.text is None and told.guess is not None
    assert told.guess.spans == (likely.span,) and 0.4 < told.guess.confidence < 0.5
    assert decide([unlikely], model).guess is None
    assert decide([likely, surest], model).guess is None
    assert decide([likely], model, threshold=0.4).text == "likely"


def test_that_nothing_is_said_is_claimed_only_below_its_own_probability() -> None:
    model = replace(MODEL, answered_weights={"margin": 1.0}, answered_bias=0.5, unsaid=0.2)
    low, middle = decide([_candidate("x", -3.0)], model), decide([_candidate("x", -1.0)], model)
    assert low.answered == 1 / (1 + np.exp(2.5)) and low.unsaid
    assert middle.answered == 1 / (1 + np.exp(0.5)) and not middle.unsaid
    assert not decide([], model).unsaid
    assert not decide([_candidate("x", -3.0)], replace(model, perhaps=0.0)).unsaid  # a guess claims nothing


def test_a_threshold_of_zero_is_a_threshold() -> None:
    assert decide([_candidate("unlikely", -9.0)], MODEL, threshold=0.0).text == "unlikely"


def test_without_candidates_there_is_no_answer() -> None:
    assert decide([], MODEL).spans == ()
    assert decide([], MODEL).confidence == 0.0


def test_the_same_answer_in_other_articles_is_cited_once_each() -> None:
    best = _candidate("The rain", 3.0)
    again, twice = _candidate("rain.", 2.0, "b", 2), _candidate("the Rain", 1.0, "b", 3)
    own, other = _candidate("rain", 2.5, id_=4), _candidate("snow", 2.9, "c", 5)
    doubtful = _candidate("rain", -1.0, "d", 6)
    decision = decide([twice, other, best, own, doubtful, again], MODEL)
    assert decision.spans == (best.span, again.span)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6))
def test_confidence_is_a_probability_and_rises_with_the_score(margins: list[float]) -> None:
    ordered = [MODEL.confidence(_candidate("x", margin)) for margin in sorted(margins)]
    assert all(0.0 <= c <= 1.0 for c in ordered)
    assert ordered == sorted(ordered)


def test_the_model_of_a_margin_reads_one_half_at_its_threshold() -> None:
    model = ConfidenceModel.of_margin(10.0, threshold=0.4)
    assert model.confidence(_candidate("x", 0.4)) == 0.5
    assert decide([_candidate("x", 0.39)], model).text is None
    assert decide([_candidate("x", 0.41)], model).text == "x"
