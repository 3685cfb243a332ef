"""Asked questions -> the confidence model, with the signs that its features must have.

P(right) of a candidate is a logistic function of its features. Which of them help and which harm is known beforehand
(a passage that lacks the day asked for is no better for it), so their weights are bounded at 0 on the other side:
what the held-out questions say by chance against it is noise that would be served. The bounds are L-BFGS-B's (Byrd
and others, "A Limited Memory Algorithm for Bound Constrained Optimization", 1995), the penalty is ridge's, over
features of unit variance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.features import NAMES
from qa.lab.measure.held_out import Asked
from qa.lab.sets.gold import matches

Floats = NDArray[np.float64]

UNANSWERABLE = 1 / 3  # the share of questions without an answer that confidence and threshold are meant for
# Of squared weights over standardized features: these are of few articles, six in all, so that what holds for five of
# them is a weak witness. Cross-fitted for three readers, 100, 1,000 and 10,000 had a mean Brier score of 0.1662, 0.1653
# and 0.1670; which of them is best for one reader alone is a matter of chance.
PENALTY = 1000.0
Bounds = tuple[float | None, float | None]
HELPS: Bounds = (0.0, None)
HARMS: Bounds = (None, 0.0)
BOUNDS: Mapping[str, Bounds] = {
    **dict.fromkeys(NAMES, HELPS),
    **dict.fromkeys(("negated", "missing", "repeats"), HARMS),
    # Training articles hardly ever say the same, news do: its weight is of too few cases to be let grow.
    "elsewhere": (0.0, 2.0),
    "length": (None, None),  # long answers quote too much, short ones too little
}


def fit(asked: Sequence[Asked], threshold: float) -> ConfidenceModel:
    """The weights over all candidates of the questions, then slope and offset over each question's best."""
    rows = [question for question in asked if question.weighed.telling]
    values = [np.array([c.values for c in row.weighed.telling]) for row in rows]
    right = [_right(row) for row in rows]
    of_rows = weights(rows)
    x, y = np.concatenate(values), np.concatenate(right)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    bounds = [_scaled(BOUNDS[name], by) for name, by in zip(NAMES, scale, strict=True)]
    of_candidates = np.repeat(of_rows, [len(row) for row in right])
    standardized, bias = logistic((x - mean) / scale, y, of_candidates, bounds, PENALTY)
    weight = standardized / scale
    bias -= float(weight @ mean)
    best = [int(np.argmax(v @ weight)) for v in values]
    scores = np.array([v[at] @ weight + bias for v, at in zip(values, best, strict=True)])
    hits = np.array([r[at] for r, at in zip(right, best, strict=True)])
    (slope,), offset = logistic(scores[:, None], hits, of_rows, [(0.0, None)], 0.0)
    return ConfidenceModel(
        weights={name: round(float(w), 4) + 0.0 for name, w in zip(NAMES, weight, strict=True)},
        bias=round(bias, 4),
        slope=round(float(slope), 4),
        offset=round(offset, 4),
        threshold=threshold,
    )


def logistic(
    x: Floats,
    y: Floats,
    sample_weight: Floats,
    bounds: Sequence[Bounds],
    penalty: float,
) -> tuple[Floats, float]:
    """The weights (features,) within their bounds and the offset that make y (rows,) of 0 and 1 most likely.

    x: (rows, features). penalty: of half the squared weights, against the sum over all rows.
    """

    def loss(parameters: Floats) -> tuple[float, Floats]:
        weight, offset = parameters[:-1], parameters[-1]
        logits = x @ weight + offset
        lost = sample_weight @ (np.logaddexp(0.0, logits) - y * logits) + penalty / 2 * weight @ weight
        off = sample_weight * (expit(logits) - y)
        return float(lost), np.append(off @ x + penalty * weight, off.sum())

    found = minimize(
        loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]
    )
    return found.x[:-1], float(found.x[-1])


def break_even(odds: Floats, right: Floats, unanswerable: Floats) -> float:
    """The odds at which questions are answered rightly as often as they have no answer; all (rows,), shares of 0 to 1.

    From there on answering treats more questions rightly than refusing does. Both shares are logistic in the odds, log
    odds of whatever sort: the best of the thresholds tried one by one is a matter of chance. Of confidence it was
    between 0.20 and 0.41 for readers and penalties that differ little, this one 0.30 to 0.31; of the reader's margin,
    over samples of the held-out questions drawn anew, nine in ten were between 0.8 and 2.9, of this one 0.8 and 2.0.
    """
    x, everything = odds[:, None], np.ones(len(odds))
    (rising,), right_at_even = logistic(x, right, everything, [HELPS], 0.0)
    (falling,), none_at_even = logistic(x, unanswerable, everything, [HARMS], 0.0)
    return float((none_at_even - right_at_even) / max(rising - falling, 1e-9))


def weights(asked: Sequence[Asked]) -> Floats:
    """(asked,): what each counts, so that a share UNANSWERABLE of the whole has no answer; the mean is 1."""
    answerable = np.array([question.answerable for question in asked])
    share = answerable.mean()
    return np.asarray(
        np.where(answerable, (1 - UNANSWERABLE) / share, UNANSWERABLE / (1 - share)), dtype=np.float64
    )


def _right(question: Asked) -> Floats:
    texts = [candidate.span.text for candidate in question.weighed.telling]
    return np.array([float(any(matches(text, gold) for gold in question.golds)) for text in texts])


def _scaled(bounds: Bounds, by: float) -> Bounds:
    """Of the weight of a feature that is divided by `by`."""
    low, high = bounds
    return (None if low is None else low * by, None if high is None else high * by)
