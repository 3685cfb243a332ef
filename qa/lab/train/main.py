r"""Train the reader, going on from its last checkpoint where there is one.

    python -m qa.lab.train.main --data FOLDER --measured FILE... --out runs/reader
    python -m qa.lab.train.main --data FOLDER --measured FILE... --out runs/annealed \
        --branch runs/reader/checkpoint.pt --anneal 600

The first stops by itself when the recipe is done, and at SIGTERM after a checkpoint. The second takes that checkpoint
and brings the rate down to zero within 600 steps, for a finished reader; the first may go on meanwhile or afterwards.
Every choice stands in `recipe`. `--measured`: the files that weights are measured on, whose text and questions are
left out.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from embeddings import models

from .figures import figures
from .mixture import Example, Measured, Mixture
from .recipe import MAIN, Recipe
from .schedule import rate_at
from .trainer import Trainer
from .windows import Window, Windows, batches

HELD_OUT_SAMPLE = 1500  # questions
HELD_OUT_TOKENS = 8192  # read at a time
REPORT_EVERY, CHECKPOINT_EVERY, FIGURES_EVERY = 50, 100, 1000  # steps


@dataclass(frozen=True, slots=True)
class Anneal:
    """The rate falls to zero within so many steps of the checkpoint `branch`."""

    branch: Path
    steps: int


class Log:
    """JSON lines, to a file and to the terminal, with the training's pace."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.restart()

    def write(self, **told: object) -> None:
        line = json.dumps({"at": time.strftime("%H:%M:%S", time.gmtime()), **told})
        print(line, flush=True)
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    def restart(self) -> None:
        self._losses: list[float] = []
        self._tokens, self._since = 0, time.monotonic()

    def count(self, loss: float, tokens: int) -> None:
        self._losses.append(loss)
        self._tokens += tokens

    def report(self, **told: object) -> None:
        """The mean loss and the tokens a second since the last one."""
        pace = round(self._tokens / (time.monotonic() - self._since))
        self.write(**told, loss=round(sum(self._losses) / len(self._losses), 4), tokens_per_second=pace)
        self.restart()


def encoded(examples: Sequence[Example], windows: Windows, rng: random.Random) -> list[Window]:
    return [w for w in (windows.encode(example, rng) for example in examples) if w is not None]


def batches_from(
    mixture: Mixture, windows: Windows, recipe: Recipe, round_: int, batch: int
) -> Iterator[tuple[int, int, list[list[Window]]]]:
    """(round, number of the batch after this one, batch in its parts), from this place on, without end."""
    while True:
        rng = random.Random(recipe.seed * 15_485_863 + round_)
        parts = batches(encoded(mixture.round(round_), windows, rng), recipe.tokens_per_part, rng)
        of_round = [
            parts[first : first + recipe.parts_per_step]
            for first in range(0, len(parts), recipe.parts_per_step)
        ]
        for number in range(batch, len(of_round)):
            yield round_, number + 1, of_round[number]
        round_, batch = round_ + 1, 0


def train(
    mixture: Mixture,
    recipe: Recipe,
    backbone: Path,
    out: Path,
    workers: int,
    anneal: Anneal | None = None,
    first_round: int = 0,
) -> Trainer:
    """Until the recipe, or the annealing, is done, or the process is told to stop. out: checkpoint.pt, log.jsonl."""
    out.mkdir(parents=True, exist_ok=True)
    log, checkpoint = Log(out / "log.jsonl"), out / "checkpoint.pt"
    trainer, windows = Trainer(backbone, recipe, workers), Windows(backbone, recipe)
    decay_from, decay, place = recipe.constant_steps, recipe.decay_steps, (first_round, 0)
    start = checkpoint if checkpoint.is_file() else anneal.branch if anneal is not None else None
    if start is not None:
        kept = trainer.restore(start)
        place = kept["round"], kept["batch"]
        if anneal is not None:
            decay_from, decay = kept["decay_from"] if start == checkpoint else trainer.step, anneal.steps
    log.write(
        recipe=asdict(recipe), dropped=mixture.dropped, going_on_from=trainer.step, decay_from=decay_from
    )
    rng = random.Random(recipe.seed)
    sample = rng.sample(mixture.held_out[MAIN], min(HELD_OUT_SAMPLE, len(mixture.held_out[MAIN])))
    held_out = batches(encoded(sample, windows, rng), HELD_OUT_TOKENS, rng)
    stopping = _at_sigterm()
    log.restart()
    for round_, batch, parts in batches_from(mixture, windows, recipe, *place):
        rate = rate_at(trainer.step, recipe.learning_rate, recipe.warmup_steps, decay_from, decay)
        tokens = sum(len(window.ids) for part in parts for window in part)
        log.count(trainer.train_on(parts, rate), tokens)
        done = trainer.step >= decay_from + decay
        if trainer.step % REPORT_EVERY == 0:
            log.report(step=trainer.step, round=round_, batch=batch, rate=rate)
        if trainer.step % CHECKPOINT_EVERY == 0 or done or stopping:
            trainer.save(checkpoint, round=round_, batch=batch, decay_from=decay_from)
        if trainer.step % FIGURES_EVERY == 0 or done:
            told = figures(trainer.student, held_out)
            with trainer.averaged() as student:
                log.write(step=trainer.step, held_out=told, held_out_averaged=figures(student, held_out))
            log.restart()
        if done or stopping:
            break
    log.write(step=trainer.step, stopped="told to" if stopping else "done")
    return trainer


def _at_sigterm() -> list[int]:
    """A list that is empty until the process is told to stop."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    return told


def add_data(parser: argparse.ArgumentParser) -> None:
    """--data and --measured, for all commands that need the training sets."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets (*.json.gz)")
    parser.add_argument(
        "--measured",
        type=Path,
        nargs="+",
        required=True,
        help="files whose text and questions are left out: in SQuAD's layout, gold questions (.jsonl), plain texts",
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument(
        "--backbone",
        default=models.DEFAULT,
        help="encoder to start from, or the folder of an exported reader",
    )
    parser.add_argument("--round", type=int, default=0, help="of the data to start with (default: the first)")
    parser.add_argument("--retrieved", type=Path, help="what qa.lab.train.retrieved wrote (default: without)")
    parser.add_argument("--branch", type=Path, help="checkpoint to anneal from")
    parser.add_argument("--anneal", type=int, metavar="STEPS", help="until the rate is zero")
    parser.add_argument("--workers", type=int, default=2, help="threads that share out the parts of a step")
    arguments = parser.parse_args()
    if (arguments.branch is None) != (arguments.anneal is None):
        parser.error("--branch and --anneal belong together: give both or none")
    torch.set_num_threads(1)
    recipe = Recipe()
    mixture = Mixture(arguments.data, recipe, Measured(arguments.measured), arguments.retrieved)
    anneal = Anneal(arguments.branch, arguments.anneal) if arguments.branch else None
    backbone = models.find(arguments.backbone)
    train(mixture, recipe, backbone, arguments.out, arguments.workers, anneal, arguments.round)


if __name__ == "__main__":
    main()
