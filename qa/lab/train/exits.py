"""Choose from which early doubt on a passage is read no further, on questions held out from the reader's training.

    python -m qa.lab.train.retrieved --held-out --questions 1500 --data FOLDER --measured FILE... --to asked.json.gz
    python -m qa.lab.train.exits runs/annealed/checkpoint.pt --retrieved asked.json.gz --reader runs/exported

After some layers a head of its own bounds the log odds that a window answers. Of all that the product finds for a
question, most windows do not, whatever is read on. A window leaves below the threshold under which at most LOST of
those fall that matter to what is decided: the one that the last layer holds likeliest, and those that could speak for
or against it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from embeddings import models
from qa.answer.read.neural import WEIGHTS

from .mixture import pieces
from .recipe import Recipe
from .student import Scores, Student
from .trainer import Trainer
from .windows import Window, Windows, batches, collate

Floats = NDArray[np.float64]

LOST = 0.002  # share of the windows that matter, at each head
GUESSED = -4.0  # log odds that a window answers, below which even the likeliest is no guess
FEW = 0.05  # share of the windows; a head that lets no more of them leave is not worth asking
OTHERS = 0.0  # log odds from which another window could speak for or against the likeliest


def most_odds(scores: Scores) -> Tensor:
    """(windows,): log odds against null that no span of a window exceeds, as the reader bounds them."""
    starts, ends = scores
    return starts[:, 1:].amax(1) + ends[:, 1:].amax(1) - starts[:, 0] - ends[:, 0]


@torch.no_grad()
def odds(student: Student, windows: Sequence[Window], tokens: int) -> dict[int, Floats]:
    """Of each head, by its layer: (windows,). tokens: of a batch."""
    told = {int(layer): np.empty(len(windows)) for layer in student.heads}
    rows = {id(window): row for row, window in enumerate(windows)}
    for group in batches(windows, tokens, random.Random(0)):
        for of, scores in zip(told.values(), student(collate(group)), strict=True):
            of[[rows[id(window)] for window in group]] = most_odds(scores).double()
    return told


def matter(last: Floats, questions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which windows matter, (windows,). last: their odds by the last layer; questions: whose they are, by number."""
    best = np.full(questions.max() + 1, -np.inf)
    np.maximum.at(best, questions, last)
    likeliest: NDArray[np.bool_] = (last == best[questions]) & (last >= GUESSED)
    return likeliest | (last >= OTHERS)


def choose(odds: Mapping[int, Floats], telling: NDArray[np.bool_], lost: float = LOST) -> dict[str, Any]:
    """exits: layer -> log odds below which a window leaves there, where more than a few do; leave: the share of the
    windows still there that would; lost: of the windows that matter (`telling`), the share that leaves anywhere."""
    early = sorted(odds)[:-1]
    may_leave = int(lost * telling.sum())
    exits, leave = {}, {}
    stay = np.ones(len(telling), dtype=bool)
    for layer in early:
        least = math.floor(10 * np.sort(odds[layer][telling])[may_leave]) / 10
        leaves = stay & (odds[layer] < least)
        leave[layer] = round(float(leaves.sum() / stay.sum()), 4)
        if leave[layer] > FEW:
            exits[layer] = least
            stay &= ~leaves
    return {
        "windows": len(telling),
        "matter": int(telling.sum()),
        "exits": {str(layer): least for layer, least in exits.items()},
        "leave": {str(layer): share for layer, share in leave.items()},
        "lost": round(float((telling & ~stay).sum() / telling.sum()), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path, help="that the reader was exported from")
    parser.add_argument(
        "--retrieved", type=Path, required=True, help="what qa.lab.train.retrieved --held-out wrote"
    )
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--backbone", default=models.DEFAULT, help="encoder that the training started from")
    parser.add_argument("--average", action="store_true", help="as given to the export")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recipe, backbone = Recipe(), models.find(arguments.backbone)
    trainer = Trainer(backbone, recipe)
    trainer.restore(arguments.checkpoint)
    encode, rng = Windows(backbone, recipe).encode, random.Random(recipe.seed)
    encoded = (encode(example, rng) for example in pieces(arguments.retrieved))
    windows = [window for window in encoded if window is not None]
    questions = np.array([window.group for window in windows])
    with trainer.averaged() if arguments.average else nullcontext(trainer.student) as student:
        by_layer = odds(student, windows, recipe.tokens_per_part)
    told = choose(by_layer, matter(by_layer[max(by_layer)], questions))
    file = arguments.reader / "reader.json"
    manifest = json.loads(file.read_text(encoding="utf-8")) | {"exits": told["exits"]}
    file.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
