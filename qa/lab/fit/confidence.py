"""Fit the confidence model on questions held out from the reader's training, and say how far it can be trusted.

    python -m qa.lab.fit.confidence --data FOLDER --measured FILE... --cache runs/cache

Every question goes through the engine (see `held_out`), so what is fitted and measured is what is served: refusals of
what nothing mentions, answers that cannot be, and lists included; only the articles of these files have no dates. A
share of one third is given to questions without an answer. Reported figures are of questions whose article the model
under test was not fitted on (cross-fitting by article); the model that is written saw all.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit, logit

from embeddings.models import sha256
from qa.answer.decide.confidence import FILE, ConfidenceModel
from qa.answer.decide.judge import judge
from qa.answer.read.neural import WEIGHTS, NeuralReader
from qa.lab.measure.held_out import Asked, ask
from qa.lab.measure.remember import Remembering
from qa.lab.sets import metrics
from qa.lab.sets.gold import matches
from qa.lab.sets.training import Recipe, TrainingData
from qa.settings import Settings
from qa.snapshot import open_encoder

from .logistic import PENALTY, UNANSWERABLE, break_even, fit, weights

MANIFEST = "reader.json"  # names the weights by their checksum, and the limits and thresholds of reading
FOLDS = 5
SAMPLE = 10  # times the questions, drawn by their weights


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was served for a question, had it no threshold. confidence: 0 where nothing was answered."""

    asked: Asked
    confidence: float
    right: bool

    @property
    def refused(self) -> bool:
        return self.confidence == 0


def served(asked: Asked, model: ConfidenceModel) -> Outcome:
    decision = judge(asked.weighed, model, 0.0).decision
    right = decision.text is not None and any(matches(decision.text, gold) for gold in asked.golds)
    return Outcome(asked, decision.confidence, right)


def cross_fitted(asked: Sequence[Asked], seed: int = 7) -> list[Outcome]:
    """Each question served by a model that was fitted without the questions of its article."""
    groups = sorted({question.group for question in asked})
    random.Random(seed).shuffle(groups)
    fold_of = {group: number % FOLDS for number, group in enumerate(groups)}
    models = [
        fit([q for q in asked if fold_of[q.group] != fold], 0.5) for fold in range(min(FOLDS, len(groups)))
    ]
    return [served(question, models[fold_of[question.group]]) for question in asked]


def report(outcomes: Sequence[Outcome], seed: int = 7) -> dict[str, Any]:
    """Calibration and discrimination over a sample (with replacement) in which a share UNANSWERABLE has no answer.

    ece, brier, auroc_right, reliability: of what was answered at all. auroc_answerable: of everything, what was refused
    whatever the threshold counting as confidence 0; also against each kind of unanswerable question alone; that share
    does not bear on it, so it is of the questions themselves. threshold: see `break_even`; rightly_treated: what is
    answered rightly there, or rightly not answered, in per cent.
    """
    share = weights([outcome.asked for outcome in outcomes]) / len(outcomes)
    drawn = np.random.default_rng(seed).choice(len(outcomes), size=SAMPLE * len(outcomes), p=share)
    sample = [outcomes[at] for at in drawn]
    told = [outcome for outcome in sample if not outcome.refused]
    sure, hits = [o.confidence for o in told], [o.right for o in told]
    unanswerable = [not o.asked.answerable for o in told]
    even = break_even(logit(sure), *(np.array(of, dtype=np.float64) for of in (hits, unanswerable)))
    threshold = float(expit(even))
    treated = [o.right if o.confidence >= threshold else not o.asked.answerable for o in sample]
    return {
        "questions": dict(Counter(o.asked.kind for o in outcomes)),
        "unanswerable_share": round(UNANSWERABLE, 3),
        "refused": dict(Counter(o.asked.kind for o in outcomes if o.refused)),
        "right": sum(o.right for o in outcomes),
        "ece": round(metrics.expected_calibration_error(sure, hits), 4),
        "brier": round(metrics.brier(sure, hits), 4),
        "auroc_answerable": _auroc(outcomes),
        "auroc_by_kind": {
            kind: _auroc([o for o in outcomes if o.asked.answerable or o.asked.kind == kind])
            for kind in sorted({o.asked.kind for o in outcomes if not o.asked.answerable})
        },
        "auroc_right": round(metrics.auroc(sure, hits), 4),
        "threshold": round(threshold, 3),
        "rightly_treated": round(100 * sum(treated) / len(treated), 2),
        "reliability": [asdict(bin_) for bin_ in metrics.reliability(sure, hits)],
        "risk_coverage": metrics.risk_coverage([o.confidence for o in sample], [o.right for o in sample]),
    }


def _auroc(outcomes: Sequence[Outcome]) -> float:
    return round(metrics.auroc([o.confidence for o in outcomes], [o.asked.answerable for o in outcomes]), 4)


def table(figures: dict[str, Any]) -> str:
    """The reliability table, in Markdown."""
    rows = [
        f"| {100 * b['low']:.0f}–{100 * b['high']:.0f} % | {b['count'] / SAMPLE:.0f} | "
        f"{100 * b['confidence']:.1f} % | {100 * b['right']:.1f} % |"
        for b in figures["reliability"]
    ]
    return "\n".join(["| confidence | answers | mean confidence | right |", "|---|---|---|---|", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files (*.json.gz)")
    parser.add_argument("--measured", type=Path, nargs="+", required=True, help="as given to train_reader")
    parser.add_argument("--cache", type=Path, required=True, help="train_reader's cache folder")
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--limit", type=int, metavar="N", help="questions (default: all that were held out)")
    arguments = parser.parse_args()
    settings = Settings()
    data = TrainingData(arguments.data, Recipe(), arguments.measured, arguments.cache)
    reader = NeuralReader(arguments.reader, threads=settings.model_threads)
    # What this reader said is kept, so that a fit after a change of features takes no reading.
    reading = Remembering(reader, arguments.cache / f"read-{sha256(arguments.reader / MANIFEST)[:16]}.json")
    encoder = open_encoder(settings.encoder)
    asked = ask(data, arguments.limit, settings, encoder, reading, arguments.cache)
    reading.save()
    figures = report(cross_fitted(asked)) | {"penalty": PENALTY}
    model = fit(asked, figures["threshold"])
    (arguments.reader / FILE).write_text(
        json.dumps({**asdict(model), "held_out": figures}, indent=1) + "\n", encoding="utf-8"
    )
    shown = {name: value for name, value in figures.items() if name not in ("reliability", "risk_coverage")}
    print(json.dumps({**asdict(model), "held_out": shown}, indent=1))
    print(table(figures))


if __name__ == "__main__":
    main()
