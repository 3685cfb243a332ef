"""Choose the reader's null threshold and widening slack on questions held out from its training.

    python -m qa.lab.fit.threshold --data FOLDER --measured FILE... --cache runs/cache

Slack: the one with the best mean of exact match and F1 over the held-out answerable questions. Threshold: the log
odds against null at which answering and not answering get the same F1 (`break_even`), over the held-out questions of
half a, written by people, answerable and not; without half a, over the held-out questions and their near misses.

The held-out articles of half a are few, and may be easier than most. `--blind FOLDER` names an earlier reader that saw
nothing of half a: by how much its threshold over all of half a is above the one over those few is added, measured in
the spread of each reader's odds over the few.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.answer.read import spans
from qa.answer.read.neural import WEIGHTS, NeuralReader, PassageSpans
from qa.lab.sets import metrics
from qa.lab.sets.progress import counted
from qa.lab.sets.training import HALF_A, SPECIFIC, Example, Recipe, TrainingData
from qa.records import Passage

from .logistic import break_even

SLACKS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a reader says of questions: of each, rows in the same order."""

    odds: NDArray[np.float64]  # log odds that it has an answer
    f1: NDArray[np.float64]  # 0..1, of the best span; 0 where there is no answer
    unanswerable: NDArray[np.float64]  # 1 or 0

    @property
    def threshold(self) -> float:
        return break_even(self.odds, self.f1, self.unanswerable)

    def f1_at(self, threshold: float) -> float:
        """0..1"""
        return float(np.where(self.odds > threshold, self.f1, self.unanswerable).mean())


def tune(
    reader: NeuralReader,
    held_out: Sequence[Example],
    blind: NeuralReader | None = None,
    trained: Sequence[Example] = (),
) -> dict[str, Any]:
    """The two choices, and the figures they were chosen by (in per cent).

    blind: a reader that saw none of half a, of which `held_out` has a few articles and `trained` the others.
    """
    chosen = [e for e in held_out if e.file in (*SPECIFIC, HALF_A) and e.kind != "retrieved"]
    found = _read(reader, chosen)
    by_slack = {slack: _exactness(chosen, found, slack) for slack in SLACKS}
    slack = max(SLACKS, key=lambda s: sum(by_slack[s]))
    by_people = [(e, c) for e, c in zip(chosen, found, strict=True) if _by_people(e)]
    told = _told(by_people or list(zip(chosen, found, strict=True)), slack)
    harder = 0.0
    if blind is not None:
        others = list(filter(_by_people, trained))
        harder = _harder(blind, [e for e, _ in by_people], others) * float(told.odds.std())
    threshold = told.threshold + harder
    return {
        "questions": len(chosen),
        "widening_slack": slack,
        "null_threshold": round(threshold, 3),
        "of_it_for_harder_articles": round(harder, 3),
        "f1_at_threshold": round(100 * told.f1_at(threshold), 2),
        "exact_match_and_f1_by_slack": {str(s): by_slack[s] for s in SLACKS},
    }


def _harder(blind: NeuralReader, few: Sequence[Example], others: Sequence[Example]) -> float:
    """How much higher the threshold over all is than over the `few`, in standard deviations of the odds of these."""
    every = [*few, *others]
    read = list(zip(every, _read(blind, every), strict=True))
    of_few, of_every = _told(read[: len(few)], 0.0), _told(read, 0.0)
    return (of_every.threshold - of_few.threshold) / float(of_few.odds.std())


def _by_people(example: Example) -> bool:
    return example.file == HALF_A and example.kind in ("own", "human")


def _read(reader: NeuralReader, examples: Sequence[Example]) -> list[PassageSpans]:
    return [
        reader.find(e.question, [Passage(0, "", 0, len(e.context), e.context)])[0]
        for e in counted(examples, "reading")
    ]


def _told(read: Sequence[tuple[Example, PassageSpans]], slack: float) -> _Told:
    f1 = [
        metrics.f1(_answer(e, found, slack), [text for text, _ in e.answers]) if e.answers else 0.0
        for e, found in read
    ]
    odds = np.array([found.odds for _, found in read])
    return _Told(
        odds=np.maximum(odds, odds[np.isfinite(odds)].min()),  # where nothing was found
        f1=np.array(f1),
        unanswerable=np.array([float(not e.answers) for e, _ in read]),
    )


def _exactness(
    examples: Sequence[Example], found: Sequence[PassageSpans], slack: float
) -> tuple[float, float]:
    em, f1 = [], []
    for example, read in zip(examples, found, strict=True):
        golds = [text for text, _ in example.answers]
        if golds:
            answer = _answer(example, read, slack)
            em.append(metrics.exact_match(answer, golds))
            f1.append(metrics.f1(answer, golds))
    return round(100 * sum(em) / len(em), 2), round(100 * sum(f1) / len(f1), 2)


def _answer(example: Example, found: PassageSpans, slack: float) -> str:
    best = spans.merge(found.candidates, 1, slack)
    return example.context[best[0].start : best[0].end] if best else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files (*.json.gz)")
    parser.add_argument("--measured", type=Path, nargs="+", required=True, help="as given to train_reader")
    parser.add_argument("--cache", type=Path, required=True, help="train_reader's cache folder")
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--without-half-a", action="store_true", help="as given to train_reader")
    parser.add_argument("--blind", type=Path, help="folder of a reader that saw nothing of half a")
    arguments = parser.parse_args()
    if arguments.blind and arguments.without_half_a:
        parser.error(
            "--blind compares the articles of half a, which --without-half-a leaves out: drop one of them"
        )
    recipe = Recipe(half_a=not arguments.without_half_a)
    data = TrainingData(arguments.data, recipe, arguments.measured, arguments.cache)
    blind = NeuralReader(arguments.blind) if arguments.blind else None
    reader = NeuralReader(arguments.reader)
    figures = tune(reader, data.held_out, blind, data.train)
    file = arguments.reader / "reader.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told.update({name: figures[name] for name in ("null_threshold", "widening_slack")}, held_out=figures)
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
