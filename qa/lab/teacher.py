"""A larger reader that a smaller one learns from."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedTokenizerBase

from qa.lab.span_loss import Logits, logits_and_states


class Teacher:
    """Reads a student's batches. The two split text into the same word pieces; the pieces' numbers may differ."""

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
        self.width = int(self._model.config.hidden_size)

    @torch.no_grad()
    def logits_and_states(self, batch: dict[str, torch.Tensor]) -> tuple[Logits, torch.Tensor]:
        """batch: in the student's numbers, as `collate` makes it."""
        return logits_and_states(self._model, {**batch, "ids": self._numbers[batch["ids"]]})


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
