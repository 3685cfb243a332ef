"""Choose the reader's null threshold and widening slack on questions held out from its training.

    python -m qa.lab.fit.threshold --data FOLDER --measured FILE... --limit 4000

Slack: the one with the best mean of exact match and F1 over the held-out answerable questions of every file.
Threshold: the log odds against null at which answering and not answering get the same F1 (`break_even`), over the main
file's held-out articles, whose unanswerable questions people wrote; these count as many as the answerable ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa.answer.read import spans
from qa.answer.read.neural import WEIGHTS, NeuralReader, PassageSpans
from qa.lab.measure.evaluate import spread
from qa.lab.sets import metrics
from qa.lab.sets.progress import counted
from qa.lab.train.main import add_data
from qa.lab.train.mixture import Example, Measured, Mixture
from qa.lab.train.recipe import MAIN, Recipe
from qa.records import Passage

from .logistic import break_even

SLACKS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
UNANSWERABLE = 0.5  # share of the questions, as in SQuAD 2.0's development set


def tune(reader: NeuralReader, held_out: Mapping[str, Sequence[Example]]) -> dict[str, Any]:
    """The two choices, and the figures they were chosen by (in per cent). held_out: by file."""
    every = [example for examples in held_out.values() for example in examples]
    found = [
        reader.find(e.question, [Passage(0, "", 0, len(e.context), e.context)])[0]
        for e in counted(every, "reading")
    ]
    by_slack = {slack: _exactness(every, found, slack) for slack in SLACKS}
    slack = max(SLACKS, key=lambda s: sum(by_slack[s]))
    main = [(e, of) for e, of in zip(every, found, strict=True) if e.file == MAIN]
    odds = np.array([of.odds for _, of in main])
    odds = np.maximum(odds, odds[np.isfinite(odds)].min())  # where nothing was found
    f1 = np.array([_f1(e, of, slack) for e, of in main])
    unanswerable = np.array([float(not e.answers) for e, _ in main])
    share = unanswerable.mean()
    counts = np.where(unanswerable == 1, UNANSWERABLE / share, (1 - UNANSWERABLE) / (1 - share))
    threshold = break_even(odds, f1, unanswerable, counts)
    treated = np.where(odds > threshold, f1, unanswerable)
    return {
        "questions": len(every),
        "widening_slack": slack,
        "null_threshold": round(threshold, 3),
        "f1_at_threshold": round(100 * float(np.average(treated, weights=counts)), 2),
        "exact_match_and_f1_by_slack": {str(s): by_slack[s] for s in SLACKS},
    }


def _exactness(
    examples: Sequence[Example], found: Sequence[PassageSpans], slack: float
) -> tuple[float, float]:
    """Exact match and F1 of the answerable ones, per cent."""
    em, f1 = [], []
    for example, read in zip(examples, found, strict=True):
        if example.answers:
            em.append(metrics.exact_match(_answer(example, read, slack), _golds(example)))
            f1.append(_f1(example, read, slack))
    return round(100 * sum(em) / len(em), 2), round(100 * sum(f1) / len(f1), 2)


def _f1(example: Example, found: PassageSpans, slack: float) -> float:
    """0..1, of the best span; 0 where there is no answer."""
    return metrics.f1(_answer(example, found, slack), _golds(example)) if example.answers else 0.0


def _answer(example: Example, found: PassageSpans, slack: float) -> str:
    best = spans.merge(found.candidates, 1, slack)
    return example.context[best[0].start : best[0].end] if best else ""


def _golds(example: Example) -> list[str]:
    return [text for text, _ in example.answers]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser)
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--limit", type=int, metavar="N", help="questions of each file (default: all)")
    arguments = parser.parse_args()
    held_out = Mixture(arguments.data, Recipe(), Measured(arguments.measured)).held_out
    chosen = {name: spread(examples, arguments.limit) for name, examples in held_out.items()}
    figures = tune(NeuralReader(arguments.reader, threads=1), chosen)
    file = arguments.reader / "reader.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told.update({name: figures[name] for name in ("null_threshold", "widening_slack")}, held_out=figures)
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
