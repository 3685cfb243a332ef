"""A larger reader that a smaller one learns from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedTokenizerBase

from qa.lab.span_loss import IGNORED, Logits, logits


class Teacher:
    """Scores a student's batches. The two split text into the same word pieces; the pieces' numbers may differ.

    What it scored it remembers, a few hundred bytes a window: most windows come again, within an epoch or in the next.
    """

    def __init__(self, folder: Path, student: Path, device: torch.device) -> None:
        """folder, student: model folders with their tokenizers. Raises ValueError where their pieces differ."""
        own, theirs = (
            AutoTokenizer.from_pretrained(str(f), local_files_only=True) for f in (folder, student)
        )
        self._numbers = torch.tensor(numbers_of(own, theirs), device=device)
        self._model = AutoModelForQuestionAnswering.from_pretrained(
            str(folder), local_files_only=True, dtype=torch.bfloat16
        )
        self._model.to(device).eval()
        # By a window's pieces; bfloat16 (2, tokens), starts and ends.
        self._scored: dict[bytes, torch.Tensor] = {}

    def logits(self, batch: dict[str, torch.Tensor]) -> Logits:
        """batch: in the student's numbers, as `collate` makes it."""
        sizes = batch["mask"].sum(1).tolist()
        windows = [ids[:size].cpu().numpy().tobytes() for ids, size in zip(batch["ids"], sizes, strict=True)]
        new = {window: row for row, window in enumerate(windows) if window not in self._scored}
        if new:
            self._score(list(new), {name: tensor[list(new.values())] for name, tensor in batch.items()})
        scores = torch.zeros(2, *batch["ids"].shape, device=batch["ids"].device)
        for row, (window, size) in enumerate(zip(windows, sizes, strict=True)):
            scores[:, row, :size] = self._scored[window].to(scores)
        scores.masked_fill_(~batch["allowed"], IGNORED)
        return scores[0], scores[1]

    @torch.no_grad()
    def _score(self, windows: Sequence[bytes], batch: dict[str, torch.Tensor]) -> None:
        scores = torch.stack(logits(self._model, {**batch, "ids": self._numbers[batch["ids"]]}))
        for row, (window, size) in enumerate(zip(windows, batch["mask"].sum(1).tolist(), strict=True)):
            self._scored[window] = scores[:, row, :size].to("cpu", torch.bfloat16, copy=True)


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
