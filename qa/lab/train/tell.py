r"""Keep what trained readers say of the training windows, so that students can be taught without them.

    python -m qa.lab.train.tell --data FOLDER --measured FILE... --teacher runs/teacher/last --to runs/told.npz
    python -m qa.lab.train.main --data FOLDER --measured FILE... --told runs/told.npz --reworded --out runs/student

The second needs the same recipe. A student that is to learn for several epochs takes a third of the time then; what
is in other words is taught by what was told of the words as they were, and windows that only its later epochs have
by their answers alone. Interrupted, it goes on when started again.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch

from embeddings import models
from qa.lab.sets.progress import counted
from qa.lab.sets.training import TrainingData
from qa.lab.train import arguments as training_arguments
from qa.lab.train.teacher import Teachers
from qa.lab.train.told import Told, key, likeliest
from qa.lab.train.trainer import Schedule
from qa.lab.train.windows import Encoded, Windows, batches, collate

SAVED_EVERY = 50  # batches


def tell(
    data: TrainingData,
    windows: Windows,
    teachers: Teachers,
    schedule: Schedule,
    epochs: int,
    to: Path,
    device: torch.device,
) -> Told:
    """Of all windows of the first `epochs` for which a teacher is listened to; kept in the file `to`."""
    told = Told.nothing(schedule.temperature)
    if to.is_file():
        told = told.and_of(Told.open(to))
    rng = random.Random(schedule.seed)
    waiting: dict[int, Encoded] = {}
    for epoch in range(epochs):
        encoded = (windows.encode(example, rng) for example in data.epoch(epoch))
        waiting |= {key(w.ids): w for w in encoded if w is not None and w.taught and told.row(w.ids) < 0}
    groups = batches(list(waiting.values()), schedule.tokens_per_batch, rng)
    print(json.dumps({"told": len(told), "to_tell": len(waiting), "batches": len(groups)}), flush=True)
    for first in range(0, len(groups), SAVED_EVERY):
        more = []
        for group in counted(groups[first : first + SAVED_EVERY], "windows"):
            scores, _ = teachers.logits_and_states(collate(group, device))
            keys = np.array([key(window.ids) for window in group], np.uint64)
            more.append(Told(keys, *likeliest(scores, told.temperature), told.temperature))
        told = told.and_of(*more)
        told.save(to)
        print(json.dumps({"told": len(told)}), flush=True)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    training_arguments.add(parser)
    training_arguments.add_teachers(parser)
    parser.add_argument("--to", type=Path, required=True, help="the file to keep it in (.npz)")
    parser.add_argument(
        "--backbone", default=models.DEFAULT, help="of the student, or any of the same word pieces"
    )
    parser.add_argument("--epochs", type=int, default=1, help="whose windows, from the first on")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    taught_by = training_arguments.teachers(parser, arguments)
    if not taught_by:
        parser.error("--teacher is missing: whose scores are to be kept?")
    torch.set_num_threads(arguments.threads)
    arguments.to.parent.mkdir(parents=True, exist_ok=True)
    data = training_arguments.data(arguments, arguments.to.parent / "cache")
    student = models.find(arguments.backbone)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    teachers = Teachers.opened(taught_by, student, device)
    schedule = Schedule()
    tell(
        data,
        Windows(student, schedule.max_tokens),
        teachers,
        schedule,
        arguments.epochs,
        arguments.to,
        device,
    )


if __name__ == "__main__":
    main()
