"""Choose from which early doubt on a window is read no further, on articles held out from the reader's training.

    python -m qa.lab.train.exits runs/annealed/checkpoint.pt --data FOLDER --measured FILE... --reader runs/exported

After some layers a head of its own bounds the log odds that the window answers. A window leaves there below the
threshold under which at most LOST of those fall that the last layer gives at least MATTERS: what leaves in error would
hardly have been the answer.
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

from .main import add_data, encoded
from .mixture import Measured, Mixture
from .recipe import MAIN, Recipe
from .student import Scores, Student
from .trainer import Trainer
from .windows import Window, Windows, batches, collate

Floats = NDArray[np.float64]

LOST = 0.002  # share of the windows that matter
MATTERS = -4.0  # log odds that a window answers, from which its spans are weighed


def most_odds(scores: Scores) -> Tensor:
    """(windows,): log odds against null that no span of a window exceeds, as the reader bounds them."""
    starts, ends = scores
    return starts[:, 1:].amax(1) + ends[:, 1:].amax(1) - starts[:, 0] - ends[:, 0]


@torch.no_grad()
def odds(student: Student, groups: Sequence[list[Window]]) -> dict[int, Floats]:
    """Of each head, by its layer: (windows,)."""
    told: dict[int, list[Tensor]] = {int(layer): [] for layer in student.heads}
    for group in groups:
        for of, scores in zip(told.values(), student(collate(group)), strict=True):
            of.append(most_odds(scores))
    return {layer: torch.cat(of).double().numpy() for layer, of in told.items()}


def choose(odds: Mapping[int, Floats], lost: float = LOST, matters: float = MATTERS) -> dict[str, Any]:
    """exits: layer -> log odds below which a window leaves there; leave: the share of all windows that does, of those
    that are still there; lost: of the windows that matter, the share that leaves anywhere."""
    *early, last = sorted(odds)
    telling = odds[last] >= matters
    may_leave = int(lost * telling.sum())
    exits, leave = {}, {}
    stay = np.ones(len(telling), dtype=bool)
    for layer in early:
        exits[layer] = math.floor(10 * np.sort(odds[layer][telling])[may_leave]) / 10
        leaves = stay & (odds[layer] < exits[layer])
        leave[layer] = round(float(leaves.sum() / stay.sum()), 4)
        stay &= ~leaves
    return {
        "windows": len(telling),
        "exits": {str(layer): least for layer, least in exits.items()},
        "leave": {str(layer): share for layer, share in leave.items()},
        "lost": round(float((telling & ~stay).sum() / telling.sum()), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser)
    parser.add_argument("checkpoint", type=Path, help="that the reader was exported from")
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    parser.add_argument("--backbone", default=models.DEFAULT, help="encoder that the training started from")
    parser.add_argument("--average", action="store_true", help="as given to the export")
    parser.add_argument("--limit", type=int, default=4000, metavar="N", help="questions")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recipe, backbone = Recipe(), models.find(arguments.backbone)
    trainer = Trainer(backbone, recipe)
    trainer.restore(arguments.checkpoint)
    held_out = Mixture(arguments.data, recipe, Measured(arguments.measured)).held_out[MAIN]
    rng = random.Random(recipe.seed)
    drawn = rng.sample(held_out, min(arguments.limit, len(held_out)))
    groups = batches(encoded(drawn, Windows(backbone, recipe), rng), recipe.tokens_per_batch, rng)
    with trainer.averaged() if arguments.average else nullcontext(trainer.student) as student:
        told = choose(odds(student, groups))
    file = arguments.reader / "reader.json"
    manifest = json.loads(file.read_text(encoding="utf-8")) | {"exits": told["exits"]}
    file.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
