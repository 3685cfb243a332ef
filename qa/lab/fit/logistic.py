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

UNANSWERABLE = 1 / 3  # by default, the share of questions without an answer that is prepared for
# Of half the squared weights over standardized features. A question counts once, however many candidates it has.
PENALTY = 10.0
PERHAPS = 0.2  # confidence from which a guess is worth telling: it is right one time in five
SURELY = 0.9  # share of rightly said "the articles do not say"
FEWEST = 20  # questions of which that share must be
Bounds = tuple[float | None, float | None]
HELPS: Bounds = (0.0, None)
HARMS: Bounds = (None, 0.0)
BOUNDS: Mapping[str, Bounds] = {
    **dict.fromkeys(NAMES, HELPS),
    # Training articles hardly ever say the same, news do: its weight is of too few cases to be let grow.
    "elsewhere": (0.0, 2.0),
}


def fit(
    asked: Sequence[Asked], names: Sequence[str] = NAMES, share: float = UNANSWERABLE, threshold: float = 0.5
) -> ConfidenceModel:
    """The weights over all candidates of the questions, slope and offset over each question's best, and over these
    best the odds that the question is answered at all.

    names: of the features that may weigh anything. share: of the questions, how many have no answer. threshold: from
    which the model is to answer.
    """
    rows = [question for question in asked if question.weighed.telling]
    values = [np.array([c.values for c in row.weighed.telling]) for row in rows]
    right = [_right(row) for row in rows]
    of_rows = weights(rows, share)
    x, y = np.concatenate(values), np.concatenate(right)
    counts = [len(row) for row in right]
    of_candidates = np.repeat(of_rows / counts, counts)
    weight, bias = _standardized(x, y, of_candidates, names, BOUNDS)
    best = [int(np.argmax(v @ weight)) for v in values]
    of_best = np.array([v[at] for v, at in zip(values, best, strict=True)])
    hits = np.array([r[at] for r, at in zip(right, best, strict=True)])
    (slope,), offset = logistic((of_best @ weight + bias)[:, None], hits, of_rows, [HELPS], 0.0)
    answerable = np.array([float(row.answerable) for row in rows])
    answered, level = _standardized(of_best, answerable, of_rows, names, BOUNDS)
    return ConfidenceModel(
        weights=_named(weight),
        bias=round(bias, 4),
        slope=round(float(slope), 4),
        offset=round(offset, 4),
        threshold=threshold,
        perhaps=PERHAPS,
        answered_weights=_named(answered),
        answered_bias=round(level, 4),
        unanswerable=share,
    )


def _standardized(
    x: Floats, y: Floats, sample_weight: Floats, names: Sequence[str], bounds: Mapping[str, Bounds]
) -> tuple[Floats, float]:
    """The weights (features,), 0 of those not named, and the bias, fitted over features of unit variance."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    within = [
        _scaled(bounds[name], by) if name in names else (0.0, 0.0)
        for name, by in zip(NAMES, scale, strict=True)
    ]
    standardized, bias = logistic((x - mean) / scale, y, sample_weight, within, PENALTY)
    weight = standardized / scale
    return weight, bias - float(weight @ mean)


def _named(weight: Floats) -> dict[str, float]:
    return {name: round(float(w), 4) + 0.0 for name, w in zip(NAMES, weight, strict=True)}


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


def break_even(odds: Floats, right: Floats, unanswerable: Floats, counts: Floats | None = None) -> float:
    """The odds at which questions are answered rightly as often as they have no answer; all (rows,), shares of 0 to 1.

    counts: what each question counts, by default 1.

    From there on answering treats more questions rightly than refusing does. Both shares are logistic in the odds, log
    odds of whatever sort: the best of the thresholds tried one by one is a matter of chance. Of confidence it was
    between 0.20 and 0.41 for readers and penalties that differ little, this one 0.30 to 0.31; of the reader's margin,
    over samples of the held-out questions drawn anew, nine in ten were between 0.8 and 2.9, of this one 0.8 and 2.0.
    """
    x, counted = odds[:, None], np.ones(len(odds)) if counts is None else counts
    (rising,), right_at_even = logistic(x, right, counted, [HELPS], 0.0)
    (falling,), none_at_even = logistic(x, unanswerable, counted, [HARMS], 0.0)
    return float((none_at_even - right_at_even) / max(rising - falling, 1e-9))


def surely_unsaid(answered: Floats, unanswerable: Floats, counts: Floats) -> float:
    """The largest probability of being answered below which at least SURELY of the questions, by what each counts, have
    no answer; 0 where that holds of fewer than FEWEST. All (rows,)."""
    order = np.argsort(answered, kind="stable")
    shares = np.cumsum((unanswerable * counts)[order]) / np.cumsum(counts[order])
    enough = [at for at in range(FEWEST - 1, len(order)) if shares[at] >= SURELY]
    if not enough:
        return 0.0
    last = enough[-1]
    following = answered[order[last + 1]] if last + 1 < len(order) else 1.0
    return float((answered[order[last]] + following) / 2)


def weights(asked: Sequence[Asked], share: float = UNANSWERABLE) -> Floats:
    """(asked,): what each counts, so that `share` of the whole has no answer; the mean is 1."""
    answerable = np.array([question.answerable for question in asked])
    there = answerable.mean()
    return np.asarray(np.where(answerable, (1 - share) / there, share / (1 - there)), dtype=np.float64)


def _right(question: Asked) -> Floats:
    texts = [candidate.span.text for candidate in question.weighed.telling]
    return np.array([float(any(matches(text, gold) for gold in question.golds)) for text in texts])


def _scaled(bounds: Bounds, by: float) -> Bounds:
    """Of the weight of a feature that is divided by `by`."""
    low, high = bounds
    return (None if low is None else low * by, None if high is None else high * by)
