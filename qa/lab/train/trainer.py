"""A reader in training: one step, its learning rate, and the weights it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering

from embeddings.bert import fast_type
from qa.lab.train.loss import (
    against_answers,
    against_likeliest,
    against_states,
    against_teacher,
    logits_and_states,
)
from qa.lab.train.teacher import Teachers
from qa.lab.train.told import Told


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
    shortened: float = 0.0  # share of the windows that are cut to a sentence or two
    seed: int = 7


class Trainer:
    """The model in the compute type, float32 master weights, their optimizer and their running average."""

    def __init__(
        self,
        backbone: Path,
        schedule: Schedule,
        device: torch.device,
        teacher: Teachers | None = None,
        told: Told | None = None,
    ) -> None:
        """told: what teachers told of the windows, in the place of one."""
        self.schedule, self.device, self.teacher, self.told = schedule, device, teacher, told
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
        self._widened: torch.nn.Linear | None = None
        if teacher is not None and schedule.states:
            # From the student's hidden states to the teacher's, which are wider; not saved.
            self._widened = torch.nn.Linear(self.model.config.hidden_size, teacher.width, device=device)
            parts.append(self._widened)
        self._trained = [p for part in parts for p in part.parameters() if p.requires_grad]
        self.masters = [p.detach().clone().float() for p in self._trained]
        self.average = [p.clone() for p in self.masters]
        for part in parts:
            part.to(fast_type(device))
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
            if self._widened is not None:
                missed = against_states(self._widened(states).float(), taught_states, batch["mask"])
                loss += self.schedule.states * missed
        elif self.told is not None:
            taught = against_likeliest(scores, *self.told.of(batch), self.told.temperature)
            loss = torch.lerp(apart, taught, self.schedule.taught * (batch["told"] >= 0)).mean()
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
