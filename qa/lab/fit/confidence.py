"""Fit the confidence model on articles held out from the reader's training, and say how far it can be trusted.

    python -m qa.lab.fit.confidence DATA/squad-2.0-train-rebuilt.json.gz --cache runs/cache

Every question goes through the engine (see `held_out`), so what is fitted and measured is what is served: refusals of
what nothing mentions, answers that cannot be, and lists included; only the articles of these files have no dates.
`--unanswerable` says what share of questions without an answer the service is to expect; confidence and threshold
follow from it. Reported figures are of questions whose article the model under test was not fitted on (cross-fitting by
article); the model that is written saw all.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit, logit

from embeddings.models import sha256
from qa.answer.decide.confidence import FILE, ConfidenceModel
from qa.answer.decide.features import NAMES
from qa.answer.decide.judge import judge
from qa.answer.read.neural import WEIGHTS, NeuralReader
from qa.lab.measure.held_out import Asked, ask
from qa.lab.measure.remember import Remembering
from qa.lab.sets import metrics
from qa.lab.sets.gold import matches
from qa.settings import Settings
from qa.snapshot import open_encoder

from .logistic import PENALTY, UNANSWERABLE, break_even, fit, surely_unsaid, weights

MANIFEST = "reader.json"  # names the weights by their checksum, and the limits and thresholds of reading
FOLDS = 5
SAMPLE = 10  # times the questions, drawn by their weights


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was served for a question, had it no threshold. confidence: 0 where nothing was answered. answered: how
    likely it was held that it has an answer at all."""

    asked: Asked
    confidence: float
    right: bool
    answered: float = 0.0

    @property
    def refused(self) -> bool:
        return self.confidence == 0


def served(asked: Asked, model: ConfidenceModel) -> Outcome:
    decision = judge(asked.weighed, model, 0.0).decision
    right = decision.text is not None and any(matches(decision.text, gold) for gold in asked.golds)
    return Outcome(asked, decision.confidence, right, decision.answered if decision.spans else 0.0)


def cross_fitted(
    asked: Sequence[Asked], names: Sequence[str] = NAMES, share: float = UNANSWERABLE, seed: int = 7
) -> list[Outcome]:
    """Each question served by a model that was fitted without the questions of its article. names, share: see `fit`."""
    groups = sorted({question.group for question in asked})
    random.Random(seed).shuffle(groups)
    fold_of = {group: number % FOLDS for number, group in enumerate(groups)}
    models = [
        fit([q for q in asked if fold_of[q.group] != fold], names, share)
        for fold in range(min(FOLDS, len(groups)))
    ]
    return [served(question, models[fold_of[question.group]]) for question in asked]


def report(outcomes: Sequence[Outcome], share: float = UNANSWERABLE, seed: int = 7) -> dict[str, Any]:
    """Calibration and discrimination over a sample (with replacement) of which `share` has no answer.

    ece, brier, auroc_right, reliability: of what was answered at all. auroc_answerable: of everything, what was refused
    whatever the threshold counting as confidence 0; auroc_answered: the same, by the probability that it has an answer.
    These two are of the questions themselves, for no share bears on them. threshold: see `break_even`; rightly_treated:
    what is answered rightly there, or rightly not answered, in per cent. unsaid: see `surely_unsaid`.
    """
    of_each = weights([outcome.asked for outcome in outcomes], share)
    drawn = np.random.default_rng(seed).choice(
        len(outcomes), size=SAMPLE * len(outcomes), p=of_each / len(outcomes)
    )
    sample = [outcomes[at] for at in drawn]
    told = [outcome for outcome in sample if not outcome.refused]
    sure, hits = [o.confidence for o in told], [o.right for o in told]
    unanswerable = [not o.asked.answerable for o in told]
    even = break_even(logit(sure), *(np.array(of, dtype=np.float64) for of in (hits, unanswerable)))
    threshold = float(expit(even))
    treated = [o.right if o.confidence >= threshold else not o.asked.answerable for o in sample]
    answerable = [o.asked.answerable for o in outcomes]
    unsaid = surely_unsaid(np.array([o.answered for o in outcomes]), ~np.array(answerable) * 1.0, of_each)
    return {
        "questions": {"answerable": sum(answerable), "unanswerable": len(outcomes) - sum(answerable)},
        "unanswerable_share": round(share, 3),
        "refused": sum(outcome.refused for outcome in outcomes),
        "right": sum(outcome.right for outcome in outcomes),
        "ece": round(metrics.expected_calibration_error(sure, hits), 4),
        "brier": round(metrics.brier(sure, hits), 4),
        "auroc_answerable": round(metrics.auroc([o.confidence for o in outcomes], answerable), 4),
        "auroc_answered": round(metrics.auroc([o.answered for o in outcomes], answerable), 4),
        "auroc_right": round(metrics.auroc(sure, hits), 4),
        "threshold": round(threshold, 3),
        "rightly_treated": round(100 * sum(treated) / len(treated), 2),
        "unsaid": round(unsaid, 4),
        "reliability": [asdict(bin_) for bin_ in metrics.reliability(sure, hits)],
        "risk_coverage": metrics.risk_coverage([o.confidence for o in sample], [o.right for o in sample]),
    }


COMPARED = ("auroc_answerable", "auroc_answered", "auroc_right", "ece", "rightly_treated")


def without_each(asked: Sequence[Asked], share: float) -> dict[str, dict[str, float]]:
    """What is measured with all features, and where one is left out and the rest fitted anew."""
    chosen = {"all": NAMES, **{f"without {name}": tuple(n for n in NAMES if n != name) for name in NAMES}}
    found = {name: report(cross_fitted(asked, names, share), share) for name, names in chosen.items()}
    return {name: {of: figures[of] for of in COMPARED} for name, figures in found.items()}


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
    parser.add_argument("file", type=Path, help="SQuAD 2.0's training file; its held-out titles are asked")
    parser.add_argument("--cache", type=Path, required=True, help="what was read and indexed is kept here")
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--limit", type=int, metavar="N", help="questions (default: all that were held out)")
    parser.add_argument(
        "--unanswerable",
        type=float,
        default=UNANSWERABLE,
        metavar="SHARE",
        help="of the questions to expect, the share without an answer (default: a third)",
    )
    arguments = parser.parse_args()
    if not 0 < arguments.unanswerable < 1:
        parser.error(f"--unanswerable is {arguments.unanswerable}; it must be between 0 and 1")
    settings = Settings()
    reader = NeuralReader(arguments.reader, threads=settings.model_threads)
    # What this reader said is kept, so that a fit after a change of features takes no reading.
    reading = Remembering(reader, arguments.cache / f"read-{sha256(arguments.reader / MANIFEST)[:16]}.json")
    encoder = open_encoder(settings.encoder)
    asked = ask(arguments.file, arguments.limit, settings, encoder, reading, arguments.cache)
    reading.save()
    share = arguments.unanswerable
    figures = report(cross_fitted(asked, share=share), share) | {"penalty": PENALTY}
    figures |= {"without": without_each(asked, share)}
    model = replace(fit(asked, share=share, threshold=figures["threshold"]), unsaid=figures["unsaid"])
    (arguments.reader / FILE).write_text(
        json.dumps({**asdict(model), "held_out": figures}, indent=1) + "\n", encoding="utf-8"
    )
    shown = {name: value for name, value in figures.items() if name not in ("reliability", "risk_coverage")}
    print(json.dumps({**asdict(model), "held_out": shown}, indent=1))
    print(table(figures))


if __name__ == "__main__":
    main()
