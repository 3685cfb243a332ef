"""How sure an answer is, where another share of the questions has no answer than the model was fitted for."""

from __future__ import annotations

import numpy as np
import pytest

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.features import NAMES, Candidate
from qa.answer.read.neural import WEIGHTS
from qa.records import Hit, Passage, Span
from qa.settings import Settings

SHIPPED = ConfidenceModel.load(WEIGHTS)
PASSAGE = Passage(0, "a", 0, 5, "alpha")


def _candidate(margin: float) -> Candidate:
    row = np.zeros(len(NAMES))
    row[NAMES.index("margin")] = margin
    return Candidate(Span(PASSAGE, 0, 5, margin, margin), Hit(PASSAGE, 0.1, 1, 1), row)


def test_for_the_share_it_was_fitted_for_nothing_changes() -> None:
    assert SHIPPED.expecting(Settings().unanswerable) == SHIPPED


def test_bayes_rule_by_hand() -> None:
    """Fitted for one in two; of 4 questions 3 have no answer now, so that their odds are 3 times as high: of 0.5 that
    answers and 0.2 that is right there stay 0.5 / (0.5 + 0.5 * 3) and 0.2 / 2."""
    right, answered = -np.log(4), 0.0  # log odds of 0.2 and 0.5
    model = ConfidenceModel(
        {"margin": 1.0},
        0.0,
        1.0,
        right,
        0.3,
        answered_weights={"margin": 1.0},
        answered_bias=answered,
        unanswerable=0.5,
    ).expecting(0.75)
    assert model.answered(_candidate(0.0)) == pytest.approx(0.25)
    assert model.confidence(_candidate(0.0)) == pytest.approx(0.1)


@pytest.mark.parametrize("margin", [-6.0, -2.0, 0.0, 1.0, 4.0])
def test_with_more_questions_without_an_answer_both_are_less_likely(margin: float) -> None:
    shares = (0.1, 0.25, 1 / 3, 0.5, 0.8)
    models = [SHIPPED.expecting(share) for share in shares]
    sure = [model.confidence(_candidate(margin)) for model in models]
    answered = [model.answered(_candidate(margin)) for model in models]
    assert sure == sorted(sure, reverse=True) and answered == sorted(answered, reverse=True)
    assert all(0 < one < more < 1 for one, more in zip(sure, answered, strict=True))


def test_with_more_questions_without_an_answer_it_takes_more_to_answer() -> None:
    def least(share: float) -> float:
        model = SHIPPED.expecting(share)
        return min(m for m in np.arange(-8, 8, 0.05) if model.confidence(_candidate(m)) >= model.threshold)

    needed = [least(share) for share in (0.1, 0.25, 1 / 3, 0.5, 0.8)]
    assert needed == sorted(needed) and len(set(needed)) == len(needed)


def test_a_model_of_the_margin_alone_stays_as_it_is() -> None:
    model = ConfidenceModel.of_margin(2.0)
    assert model.expecting(0.9) is model


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 2.0])
def test_a_share_is_between_none_and_all(share: float) -> None:
    with pytest.raises(ValueError, match="unanswerable is a share"):
        Settings(unanswerable=share)
