"""Fit the confidence model on questions held out from the reader's training.

    python -m qa.lab.calibrate --data FOLDER --measured FILE... --cache runs/cache

Each held-out question is asked of all training and held-out contexts together. A share of the answerable ones is
asked with its own context withheld, so that "the articles don't say" is learnt too. A logistic regression over the
candidates' features learns which candidate is right; a second one, over the best candidate's score only, puts it on
the scale of frequencies. Reported figures are of questions whose article the model under test was not fitted on
(cross-fitting by article).
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..answer.confidence import FILE, ConfidenceModel
from ..answer.features import NAMES
from ..answer.reader import WEIGHTS, NeuralReader
from ..engine import open_encoder
from ..settings import Settings
from . import metrics
from .asked import ask_all
from .collection import article_id, collection
from .gold import matches
from .progress import counted
from .train_data import HALF_A, SPECIFIC, Example, Recipe, TrainingData

WITHHELD = (
    0.35  # of the answerable questions, so that there are enough that nothing in the collection answers
)
UNANSWERABLE = 1 / 3  # the share of questions without an answer that confidence and threshold are meant for
FOLDS = 5
REGULARIZATION = 1.0  # scikit-learn's C, over standardized features


@dataclass(frozen=True, slots=True)
class Row:
    """One question's candidates. values: (candidates, len(NAMES)); right: (candidates,) of 0 and 1."""

    group: str  # its article's title: questions of one article are never on both sides of a fold
    answerable: bool  # by what was read: False where the own context was withheld
    values: NDArray[np.float64]
    right: NDArray[np.float64]


def collect(data: TrainingData, settings: Settings, reader: NeuralReader, seed: int = 7) -> list[Row]:
    """Ask the held-out questions whose wording names a subject; the others can only be asked beside their text."""
    everything = [*data.train, *data.held_out]
    contexts = list(dict.fromkeys((_title(example), example.context) for example in everything))
    number_of = {context: number for number, (_, context) in enumerate(contexts)}
    chosen = [e for e in data.held_out if e.file in (*SPECIFIC, HALF_A) and e.kind != "retrieved"]
    rng = random.Random(seed)
    withheld = [
        article_id(number_of[e.context]) if e.answers and rng.random() < WITHHELD else None for e in chosen
    ]
    encoder = open_encoder(settings.encoder)
    with collection(contexts, encoder, settings) as store:
        results = ask_all([e.question for e in chosen], store, encoder, reader, settings, withheld)
        rows = []
        for example, hidden, asked in zip(counted(chosen, "asking"), withheld, results, strict=True):
            golds = [text for text, _ in example.answers]
            found = asked.candidates
            right = [float(any(matches(c.span.text, gold) for gold in golds)) for c in found]
            values = np.array([c.values for c in found]).reshape(len(found), len(NAMES))
            rows.append(Row(example.title, bool(example.answers) and hidden is None, values, np.array(right)))
    return [row for row in rows if len(row.values)]


def _title(example: Example) -> str:
    return example.title if example.file in (*SPECIFIC, HALF_A) else ""


def fit(rows: Sequence[Row], threshold: float) -> ConfidenceModel:
    """The ranking model over all candidates, then slope and offset over each question's best."""
    values, right = np.concatenate([r.values for r in rows]), np.concatenate([r.right for r in rows])
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-9
    of_rows = _weights(rows)
    of_candidates = np.repeat(of_rows, [len(row.right) for row in rows])
    inner = LogisticRegression(C=REGULARIZATION, max_iter=1000)
    inner.fit((values - mean) / scale, right, sample_weight=of_candidates)
    weights = inner.coef_[0] / scale
    bias = float(inner.intercept_[0] - weights @ mean)
    best = [_best(row, weights, bias) for row in rows]
    outer = LogisticRegression(C=1e6)
    outer.fit(np.array([[score] for score, _ in best]), [hit for _, hit in best], sample_weight=of_rows)
    return ConfidenceModel(
        weights={name: round(float(weight), 4) for name, weight in zip(NAMES, weights, strict=True)},
        bias=round(bias, 4),
        slope=round(float(outer.coef_[0][0]), 4),
        offset=round(float(outer.intercept_[0]), 4),
        threshold=threshold,
    )


def _weights(rows: Sequence[Row]) -> NDArray[np.float64]:
    """(rows,): what each counts, so that a share UNANSWERABLE of the whole has no answer; the mean is 1."""
    answerable = np.array([row.answerable for row in rows])
    share = answerable.mean()
    return np.asarray(
        np.where(answerable, (1 - UNANSWERABLE) / share, UNANSWERABLE / (1 - share)), dtype=np.float64
    )


def _best(row: Row, weights: NDArray[np.float64], bias: float) -> tuple[float, bool]:
    scores = row.values @ weights + bias
    at = int(np.argmax(scores))
    return float(scores[at]), bool(row.right[at])


def cross_fitted(rows: Sequence[Row], seed: int = 7) -> tuple[list[float], list[bool]]:
    """Confidence in the best candidate of each row by a model fitted without its article, and whether it is right."""
    groups = sorted({row.group for row in rows})
    random.Random(seed).shuffle(groups)
    fold_of = {group: number % FOLDS for number, group in enumerate(groups)}
    confidences, right = [0.0] * len(rows), [False] * len(rows)
    for fold in range(FOLDS):
        model = fit([row for row in rows if fold_of[row.group] != fold], 0.5)
        weights = np.array([model.weights[name] for name in NAMES])
        for at, row in enumerate(rows):
            if fold_of[row.group] == fold:
                score, right[at] = _best(row, weights, model.bias)
                confidences[at] = 1 / (1 + np.exp(-(model.slope * score + model.offset)))
    return confidences, right


def report(
    rows: Sequence[Row], confidences: Sequence[float], right: Sequence[bool], seed: int = 7
) -> dict[str, Any]:
    """Calibration and discrimination, and the threshold at which most questions are treated rightly, over a sample
    (with replacement) of ten times the rows, in which a share UNANSWERABLE has no answer."""
    weights = _weights(rows) / len(rows)
    sample = np.random.default_rng(seed).choice(len(rows), size=10 * len(rows), p=weights)
    sure = [confidences[at] for at in sample]
    hits = [right[at] for at in sample]
    answerable = [rows[at].answerable for at in sample]
    best = metrics.best_threshold(sure, [float(hit) for hit in hits], answerable)
    return {
        "questions": len(rows),
        "answerable": sum(row.answerable for row in rows),
        "right": sum(right),
        "ece": round(metrics.expected_calibration_error(sure, hits), 4),
        "brier": round(metrics.brier(sure, hits), 4),
        "auroc_answerable": round(metrics.auroc(sure, answerable), 4),
        "auroc_right": round(metrics.auroc(sure, hits), 4),
        "threshold": round(best.value, 3),
        "rightly_treated": round(100 * best.f1, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files (*.json.gz)")
    parser.add_argument("--measured", type=Path, nargs="+", required=True, help="as given to train_reader")
    parser.add_argument("--cache", type=Path, required=True, help="train_reader's cache folder")
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    arguments = parser.parse_args()
    settings = Settings()
    data = TrainingData(arguments.data, Recipe(), arguments.measured, arguments.cache)
    rows = collect(data, settings, NeuralReader(arguments.reader, threads=settings.model_threads))
    figures = report(rows, *cross_fitted(rows))
    model = fit(rows, figures["threshold"])
    told = {**asdict(model), "held_out": figures}
    (arguments.reader / FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
