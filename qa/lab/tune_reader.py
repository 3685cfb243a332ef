"""Choose the reader's null threshold and widening slack on questions held out from its training.

    python -m qa.lab.tune_reader --data FOLDER --measured FILE... --cache runs/cache

Slack: the one with the best mean of exact match and F1 over the held-out answerable questions. Threshold: the log
odds against null at which answering and not answering get the same F1 (`break_even`), over the held-out questions of
half a, written by people, answerable and not; without half a, over the held-out questions and their near misses.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..answer import spans
from ..answer.reader import WEIGHTS, NeuralReader
from ..records import Passage
from . import metrics
from .fitting import break_even
from .progress import counted
from .train_data import HALF_A, SPECIFIC, Example, Recipe, TrainingData

SLACKS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)


def tune(reader: NeuralReader, held_out: Sequence[Example]) -> dict[str, Any]:
    """The two choices, and the figures they were chosen by (in per cent)."""
    chosen = [e for e in held_out if e.file in (*SPECIFIC, HALF_A) and e.kind != "retrieved"]
    found = [
        reader.candidates(e.question, [Passage(0, "", 0, len(e.context), e.context)])[0]
        for e in counted(chosen, "reading")
    ]
    by_slack = {slack: _exactness(chosen, found, slack) for slack in SLACKS}
    slack = max(SLACKS, key=lambda s: sum(by_slack[s]))
    by_people = [
        (e, c) for e, c in zip(chosen, found, strict=True) if e.file == HALF_A and e.kind != "near_miss"
    ]
    asked = by_people or list(zip(chosen, found, strict=True))
    threshold, f1 = _threshold([e for e, _ in asked], [_answer(e, c, slack) for e, c in asked])
    return {
        "questions": len(chosen),
        "widening_slack": slack,
        "null_threshold": round(threshold, 3),
        "f1_at_threshold": round(100 * f1, 2),
        "exact_match_and_f1_by_slack": {str(s): by_slack[s] for s in SLACKS},
    }


def _threshold(examples: Sequence[Example], answers: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """The break-even odds, and the mean F1 (0..1) with them."""
    f1 = np.array(
        [
            metrics.f1(a, [text for text, _ in e.answers]) if e.answers else 0.0
            for e, (a, _) in zip(examples, answers, strict=True)
        ]
    )
    unanswerable = np.array([float(not e.answers) for e in examples])
    odds = np.array([odds for _, odds in answers])
    threshold = break_even(np.maximum(odds, odds[np.isfinite(odds)].min()), f1, unanswerable)
    return threshold, float(np.where(odds > threshold, f1, unanswerable).mean())


def _exactness(
    examples: Sequence[Example], found: Sequence[list[spans.Candidate]], slack: float
) -> tuple[float, float]:
    em, f1 = [], []
    for example, candidates in zip(examples, found, strict=True):
        golds = [text for text, _ in example.answers]
        if golds:
            answer, _ = _answer(example, candidates, slack)
            em.append(metrics.exact_match(answer, golds))
            f1.append(metrics.f1(answer, golds))
    return round(100 * sum(em) / len(em), 2), round(100 * sum(f1) / len(f1), 2)


def _answer(example: Example, candidates: list[spans.Candidate], slack: float) -> tuple[str, float]:
    best = spans.merge(candidates, 1, slack)
    return (example.context[best[0].start : best[0].end], best[0].score) if best else ("", float("-inf"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files (*.json.gz)")
    parser.add_argument("--measured", type=Path, nargs="+", required=True, help="as given to train_reader")
    parser.add_argument("--cache", type=Path, required=True, help="train_reader's cache folder")
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--without-half-a", action="store_true", help="as given to train_reader")
    arguments = parser.parse_args()
    recipe = Recipe(half_a=not arguments.without_half_a)
    data = TrainingData(arguments.data, recipe, arguments.measured, arguments.cache)
    figures = tune(NeuralReader(arguments.reader), data.held_out)
    file = arguments.reader / "reader.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told.update({name: figures[name] for name in ("null_threshold", "widening_slack")}, held_out=figures)
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
