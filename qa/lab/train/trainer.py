"""A student in training: one step, and all that another process needs to go on from it."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from embeddings.bert import compute_type

from .loss import loss
from .recipe import Recipe
from .student import Student
from .windows import Window, collate


class Trainer:
    """The student in the compute type, float32 masters of its weights, their optimizer and their running average."""

    def __init__(self, backbone: Path, recipe: Recipe, workers: int = 1) -> None:
        """workers: threads that share out the parts of a step and meet at its end, which loses far less on a busy
        machine than threads that share out each product."""
        self.recipe = recipe
        self.student = Student(backbone, recipe.early_layers, recipe.seed)
        self._trained = {name: p for name, p in self.student.named_parameters() if p.requires_grad}
        self.masters = {name: p.detach().clone().float() for name, p in self._trained.items()}
        self.average = {name: p.clone() for name, p in self.masters.items()}
        chosen = compute_type()
        self.student.to(torch.float32 if chosen == torch.int8 else chosen)  # integers have no gradients
        self._replicas = [self.student, *(_sharing(self.student) for _ in range(workers - 1))]
        self._pool = ThreadPoolExecutor(workers, "training", torch.set_num_threads, (1,))
        decayed = [m for m in self.masters.values() if m.dim() > 1]
        others = [m for m in self.masters.values() if m.dim() <= 1]
        groups = [
            {"params": decayed, "weight_decay": recipe.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        self._optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate, fused=True)
        self.step = 0

    def train_on(self, parts: Sequence[Sequence[Window]], rate: float) -> float:
        """One step at this learning rate, in which each part weighs the same; the loss before it."""
        told = self._pool.map(self._backward, cycle(self._replicas), parts, repeat(1 / len(parts)))
        losses, gradients = zip(*told, strict=True)
        for name, of_parts in zip(self._trained, zip(*gradients, strict=True), strict=True):
            self.masters[name].grad = sum(of_parts[1:], start=of_parts[0].float())
        masters = list(self.masters.values())
        torch.nn.utils.clip_grad_norm_(masters, self.recipe.clip)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        self._publish(self.masters)
        torch._foreach_lerp_(list(self.average.values()), masters, 1 - self.recipe.average_decay)
        self.step += 1
        return float(sum(losses))

    def _backward(self, replica: Student, part: Sequence[Window], share: float) -> tuple[float, list[Tensor]]:
        """A part's loss and the gradients of the trained weights, times its share of the step."""
        batch, recipe = collate(part), self.recipe
        marked = batch["starts"], batch["ends"], batch["groups"]
        of_part = share * loss(replica(batch), *marked, recipe.early_weight, recipe.shared_weight)
        trained = [p for p in replica.parameters() if p.requires_grad]
        return float(of_part.detach()), list(torch.autograd.grad(of_part, trained))

    @contextmanager
    def averaged(self) -> Iterator[Student]:
        """The student with the running average of its weights, until the block ends."""
        self._publish(self.average)
        try:
            yield self.student
        finally:
            self._publish(self.masters)

    def weights(self, *, average: bool) -> dict[str, Tensor]:
        """All of the student's weights by name, float32."""
        exact = self.average if average else self.masters
        return {name: t.float() for name, t in self.student.state_dict().items()} | exact

    def save(self, file: Path, **more: Any) -> None:
        """As `write` does; more: what else the checkpoint keeps."""
        state = {
            "masters": self.masters,
            "average": self.average,
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
        }
        write(file, state | more)

    def restore(self, file: Path) -> dict[str, Any]:
        """The whole of the checkpoint."""
        state: dict[str, Any] = torch.load(file, weights_only=True)
        for kept, found in ((self.masters, state["masters"]), (self.average, state["average"])):
            for name, tensor in kept.items():
                tensor.copy_(found[name])
        self._optimizer.load_state_dict(state["optimizer"])
        self.step = int(state["step"])
        self._publish(self.masters)
        return state

    @torch.no_grad()
    def _publish(self, weights: dict[str, Tensor]) -> None:
        for name, parameter in self._trained.items():
            parameter.copy_(weights[name])


def write(file: Path, state: dict[str, Any]) -> None:
    """A checkpoint, at once or not at all."""
    aside = file.with_suffix(".new")
    with aside.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)


def _sharing(student: Student) -> Student:
    """Another student with the very same weights in memory, so that both can be in a pass at a time."""
    other = copy.deepcopy(student)
    for own, theirs in zip(other.parameters(), student.parameters(), strict=True):
        own.data = theirs.data
    return other
