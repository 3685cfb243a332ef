r"""Train the extractive reader.

    python -m qa.lab.train_reader --data FOLDER --measured FILE... --out runs/b --without-half-a --epochs 3
    python -m qa.lab.train_reader --data FOLDER --measured FILE... --out runs/a --backbone runs/b/average \
        --half-a-times 2 --vague 0.15 --qamr-questions 2000 --epochs 0.5 --learning-rate 1e-4

The second goes on from the first with half a of SQuAD 2.0's development set mixed in: the first's weights can be
measured on that whole set, the second's on half b.

`--reworded` exchanges words for near ones in most windows, which are then new to a student that goes on from a reader.

`--teacher FOLDER` lets a larger reader, trained the same way from another `--backbone` of the same word pieces, teach
as well, by its scores and its hidden states, alone or with others that share in the scores; `--frozen N` keeps such a
backbone's lowest layers, which shortens its training on a processor.

A BERT encoder with a linear head that scores each token as a start and as an end (Devlin et al., 2019). The first
token stands for "this passage does not answer"; each passage's loss is a softmax over its tokens and that null, so
a span's score minus the null score is a log odds and can be compared between passages. Starts from the default
encoder's backbone.

Runs on the processor in bfloat16 with float32 master weights, or on a GPU. Interrupted, it goes on from the last
checkpoint when started again with the same arguments; the result is that of an uninterrupted run, but for the
processor's rounding.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering

from embeddings import models
from qa.lab.rewording import Rewording
from qa.lab.span_loss import (
    against_answers,
    against_states,
    against_teacher,
    logits,
    logits_and_states,
)
from qa.lab.teacher import Teachers, check_shares
from qa.lab.train_data import MADE_NULLS, Recipe, TrainingData
from qa.lab.train_windows import Encoded, Windows, batches, collate


@dataclass(frozen=True, slots=True)
class Schedule:
    epochs: float = 2.0
    learning_rate: float = 2e-4
    warmup: float = 0.06  # share of the steps
    weight_decay: float = 0.01
    tokens_per_batch: int = 4096
    max_tokens: int = 320  # of question and context together: 97 % of the training contexts fit whole
    average_every: int = 10  # steps between additions to the running average of the weights
    average_decay: float = 0.99
    frozen: int = 0  # layers, from the lowest, that stay with the embeddings as the backbone has them
    taught: float = 0.6  # share of a teacher's scores in the loss, where there is a teacher
    temperature: float = 2.0  # that its scores and the student's are softened by
    states: float = 1.0  # weight, beside those two, of the error from a teacher's hidden states
    reworded: bool = False  # whether some windows are read in other words
    seed: int = 7


class Trainer:
    """The model in the compute type, float32 master weights, their optimizer and their running average."""

    def __init__(
        self, backbone: Path, schedule: Schedule, device: torch.device, teacher: Teachers | None = None
    ) -> None:
        self.schedule, self.device, self.teacher = schedule, device, teacher
        torch.manual_seed(schedule.seed)
        self.model = AutoModelForQuestionAnswering.from_pretrained(
            str(backbone),
            local_files_only=True,
            attn_implementation="eager",  # on the processor its backward pass takes half the time of the fused one
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.model.to(device)
        self.model.get_input_embeddings().requires_grad_(False)
        if schedule.frozen:
            # With what the layers share, such as MPNet's position bias.
            self.model.base_model.requires_grad_(False)
            self.model.base_model.encoder.layer[schedule.frozen :].requires_grad_(True)
        self.model.train()
        parts = [self.model]
        if teacher is not None:
            # From the student's hidden states to the teacher's, which are wider; not saved.
            self._widened = torch.nn.Linear(self.model.config.hidden_size, teacher.width, device=device)
            parts.append(self._widened)
        self._trained = [p for part in parts for p in part.parameters() if p.requires_grad]
        self.masters = [p.detach().clone().float() for p in self._trained]
        self.average = [p.clone() for p in self.masters]
        for part in parts:
            part.bfloat16()
        groups = [
            {"params": [m for m in self.masters if m.dim() > 1], "weight_decay": schedule.weight_decay},
            {"params": [m for m in self.masters if m.dim() <= 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=schedule.learning_rate, fused=True)
        self.step = 0

    def train_on(self, batch: dict[str, torch.Tensor], rate: float) -> float:
        scores, states = logits_and_states(self.model, batch)
        apart = against_answers(scores, batch)
        loss = apart.mean()
        if self.teacher is not None:
            taught_scores, taught_states = self.teacher.logits_and_states(batch)
            taught = against_teacher(scores, taught_scores, self.schedule.temperature)
            loss = torch.lerp(apart, taught, self.schedule.taught * batch["taught"]).mean()
            missed = against_states(self._widened(states).float(), taught_states, batch["mask"])
            loss += self.schedule.states * missed
        loss.backward()  # type: ignore[no-untyped-call]
        for master, parameter in zip(self.masters, self._trained, strict=True):
            assert parameter.grad is not None
            master.grad = parameter.grad.float()
            parameter.grad = None
        torch.nn.utils.clip_grad_norm_(self.masters, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self._publish(self.masters)
        self.step += 1
        if self.step % self.schedule.average_every == 0:
            for average, master in zip(self.average, self.masters, strict=True):
                average.lerp_(master, 1 - self.schedule.average_decay)
        return float(loss.detach())

    def _publish(self, weights: Sequence[torch.Tensor]) -> None:
        with torch.no_grad():
            for parameter, weight in zip(self._trained, weights, strict=True):
                parameter.copy_(weight)

    def save_weights(self, folder: Path, *, average: bool) -> None:
        """A float32 model folder that transformers can load."""
        self._publish(self.average if average else self.masters)
        whole = type(self.model)(self.model.config)
        state = {name: tensor.float() for name, tensor in self.model.state_dict().items()}
        trained = [n for n, p in self.model.named_parameters() if p.requires_grad]
        weights = self.average if average else self.masters
        exact = dict(zip(trained, weights[: len(trained)], strict=True))
        whole.load_state_dict({**state, **exact})
        whole.save_pretrained(str(folder))
        self._publish(self.masters)

    def state(self) -> dict[str, Any]:
        return {
            "masters": self.masters,
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }

    def restore(self, state: dict[str, Any]) -> None:
        for name, kept in (("masters", self.masters), ("average", self.average)):
            for tensor, loaded in zip(kept, state[name], strict=True):
                tensor.copy_(loaded)
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = int(state["step"])
        self._publish(self.masters)


def rate_at(progress: float, schedule: Schedule) -> float:
    """Linear warm-up, then linear decay to zero; progress from 0 to 1."""
    if progress < schedule.warmup:
        return schedule.learning_rate * progress / schedule.warmup
    return schedule.learning_rate * max(0.0, (1 - progress) / (1 - schedule.warmup))


@torch.no_grad()
def held_out_loss(trainer: Trainer, held_out: Sequence[list[Encoded]]) -> dict[str, float]:
    """Mean loss, and the share of windows whose best start and end are exactly right, null and not."""
    trainer.model.eval()
    total, right = 0.0, {True: [0, 0], False: [0, 0]}
    for group in held_out:
        batch = collate(group, trainer.device)
        start, end = logits(trainer.model, batch)
        total += float(against_answers((start, end), batch).sum())
        exact = (start.argmax(1) == batch["starts"]) & (end.argmax(1) == batch["ends"])
        for hit, gold in zip(exact.tolist(), (batch["starts"] > 0).tolist(), strict=True):
            right[gold][0] += hit
            right[gold][1] += 1
    trainer.model.train()
    count = sum(len(group) for group in held_out)
    return {
        "held_out_loss": total / count,
        "answers_exact": right[True][0] / max(right[True][1], 1),
        "nulls_exact": right[False][0] / max(right[False][1], 1),
    }


def epoch_batches(
    data: TrainingData, windows: Windows, schedule: Schedule, epoch: int, rewording: Rewording | None = None
) -> list[list[Encoded]]:
    rng = random.Random(schedule.seed * 7919 + epoch)
    encoded = [e for e in (windows.encode(example, rng) for example in data.epoch(epoch)) if e is not None]
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
) -> None:
    """taught_by: folders of readers of the same word pieces, larger mostly, and what the scores of each count."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    out.mkdir(parents=True, exist_ok=True)
    teachers = Teachers.opened(taught_by, backbone, device) if taught_by else None
    windows, trainer = Windows(backbone, schedule.max_tokens), Trainer(backbone, schedule, device, teachers)
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
    first = epoch_batches(data, windows, schedule, 0, rewording)
    steps = math.ceil(len(first) * schedule.epochs)
    print(json.dumps({"steps": steps, "steps_per_epoch": len(first), "held_out": len(held_out)}), flush=True)
    recent: list[float] = []
    since, tokens = time.monotonic(), 0
    for step, group in _batches_from(trainer.step, steps, data, windows, schedule, first, rewording):
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
            print(json.dumps({"step": trainer.step, **held_out_loss(trainer, held_out_batches)}), flush=True)
            since, tokens = time.monotonic(), 0
    for name in ("last", "average"):
        trainer.save_weights(out / name, average=name == "average")
        windows.save_tokenizer(out / name)
    print("done", flush=True)


def _batches_from(
    done: int,
    steps: int,
    data: TrainingData,
    windows: Windows,
    schedule: Schedule,
    first: list[list[Encoded]],
    rewording: Rewording | None,
) -> Iterator[tuple[int, list[Encoded]]]:
    step, epoch, current = 0, 0, first
    while step < steps:
        if step + len(current) > done:
            for offset, group in enumerate(current):
                if done <= step + offset < steps:
                    yield step + offset, group
        step, epoch = step + len(current), epoch + 1
        if step < steps:
            current = epoch_batches(data, windows, schedule, epoch, rewording)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files (*.json.gz)")
    parser.add_argument(
        "--measured",
        type=Path,
        nargs="+",
        required=True,
        help="files that are measured (SQuAD's layout, or text): what shares a 13-word run with them is dropped",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for checkpoints and the trained weights"
    )
    parser.add_argument(
        "--without-half-a", action="store_true", help="leave out half a of SQuAD 2.0's development set"
    )
    parser.add_argument(
        "--half-a-times", type=int, default=Recipe().half_a_times, help="how often an epoch holds half a"
    )
    parser.add_argument(
        "--vague",
        type=float,
        default=Recipe().vague,
        help="share of Reddit's and the reviews' paragraphs, an epoch",
    )
    parser.add_argument("--qamr-questions", type=int, default=Recipe().qamr_questions, help="an epoch")
    parser.add_argument(
        "--made-nulls", type=float, default=1.0, help="times the recipe's shares of nulls that nobody wrote"
    )
    parser.add_argument(
        "--backbone", default=models.DEFAULT, help="encoder to start from (a name or a folder)"
    )
    parser.add_argument(
        "--teacher",
        type=Path,
        nargs="+",
        default=[],
        help="folders of trained readers whose scores are learnt as well, and the first one's hidden states",
    )
    parser.add_argument(
        "--teacher-shares",
        type=float,
        nargs="+",
        metavar="SHARE",
        help="what each teacher's scores count, 1 together; by default all the same",
    )
    parser.add_argument(
        "--states",
        type=float,
        default=Schedule().states,
        help="weight of the error from the teacher's hidden states; 0: its scores alone",
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
    parser.add_argument("--checkpoint-every", type=int, default=200, metavar="STEPS")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    shares_of = arguments.teacher_shares or [1 / len(arguments.teacher) for _ in arguments.teacher]
    if arguments.teacher:
        try:
            check_shares(arguments.teacher, shares_of)
        except ValueError as error:
            parser.error(str(error))
    taught_by = dict(zip(arguments.teacher, shares_of, strict=True))
    torch.set_num_threads(arguments.threads)
    schedule = Schedule(
        epochs=arguments.epochs,
        learning_rate=arguments.learning_rate,
        tokens_per_batch=arguments.tokens_per_batch,
        frozen=arguments.frozen,
        states=arguments.states,
        reworded=arguments.reworded,
        seed=arguments.seed,
    )
    shares = {name: getattr(Recipe(), name) * arguments.made_nulls for name in MADE_NULLS}
    recipe = Recipe(
        **shares,
        half_a=not arguments.without_half_a,
        half_a_times=arguments.half_a_times,
        vague=arguments.vague,
        qamr_questions=arguments.qamr_questions,
    )
    data = TrainingData(arguments.data, recipe, arguments.measured, arguments.out.parent / "cache")
    arguments.out.mkdir(parents=True, exist_ok=True)
    facts = {
        "backbone": arguments.backbone,
        "teachers": {folder.as_posix(): share for folder, share in taught_by.items()},
        "recipe": asdict(recipe),
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
    )


if __name__ == "__main__":
    main()
