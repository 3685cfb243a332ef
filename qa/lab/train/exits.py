"""Fit what early layers tell of a window, and from which doubt on it is read no further, on held-out questions.

    python -m qa.lab.train.retrieved --held-out --questions 4500 --data FOLDER --measured FILE... --to asked.json.gz
    python -m qa.lab.train.exits --retrieved asked.json.gz --data FOLDER --measured FILE... --reader runs/exported

After some layers an estimate is made of the log odds that a window answers by the last layer. Of all that the product
finds for a question, most windows do not answer, whatever is read on. A window leaves below the threshold under which
at most LOST of those fall that matter to what is decided: those that answer at even odds or better by the last layer.
The estimates learn from three in four of the articles. The thresholds are chosen on the others, together with windows
held out of the other files: estimates that have seen Wikipedia alone are less sure of other kinds of text.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import huber_loss

from embeddings import models
from embeddings.bert import fast_type
from embeddings.early import Estimate
from qa.answer.read.neural import ESTIMATES, WEIGHTS
from qa.lab.sets.progress import counted

from .main import add_data, encoded
from .mixture import Measured, Mixture, pieces
from .recipe import MAIN, Recipe
from .student import Scores, Student
from .windows import Window, Windows, batches, collate

Floats = NDArray[np.float64]

LAYERS = (2, 3, 4)
CHOSEN_ON = 4  # one article in so many
EPOCHS = 3
RATES = 1e-3, 4e-3  # at most: of an estimate's first weights, and of its last, which must reach odds of 12
TOLD = 12.0  # log odds beyond say no more
LINEAR = 3.0  # log odds from which an error weighs no more than in proportion
LOST = 0.002  # share of the windows that matter, at each exit
FEW = 0.05  # share of the windows; an exit that lets no more of them leave is not worth asking
MATTERS = 0.0  # log odds from which a window may be the answer, or speak for or against it
OF_EACH = 400  # questions of each of the other files


def most_odds(scores: Scores) -> Tensor:
    """(windows,): log odds against null that no span of a window exceeds."""
    starts, ends = scores
    return starts[:, 1:].amax(1) + ends[:, 1:].amax(1) - starts[:, 0] - ends[:, 0]


@torch.no_grad()
def odds(student: Student, windows: Sequence[Window], tokens: int) -> Floats:
    """By the last layer, (windows,). tokens: of a batch."""
    told, rows = np.empty(len(windows)), _rows(windows)
    for group in counted(list(batches(windows, tokens, random.Random(0))), "reading"):
        told[[rows[id(window)] for window in group]] = most_odds(student(collate(group))[-1]).double()
    return told


def fit(
    student: Student,
    windows: Sequence[Window],
    odds: Floats,
    tokens: int,
    layers: Sequence[int] = LAYERS,
    epochs: int = EPOCHS,
) -> dict[int, Estimate]:
    """An estimate for each of the layers, learnt from these windows' odds by the last layer, (windows,)."""
    torch.manual_seed(0)
    size = student.config["hidden_size"]
    estimates = {layer: Estimate(size) for layer in layers}
    named = [weight for estimate in estimates.values() for weight in estimate.named_parameters()]
    groups = [[w for n, w in named if n.startswith("told.") is last] for last in (False, True)]
    optimizer = torch.optim.AdamW([{"params": group} for group in groups])
    rows, bounded = _rows(windows), torch.from_numpy(odds).float().clamp(-TOLD, TOLD)
    steps = [group for epoch in range(epochs) for group in batches(windows, tokens, random.Random(epoch))]
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, list(RATES), total_steps=len(steps), pct_start=0.02
    )
    for group in counted(steps, "fitting"):
        right = bounded[[rows[id(window)] for window in group]]
        told = estimated(student, estimates, group)
        loss = torch.stack([huber_loss(of, right, delta=LINEAR) for of in told.values()]).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return {layer: estimate.eval().requires_grad_(False) for layer, estimate in estimates.items()}


def estimated(
    student: Student, estimates: Mapping[int, Estimate], windows: Sequence[Window]
) -> dict[int, Tensor]:
    """Of each layer with an estimate, what it tells of these windows, (windows,)."""
    batch = collate(windows)
    with torch.no_grad():
        states = dict(zip(range(1, max(estimates) + 1), student.layered(batch), strict=False))
    lengths = batch["mask"].sum(1)
    return {layer: estimate(states[layer], lengths) for layer, estimate in estimates.items()}


def choose(told: Mapping[int, Floats], telling: NDArray[np.bool_], lost: float = LOST) -> dict[str, Any]:
    """told: of each layer, what it tells of the windows, (windows,); telling: which of them matter.

    exits: layer -> log odds below which a window leaves there, where more than a few do; leave: the share of the
    windows still there that would; lost: of the windows that matter, the share that leaves anywhere."""
    may_leave = int(lost * telling.sum())
    exits, leave = {}, {}
    stay = np.ones(len(telling), dtype=bool)
    for layer in sorted(told):
        least = math.floor(10 * np.sort(told[layer][telling])[may_leave]) / 10
        leaves = stay & (told[layer] < least)
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


def write(folder: Path, estimates: Mapping[int, Estimate], exits: Mapping[str, float]) -> None:
    """Into the reader's folder: the estimates that are asked, rounded to bfloat16, and the manifest that names them."""
    told = {
        f"{layer}.{name}": tensor.bfloat16()
        for layer, estimate in estimates.items()
        if str(layer) in exits
        for name, tensor in estimate.state_dict().items()
    }
    save_file(told, folder / ESTIMATES)
    file = folder / "reader.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["files"][ESTIMATES] = models.sha256(folder / ESTIMATES)
    manifest["exits"] = dict(exits)
    file.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--retrieved", type=Path, required=True, help="what qa.lab.train.retrieved --held-out wrote"
    )
    add_data(parser)
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="the reader's folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recipe = Recipe()
    student = Student(arguments.reader, recipe.early_layers, recipe.seed).to(fast_type())
    windows, rng = Windows(arguments.reader, recipe), random.Random(recipe.seed)
    found = pieces(arguments.retrieved)
    apart = sorted({example.title for example in found})[::CHOSEN_ON]
    learnt = encoded([example for example in found if example.title not in apart], windows, rng)
    mixture = Mixture(arguments.data, recipe, Measured(arguments.measured))
    others = [
        example
        for name, examples in mixture.held_out.items()
        if name != MAIN
        for example in rng.sample(examples, min(OF_EACH, len(examples)))
    ]
    chosen = encoded([*(example for example in found if example.title in apart), *others], windows, rng)
    tokens = recipe.tokens_per_part
    estimates = fit(student, learnt, odds(student, learnt, tokens), tokens)
    told, rows = {layer: np.empty(len(chosen)) for layer in estimates}, _rows(chosen)
    for group in batches(chosen, tokens, random.Random(0)):
        for layer, of in estimated(student, estimates, group).items():
            told[layer][[rows[id(window)] for window in group]] = of.double()
    result = choose(told, odds(student, chosen, tokens) >= MATTERS)
    write(arguments.reader, estimates, result["exits"])
    print(json.dumps(result, indent=1))


def _rows(windows: Sequence[Window]) -> dict[int, int]:
    return {id(window): row for row, window in enumerate(windows)}


if __name__ == "__main__":
    main()
