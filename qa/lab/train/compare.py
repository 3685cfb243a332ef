r"""Readers beside one another, on questions held out from their training and on files that weights are measured on.

    python -m qa.lab.train.compare --data FOLDER --measured FILE... --reader one two --limit 1500
    python -m qa.lab.train.compare --reader one two --squad squad-2.0-dev.json.gz --limit 3000

Each question is asked of its own paragraph. The table has a row a kind of text: what wins on one alone does not ship.
With --data the threshold of all rows is the best one over the main file's held-out articles, else the reader's own.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.answer.read.neural import NeuralReader
from qa.lab.measure.evaluate import score, spread
from qa.lab.sets import squad
from qa.lab.sets.progress import counted
from qa.ports import Reader
from qa.records import Passage

from .mixture import Example, Measured, Mixture
from .recipe import MAIN, Recipe

Questions = Sequence[tuple[squad.Question, str]]  # each with its context


def figures(reader: Reader, asked: Questions, threshold: float = 0.0) -> dict[str, Any]:
    """exact_match, f1: in per cent, of the answerable questions' best spans; the others where some are not.

    threshold: the null margin above which to answer.
    """
    answers, margins = [], []
    for question, context in counted(asked, "reading"):
        best = next(iter(reader.read(question.text, [Passage(0, "", 0, len(context), context)])), None)
        answers.append(best.text if best else "")
        margins.append(best.null_margin if best else float("-inf"))
    has = [bool(question.answerable) for question, _ in asked]
    told: dict[str, Any] = {"questions": len(asked), "unanswerable": len(asked) - sum(has)}
    if any(has):
        answered = [at for at, yes in enumerate(has) if yes]
        forced = score([asked[at][0] for at in answered], [answers[at] for at in answered], [], 0.0)
        told |= {name: forced[name] for name in ("exact_match", "f1")}
    if not all(has):
        whole = score([question for question, _ in asked], answers, margins, threshold)
        told |= {"f1_at_threshold": whole["f1"], "best_f1": whole["best_threshold"]["f1"]}
        told |= {"best_margin": whole["best_threshold"]["threshold"], "auroc": whole["auroc"]}
    return told


def held_out(mixture: Mixture, limit: int | None) -> dict[str, Questions]:
    """By file, at most `limit` of each."""
    return {name: [_asked(e) for e in spread(of, limit)] for name, of in mixture.held_out.items() if of}


def _asked(example: Example) -> tuple[squad.Question, str]:
    return squad.Question("", example.question, example.answers), example.context


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of the training sets, whose held-out part is asked")
    parser.add_argument("--measured", type=Path, nargs="+", default=[], help="as given to the training")
    parser.add_argument("--squad", type=Path, nargs="+", default=[], help="files in SQuAD's layout")
    parser.add_argument("--reader", type=Path, nargs="+", required=True, help="folders of readers")
    parser.add_argument("--limit", type=int, metavar="N", help="questions of each file")
    parser.add_argument("--precision", default="auto")
    arguments = parser.parse_args()
    sets: dict[str, Questions] = {}
    if arguments.data:
        sets |= held_out(Mixture(arguments.data, Recipe(), Measured(arguments.measured)), arguments.limit)
    for file in arguments.squad:
        every = [(question, p.context) for p in squad.read(file) for question in p.questions]
        sets[file.name] = spread(every, arguments.limit)
    for folder in arguments.reader:
        reader = NeuralReader(folder, threads=1, precision=arguments.precision)
        threshold = 0.0
        for name, asked in sets.items():
            since = time.monotonic()
            told = figures(reader, asked, threshold)
            if name == MAIN:
                threshold = told["best_margin"]
            seconds = round(time.monotonic() - since)
            print(json.dumps({"reader": str(folder), "file": name, **told, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
