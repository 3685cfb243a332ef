r"""Train the extractive reader.

    python -m qa.lab.train.main --data FOLDER --measured FILE... --out runs/b --without-half-a --epochs 3
    python -m qa.lab.train.main --data FOLDER --measured FILE... --out runs/a --backbone runs/b/average \
        --half-a-times 2 --vague 0.15 --qamr-questions 2000 --epochs 0.5 --learning-rate 1e-4

The second goes on from the first with half a of SQuAD 2.0's development set mixed in: the first's weights can be
measured on that whole set, the second's on half b.

`--reworded` exchanges words for near ones in most windows, which are then new to a student that goes on from a reader.
`--shortened SHARE` cuts some to a sentence or two, as the reader sees them when it reads a sentence a second time.

`--teacher FOLDER` lets a larger reader, trained the same way from another `--backbone` of the same word pieces, teach
as well, by its scores and its hidden states, alone or with others that share in the scores; `--frozen N` keeps such a
backbone's lowest layers, which shortens its training on a processor. `--told FILE` learns from scores that
`tell_windows` kept instead, without the teacher.

A BERT encoder with a linear head that scores each token as a start and as an end (Devlin et al., 2019). The first
token stands for "this passage does not answer"; each passage's loss is a softmax over its tokens and that null, so
a span's score minus the null score is a log odds and can be compared between passages. Starts from the default
encoder's backbone.

Runs on the processor or on a GPU, with float32 master weights, in bfloat16 where that is multiplied in hardware, else
in float32, with which a step takes twice as long or more. Interrupted, it goes on from the last checkpoint when
started again with the same arguments; the result is that of an uninterrupted run, but for the processor's rounding.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from statistics import fmean

import torch

from embeddings import models
from qa.lab.sets.training import TrainingData
from qa.lab.train import arguments as training_arguments
from qa.lab.train.loss import against_answers, logits, overlap_f1
from qa.lab.train.rewording import Rewording
from qa.lab.train.shortening import shortened
from qa.lab.train.teacher import Teachers
from qa.lab.train.told import Told
from qa.lab.train.trainer import Schedule, Trainer, rate_at
from qa.lab.train.windows import Encoded, Windows, batches, collate


@torch.no_grad()
def held_out_figures(trainer: Trainer, held_out: Sequence[list[Encoded]]) -> dict[str, float]:
    """Of the windows held out: mean loss, mean F1 of tokens, and the shares whose span, or null, is exactly right."""
    trainer.model.eval()
    losses, f1 = [], []
    right: dict[bool, list[float]] = {True: [], False: []}
    for group in held_out:
        batch = collate(group, trainer.device)
        scores = logits(trainer.model, batch)
        losses += against_answers(scores, batch).tolist()
        overlaps = overlap_f1(scores, batch).tolist()
        f1 += overlaps
        for gold, overlap in zip((batch["starts"] > 0).tolist(), overlaps, strict=True):
            right[gold].append(float(overlap == 1))
    trainer.model.train()
    return {
        "held_out_loss": fmean(losses),
        "held_out_f1": fmean(f1),
        "answers_exact": fmean(right[True] or [0]),
        "nulls_exact": fmean(right[False] or [0]),
    }


def epoch_batches(
    data: TrainingData,
    windows: Windows,
    schedule: Schedule,
    epoch: int,
    rewording: Rewording | None = None,
    told: Told | None = None,
) -> list[list[Encoded]]:
    """told: windows of which it has nothing are learnt from their answers alone."""
    rng = random.Random(schedule.seed * 7919 + epoch)
    encoded = [e for e in (windows.encode(example, rng) for example in data.epoch(epoch)) if e is not None]
    if told is not None:
        encoded = [replace(window, told=told.row(window.ids)) for window in encoded]
    if schedule.shortened:
        encoded = [shortened(w, rng) if rng.random() < schedule.shortened else w for w in encoded]
    if rewording is not None:
        encoded = [rewording.some(window, rng) for window in encoded]
    return batches(encoded, schedule.tokens_per_batch, rng)


def train(
    data: TrainingData,
    out: Path,
    backbone: Path,
    schedule: Schedule,
    checkpoint_every: int,
    taught_by: Mapping[Path, float] | None = None,
    told: Told | None = None,
) -> None:
    """taught_by: folders of readers of the same word pieces, larger mostly, and what the scores of each count.
    told: what such readers told, in their place.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    out.mkdir(parents=True, exist_ok=True)
    teachers = Teachers.opened(taught_by, backbone, device) if taught_by else None
    windows = Windows(backbone, schedule.max_tokens)
    trainer = Trainer(backbone, schedule, device, teachers, told)
    checkpoint = out / "checkpoint.pt"
    if checkpoint.is_file():
        trainer.restore(torch.load(checkpoint, weights_only=True))
        print(f"going on from step {trainer.step}", flush=True)
    rng = random.Random(schedule.seed)
    held_out = [e for e in (windows.encode(example, rng) for example in data.held_out) if e is not None]
    held_out_batches = batches(held_out, schedule.tokens_per_batch, rng)
    rewording = (
        Rewording(windows.pieces, trainer.model.get_input_embeddings().weight.detach().float().cpu().numpy())
        if schedule.reworded
        else None
    )

    @lru_cache(maxsize=1)
    def of_epoch(number: int) -> list[list[Encoded]]:
        return epoch_batches(data, windows, schedule, number, rewording, told)

    an_epoch = len(of_epoch(0))
    steps = math.ceil(an_epoch * schedule.epochs)
    print(json.dumps({"steps": steps, "steps_per_epoch": an_epoch, "held_out": len(held_out)}), flush=True)
    recent: list[float] = []
    since, tokens = time.monotonic(), 0
    for step, group in _batches_from(trainer.step, steps, of_epoch):
        batch = collate(group, device)
        recent.append(trainer.train_on(batch, rate_at(step / steps, schedule)))
        tokens += sum(len(window.ids) for window in group)
        if trainer.step % 50 == 0:
            speed = tokens / (time.monotonic() - since)
            print(
                json.dumps(
                    {
                        "step": trainer.step,
                        "loss": round(sum(recent) / len(recent), 4),
                        "tokens_per_second": round(speed),
                    }
                ),
                flush=True,
            )
            recent, since, tokens = [], time.monotonic(), 0
        if trainer.step % checkpoint_every == 0 or trainer.step == steps:
            torch.save(trainer.state(), checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)
        if trainer.step % (2 * checkpoint_every) == 0 or trainer.step == steps:
            print(
                json.dumps({"step": trainer.step, **held_out_figures(trainer, held_out_batches)}), flush=True
            )
            since, tokens = time.monotonic(), 0
    for name in ("last", "average"):
        trainer.save_weights(out / name, average=name == "average")
        windows.save_tokenizer(out / name)
    print("done", flush=True)


def _batches_from(
    done: int, steps: int, of_epoch: Callable[[int], list[list[Encoded]]]
) -> Iterator[tuple[int, list[Encoded]]]:
    step, epoch = 0, 0
    while step < steps:
        current = of_epoch(epoch)
        if step + len(current) > done:
            for offset, group in enumerate(current):
                if done <= step + offset < steps:
                    yield step + offset, group
        step, epoch = step + len(current), epoch + 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    training_arguments.add(parser)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for checkpoints and the trained weights"
    )
    parser.add_argument(
        "--backbone", default=models.DEFAULT, help="encoder to start from (a name or a folder)"
    )
    training_arguments.add_teachers(parser)
    training_arguments.add_told(parser)
    parser.add_argument(
        "--states",
        type=float,
        default=Schedule().states,
        help="weight of the error from the teacher's hidden states; 0: its scores alone",
    )
    parser.add_argument(
        "--temperature",
        type=float,
        default=Schedule().temperature,
        help="that the teachers' scores and the student's are softened by",
    )
    parser.add_argument("--epochs", type=float, default=Schedule().epochs)
    parser.add_argument("--learning-rate", type=float, default=Schedule().learning_rate)
    parser.add_argument(
        "--seed", type=int, default=Schedule().seed, help="of the batches' order and the head's first weights"
    )
    parser.add_argument(
        "--tokens-per-batch",
        type=int,
        default=Schedule().tokens_per_batch,
        help="question and context together",
    )
    parser.add_argument(
        "--frozen",
        type=int,
        default=Schedule().frozen,
        metavar="LAYERS",
        help="that stay as the backbone has them",
    )
    parser.add_argument(
        "--reworded", action="store_true", help="exchange words for near ones in some of the windows"
    )
    parser.add_argument(
        "--shortened",
        type=float,
        default=Schedule().shortened,
        metavar="SHARE",
        help="of the windows, cut to a sentence or two",
    )
    parser.add_argument("--checkpoint-every", type=int, default=200, metavar="STEPS")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    taught_by = training_arguments.teachers(parser, arguments)
    told = training_arguments.told(parser, arguments)
    torch.set_num_threads(arguments.threads)
    schedule = Schedule(
        epochs=arguments.epochs,
        learning_rate=arguments.learning_rate,
        tokens_per_batch=arguments.tokens_per_batch,
        frozen=arguments.frozen,
        states=arguments.states,
        temperature=arguments.temperature,
        reworded=arguments.reworded,
        shortened=arguments.shortened,
        seed=arguments.seed,
    )
    data = training_arguments.data(arguments, arguments.out.parent / "cache")
    arguments.out.mkdir(parents=True, exist_ok=True)
    facts = {
        "backbone": arguments.backbone,
        "teachers": {folder.as_posix(): share for folder, share in taught_by.items()},
        "told": arguments.told and arguments.told.as_posix(),
        "recipe": asdict(data.recipe),
        "schedule": asdict(schedule),
        "dropped_for_overlap": data.dropped,
    }
    (arguments.out / "recipe.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    print(json.dumps(facts), flush=True)
    train(
        data,
        arguments.out,
        models.find(arguments.backbone),
        schedule,
        arguments.checkpoint_every,
        taught_by,
        told and told.at(schedule.temperature),
    )


if __name__ == "__main__":
    main()
