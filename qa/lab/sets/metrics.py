"""Measures of answers and of rankings; pure functions.

exact_match and f1 follow SQuAD's published evaluation (Rajpurkar et al., 2016): lower case, no punctuation, no
articles, single spaces; against several gold answers, the best counts. The figures over unanswerable questions follow
SQuAD 2.0's (2018).
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize(text: str) -> str:
    """SQuAD's normalization."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """1.0 where the normalized answer is one of the golds', else 0.0; "" is "no answer", right where golds is empty."""
    return float(any(normalize(answer) == normalize(gold) for gold in golds or [""]))


def f1(answer: str, golds: Sequence[str]) -> float:
    """The best token F1 (0..1) against the golds; "" is "no answer", right where golds is empty."""
    return max(_f1(normalize(answer).split(), normalize(gold).split()) for gold in golds or [""])


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    common = sum((Counter(answer) & Counter(gold)).values())
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Area under the ROC curve: how often a positive scores above a negative, a tie counting half.

    Raises ValueError without at least one of each.
    """
    values, labels = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if not positives or not negatives:
        raise ValueError("AUROC needs at least one positive and one negative")
    ranks = _mean_ranks(values)
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, equal values sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts + 1 + ends) / 2)[inverse], dtype=np.float64)


def recall_at(ranks: Sequence[int | None], k: int) -> float:
    """Share (0..1) of questions whose right passage has rank k or better; ranks count from 1, None is absent."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Mean of 1 / rank, 0 where absent (Voorhees, TREC-8, 1999)."""
    return sum(1 / rank for rank in ranks if rank is not None) / len(ranks)


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Mean gap between confidence and share of right answers over `bins` equally wide bins, by their share of answers
    (Guo et al., "On Calibration of Modern Neural Networks", 2017)."""
    sure, hits = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    of_bin = np.minimum((sure * bins).astype(np.int64), bins - 1)
    gaps = [abs(float(sure[of_bin == b].sum() - hits[of_bin == b].sum())) for b in range(bins)]
    return sum(gaps) / len(sure)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence is in [low, high): how many, how sure on average, and the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Equally wide bins of confidence, those without an answer left out; the last one takes 1.0 too."""
    sure, hits = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    of_bin = np.minimum((sure * bins).astype(np.int64), bins - 1)
    found = []
    for number in sorted(set(of_bin.tolist())):
        inside = of_bin == number
        count, confidence, share = int(inside.sum()), float(sure[inside].mean()), float(hits[inside].mean())
        low, high = number / bins, (number + 1) / bins
        found.append(Bin(low, high, count, round(confidence, 4), round(share, 4)))
    return found


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool], steps: int = 50
) -> list[tuple[float, float, float]]:
    """(coverage, risk, confidence): of the share of questions that are answered, surest first, the share of wrong
    answers, and the confidence of the least sure one, at `steps` evenly spread coverages. What has confidence 0 is
    never answered (El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification", 2010)."""
    sure, hits = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    order = np.argsort(-sure, kind="stable")
    ranked = sure[order]
    wrong = np.cumsum(1 - hits[order])[: int((sure > 0).sum())]
    counts = sorted(
        {max(1, round(len(wrong) * step / steps)) for step in range(1, steps + 1)} if len(wrong) else ()
    )
    return [
        (round(n / len(sure), 4), round(float(wrong[n - 1] / n), 4), round(float(ranked[n - 1]), 4))
        for n in counts
    ]


def brier(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Mean squared difference of confidence and outcome (Brier, 1950); 0.25 is what "50 %" always would get."""
    sure, hits = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    return float(np.mean((sure - hits) ** 2))


@dataclass(frozen=True, slots=True)
class Threshold:
    value: float  # answer where the margin is above it
    f1: float  # mean F1 (0..1) then


def best_threshold(margins: Sequence[float], f1s: Sequence[float], answerable: Sequence[bool]) -> Threshold:
    """The margin above which to answer so that mean F1 is best.

    f1s: what each answer would score if given; an unanswerable question scores 1 where none is given.
    """
    order = np.argsort(-np.asarray(margins), kind="stable")
    sorted_margins = np.asarray(margins, dtype=np.float64)[order]
    given = np.asarray(f1s, dtype=np.float64)[order]
    withheld = (~np.asarray(answerable, dtype=bool))[order].astype(np.float64)
    totals = withheld.sum() + np.concatenate([[0.0], np.cumsum(given - withheld)])
    # A cut between two equal margins cannot be made.
    possible = np.concatenate([[True], sorted_margins[:-1] > sorted_margins[1:], [True]])
    cut = int(np.argmax(np.where(possible, totals, -np.inf)))
    if cut == 0:
        value = float(sorted_margins[0])
    elif cut == len(order) or sorted_margins[cut] == -np.inf:
        value = float(np.nextafter(sorted_margins[cut - 1], -np.inf))
    else:
        value = float((sorted_margins[cut - 1] + sorted_margins[cut]) / 2)
    return Threshold(value, float(totals[cut] / len(order)))
