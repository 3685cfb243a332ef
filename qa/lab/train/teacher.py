"""Readers that another one learns from, larger ones mostly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedTokenizerBase

from embeddings.bert import fast_type
from qa.lab.train.loss import Logits, logits_and_states


class Teacher:
    """Reads a student's batches. The two split text into the same word pieces; the pieces' numbers may differ."""

    def __init__(self, folder: Path, student: Path, device: torch.device) -> None:
        """folder, student: model folders with their tokenizers. Raises ValueError where their pieces differ."""
        own, theirs = (
            AutoTokenizer.from_pretrained(str(f), local_files_only=True) for f in (folder, student)
        )
        self._numbers = torch.tensor(numbers_of(own, theirs), device=device)
        self._model = AutoModelForQuestionAnswering.from_pretrained(
            str(folder), local_files_only=True, dtype=fast_type(device)
        )
        self._model.to(device).eval()
        self.width = int(self._model.config.hidden_size)

    @torch.no_grad()
    def logits_and_states(self, batch: dict[str, torch.Tensor]) -> tuple[Logits, torch.Tensor]:
        """batch: in the student's numbers, as `collate` makes it."""
        return logits_and_states(self._model, {**batch, "ids": self._numbers[batch["ids"]]})


class Teachers:
    """Several that agree on scores; the hidden states are the first one's.

    Readers that were made apart err apart: the mean of their log probabilities is righter than any of them.
    """

    def __init__(self, teachers: Sequence[Teacher], shares: Sequence[float]) -> None:
        """shares: what each one's scores count, above 0 and 1 together. Raises ValueError where they are not."""
        check_shares(teachers, shares)
        self._teachers, self._shares = teachers, shares
        self.width = teachers[0].width

    @classmethod
    def opened(cls, share_of: Mapping[Path, float], student: Path, device: torch.device) -> Teachers:
        """share_of: of each teacher's folder. Raises as the others do."""
        return cls([Teacher(folder, student, device) for folder in share_of], list(share_of.values()))

    def logits_and_states(self, batch: dict[str, torch.Tensor]) -> tuple[Logits, torch.Tensor]:
        """batch: as a `Teacher`'s. The logits are log probabilities."""
        told = [teacher.logits_and_states(batch) for teacher in self._teachers]
        starts, ends = (
            torch.stack(
                [s * scores[at].log_softmax(1) for s, (scores, _) in zip(self._shares, told, strict=True)]
            ).sum(0)
            for at in (0, 1)
        )
        return (starts, ends), told[0][1]


def check_shares(teachers: Sequence[object], shares: Sequence[float]) -> None:
    """Raises ValueError where the shares are not one a teacher, above 0 and 1 together."""
    if len(shares) != len(teachers) or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(
            f"{len(teachers)} teachers cannot have the shares {list(shares)}: one each, above 0, 1 together"
        )


def numbers_of(teacher: PreTrainedTokenizerBase, student: PreTrainedTokenizerBase) -> list[int]:
    """The teacher's number of each piece of the student's, by the student's number; special pieces by their use."""
    special = {
        getattr(student, use): getattr(teacher, use)
        for use in ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")
    }
    known = teacher.get_vocab()
    pieces = [special.get(piece, piece) for piece in student.convert_ids_to_tokens(list(range(len(student))))]
    lacking = [piece for piece in pieces if piece not in known]
    if lacking:
        raise ValueError(
            f"the teacher does not know {len(lacking)} of the student's pieces, such as {lacking[0]!r}"
        )
    return [known[piece] for piece in pieces]
