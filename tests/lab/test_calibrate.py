from __future__ import annotations

import numpy as np
import pytest

from qa.answer.confidence import ConfidenceModel
from qa.answer.features import NAMES
from qa.lab import calibrate
from qa.lab.calibrate import Row, cross_fitted, fit, report
from qa.lab.metrics import brier, expected_calibration_error

MARGIN = NAMES.index("margin")


def _rows(count: int, seed: int) -> list[Row]:
    """Questions whose best candidate is right with the probability that its margin says, and no other is."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        values = rng.normal(size=(4, len(NAMES)))
        values[:, MARGIN] = np.sort(rng.normal(0, 3, size=4))[::-1]
        right = np.zeros(4)
        right[0] = rng.random() < 1 / (1 + np.exp(-values[0, MARGIN]))
        rows.append(Row(f"article {number % 25}", bool(right[0]), values, right))
    return rows


def test_the_fitted_model_is_calibrated_on_questions_it_has_not_seen() -> None:
    rows = _rows(1500, seed=1)
    confidences, right = cross_fitted(rows)
    figures = report(rows, confidences, right)
    assert figures["questions"] == 1500
    assert figures["ece"] < 0.05
    assert figures["auroc_answerable"] > 0.7
    assert 0.0 < figures["threshold"] < 1.0


def test_the_weight_goes_to_the_feature_that_tells() -> None:
    model = fit(_rows(1500, seed=2), threshold=0.5)
    assert isinstance(model, ConfidenceModel)
    others = [abs(weight) for name, weight in model.weights.items() if name != "margin"]
    assert model.weights["margin"] > 3 * max(others)
    assert model.slope > 0


def test_each_article_is_judged_by_a_model_fitted_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _rows(300, seed=3)
    everything = {row.group for row in rows}
    left_out: list[set[str]] = []

    def spying(chosen: list[Row], threshold: float) -> ConfidenceModel:
        left_out.append(everything - {row.group for row in chosen})
        return fit(chosen, threshold)

    monkeypatch.setattr(calibrate, "fit", spying)
    calibrate.cross_fitted(rows)

    assert len(left_out) == calibrate.FOLDS
    assert set().union(*left_out) == everything
    assert sum(len(groups) for groups in left_out) == len(everything)


def test_expected_calibration_error_by_hand() -> None:
    # Bin 0.6-0.7: two answers, one right: |1.2 - 1| = 0.2; bin 0.9-1.0: one, right: |1.0 - 1| = 0.
    assert expected_calibration_error([0.6, 0.6, 1.0], [True, False, True]) == pytest.approx(0.2 / 3)
    assert expected_calibration_error([0.0, 1.0], [False, True]) == 0.0


def test_brier_by_hand() -> None:
    assert brier([0.5, 1.0, 0.0], [True, True, True]) == pytest.approx((0.25 + 0 + 1) / 3)
