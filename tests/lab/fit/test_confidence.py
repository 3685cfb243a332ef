from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from qa.answer.decide.confidence import FILE, ConfidenceModel
from qa.answer.decide.features import NAMES, Candidate
from qa.answer.decide.judge import Weighed
from qa.answer.understand.question import Question
from qa.errors import BadRequest
from qa.lab.fit import confidence as calibrate
from qa.lab.fit import pictures
from qa.lab.fit.confidence import Outcome, cross_fitted, report, served, table
from qa.lab.fit.logistic import BOUNDS, UNANSWERABLE, break_even, fit, logistic, surely_unsaid, weights
from qa.lab.measure.held_out import Asked
from qa.lab.sets.metrics import brier, expected_calibration_error, reliability, risk_coverage
from qa.records import Hit, Passage, Span

MARGIN, ELSEWHERE = NAMES.index("margin"), NAMES.index("elsewhere")
QUESTION = Question.of("?", date(2022, 1, 1))
TEXT = "alpha beta gamma delta"
PASSAGE = Passage(1, "a", 0, len(TEXT), TEXT)
HIT = Hit(PASSAGE, 0.1, 1, 1, 0.5)


def _asked(values: np.ndarray, right: bool, group: str) -> Asked:
    """One candidate a word; the first one is right, or none is."""
    starts = [TEXT.index(word) for word in TEXT.split()]
    spans = [Span(PASSAGE, s, s + len(w), 0.0, 0.0) for s, w in zip(starts, TEXT.split(), strict=True)]
    found = tuple(Candidate(span, HIT, row) for span, row in zip(spans, values, strict=True))
    weighed = Weighed(QUESTION, found, found, found, {"a": None})
    return Asked("?", group, ("alpha",) if right else (), weighed)


def _questions(count: int, seed: int) -> list[Asked]:
    """Their best candidate is right with the probability that its margin says, and no other is."""
    rng = np.random.default_rng(seed)
    asked = []
    for number in range(count):
        values = rng.normal(size=(4, len(NAMES)))
        values[:, MARGIN] = np.sort(rng.normal(0, 3, size=4))[::-1]
        right = bool(rng.random() < 1 / (1 + np.exp(-values[0, MARGIN])))
        asked.append(_asked(values, right, f"article {number % 25}"))
    return asked


def test_the_fitted_model_is_calibrated_on_questions_it_has_not_seen() -> None:
    figures = report(cross_fitted(_questions(1500, seed=1)))

    assert sum(figures["questions"].values()) == 1500
    assert figures["ece"] < 0.05
    assert figures["auroc_answerable"] > 0.7
    assert 0.0 < figures["threshold"] < 1.0
    assert figures["refused"] == 0


def test_the_weight_goes_to_the_feature_that_tells() -> None:
    model = fit(_questions(1500, seed=2))

    assert isinstance(model, ConfidenceModel)
    others = [abs(weight) for name, weight in model.weights.items() if name != "margin"]
    assert model.weights["margin"] > 3 * max(others)
    assert model.slope > 0


def test_a_weight_never_takes_the_sign_that_its_feature_cannot_have() -> None:
    """Of these questions the wrong ones are said elsewhere most, as if by chance."""
    asked = _questions(600, seed=4)
    for question in asked:
        for candidate in question.weighed.telling:
            candidate.values[ELSEWHERE] = -3.0 * question.answerable

    model = fit(asked)

    assert model.weights["elsewhere"] == model.answered_weights["elsewhere"] == 0
    for name, (low, high) in BOUNDS.items():
        assert (low is None or model.weights[name] >= low) and (high is None or model.weights[name] <= high)


def test_a_feature_that_is_left_out_weighs_nothing_and_the_rest_is_fitted_anew() -> None:
    asked = _questions(600, seed=8)
    model = fit(asked, names=("elsewhere",))
    assert model.weights["margin"] == model.answered_weights["margin"] == 0
    assert model.bias != fit(asked).bias


def test_the_probability_of_an_answer_is_fitted_beside_that_of_the_right_words() -> None:
    """Half of the answerable questions' best words are wrong here: the two numbers part."""
    asked = _questions(1500, seed=9)
    asked = [replace(q, golds=("beta",)) if q.answerable and n % 2 else q for n, q in enumerate(asked)]
    model = fit(asked)
    best = [max(q.weighed.telling, key=model.score) for q in asked]
    answered = np.array([model.answered(candidate) for candidate in best])
    right = np.array([model.confidence(candidate) for candidate in best])
    answerable = np.array([q.answerable for q in asked])
    counts = weights(asked)
    assert (answered * counts).mean() == pytest.approx(1 - UNANSWERABLE, abs=0.02)
    assert answered[answerable].mean() > answered[~answerable].mean()
    assert right.mean() < answered.mean() - 0.1


def test_that_nothing_is_said_is_claimed_where_nine_in_ten_are_unanswerable() -> None:
    answered = np.arange(100) / 100
    unanswerable = (np.arange(100) < 40).astype(float)  # 40 of the lowest 44 are nine in ten
    assert surely_unsaid(answered, unanswerable, np.ones(100)) == pytest.approx(0.435)
    assert surely_unsaid(answered, 1 - unanswerable, np.ones(100)) == 0.0
    assert surely_unsaid(answered[:19], np.ones(19), np.ones(19)) == 0.0  # too few to know


def test_each_article_is_judged_by_a_model_fitted_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _questions(300, seed=3)
    everything = {question.group for question in asked}
    left_out: list[set[str]] = []

    def spying(chosen: Sequence[Asked], *options: object) -> ConfidenceModel:
        left_out.append(everything - {question.group for question in chosen})
        return fit(chosen)

    monkeypatch.setattr(calibrate, "fit", spying)
    calibrate.cross_fitted(asked)

    assert len(left_out) == calibrate.FOLDS
    assert set().union(*left_out) == everything
    assert sum(len(groups) for groups in left_out) == len(everything)


def test_a_third_of_the_weight_is_of_questions_without_an_answer() -> None:
    asked = [_asked(np.zeros((4, len(NAMES))), number < 8, "a") for number in range(10)]

    counted = weights(asked)

    assert counted[8:].sum() / counted.sum() == pytest.approx(UNANSWERABLE)
    assert counted.mean() == pytest.approx(1.0)


def test_logistic_regression_finds_the_log_odds_of_a_table() -> None:
    """Three of four right with the feature, one of four without: log 3 and -log 3."""
    x = np.array([[1.0]] * 4 + [[0.0]] * 4)
    y = np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=np.float64)

    (weight,), offset = logistic(x, y, np.ones(8), [(None, None)], 0.0)
    (bounded,), level = logistic(x, y, np.ones(8), [(None, 0.0)], 0.0)

    assert [weight, offset] == pytest.approx([2 * np.log(3), -np.log(3)], abs=1e-3)
    assert bounded == 0.0 and level == pytest.approx(0.0, abs=1e-3)


def test_answering_begins_where_as_many_are_right_as_have_no_answer() -> None:
    """Of the unsure 8 one is right and 5 have no answer, of the sure 8 it is 5 and one: even in the middle."""
    odds = np.log([0.25] * 8 + [4.0] * 8)  # 20 % and 80 %
    right = np.array([1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0], dtype=np.float64)

    assert break_even(odds, right, right[::-1]) == pytest.approx(0.0, abs=1e-3)
    assert break_even(odds, right, np.zeros(16)) < -7  # where nothing is unanswerable, everything is answered


def test_what_is_refused_whatever_the_threshold_has_no_confidence() -> None:
    refused = Asked("?", "a", (), Weighed(QUESTION, (), (), (), {}))
    outcome = served(refused, ConfidenceModel({"margin": 1.0}, 9.0, 1.0, 0.0, 0.5))

    assert outcome.refused and not outcome.right


def test_refusals_count_in_discrimination_and_not_in_calibration() -> None:
    own, human = (
        _questions(40, seed=5),
        Asked("?", "b", (), Weighed(QUESTION, (), (), (), {})),
    )
    answerable = [question for question in own if question.answerable][:10]
    answered = [Outcome(question, 0.8, number > 0) for number, question in enumerate(answerable)]

    figures = report([*answered, *[Outcome(human, 0.0, False)] * 5])

    assert figures["auroc_answerable"] == 1.0
    assert figures["refused"] == 5
    assert figures["ece"] == pytest.approx(abs(figures["reliability"][0]["right"] - 0.8), abs=1e-4)
    assert figures["reliability"][0]["right"] == pytest.approx(0.9, abs=0.1)
    assert "| 80–90 % |" in table(figures)


def test_the_pictures_are_drawn_from_what_was_written(tmp_path: Path) -> None:
    figures = report(cross_fitted(_questions(300, seed=6)))
    (tmp_path / FILE).write_text(json.dumps({"threshold": 0.4, "held_out": figures}), encoding="utf-8")

    files = pictures.draw(tmp_path, tmp_path)
    drawn = [file.read_bytes() for file in files]

    assert [file.name for file in files] == ["risk-coverage.svg", "reliability.svg", "calibration.md"]
    assert all(b"<svg" in picture for picture in drawn[:2])
    told = drawn[2].decode()
    assert f"| ECE, ten bins | {figures['ece']:.3f} |" in told and table(figures) in told
    assert [file.read_bytes() for file in pictures.draw(tmp_path, tmp_path)] == drawn


def test_without_figures_no_picture_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="has no figures to draw"):
        pictures.draw(tmp_path, tmp_path)


def test_expected_calibration_error_by_hand() -> None:
    # Bin 0.6-0.7: two answers, one right: |1.2 - 1| = 0.2; bin 0.9-1.0: one, right: |1.0 - 1| = 0.
    assert expected_calibration_error([0.6, 0.6, 1.0], [True, False, True]) == pytest.approx(0.2 / 3)
    assert expected_calibration_error([0.0, 1.0], [False, True]) == 0.0


def test_brier_by_hand() -> None:
    assert brier([0.5, 1.0, 0.0], [True, True, True]) == pytest.approx((0.25 + 0 + 1) / 3)


def test_reliability_by_hand() -> None:
    first, last = reliability([0.62, 0.68, 1.0], [True, False, True])

    assert (first.low, first.high, first.count, first.confidence, first.right) == (0.6, 0.7, 2, 0.65, 0.5)
    assert (last.low, last.high, last.count, last.right) == (0.9, 1.0, 1, 1.0)


def test_risk_and_coverage_by_hand() -> None:
    """Four questions, one of them refused: at most three quarters are answered, the wrong one among them last."""
    assert risk_coverage([0.9, 0.0, 0.5, 0.7], [True, False, False, True], steps=3) == [
        (0.25, 0.0, 0.9),
        (0.5, 0.0, 0.7),
        (0.75, 0.3333, 0.5),
    ]
    assert risk_coverage([0.0], [False]) == []
