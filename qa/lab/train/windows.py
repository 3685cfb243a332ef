"""Examples -> token windows, and batches of them, as tensors."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer

from qa.english.sentences import sentence_spans
from qa.lab.sets.training import Example

QUESTION_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Encoded:
    """One window of one example. start and end are token positions of its answer; (0, 0) is null.

    taught: whether a teacher is listened to: exchanged names fool one that was not trained on them. told: where it
    stands what was told of it as it was, before any other words; -1: nowhere. sentences: the positions where those
    of the context begin. cut: tokens that are gone from the beginning of the context that was told of.
    """

    ids: list[int]
    context_from: int
    start: int
    end: int
    taught: bool = True
    told: int = -1
    sentences: tuple[int, ...] = ()
    cut: int = 0


class Windows:
    """Examples -> token windows. A long context is cut to one window, mostly one that holds the answer."""

    def __init__(self, backbone: Path, max_tokens: int) -> None:
        """max_tokens: of question and context together. Raises OSError where `backbone` has no tokenizer."""
        self._tokenizer = AutoTokenizer.from_pretrained(str(backbone), local_files_only=True)
        self._max_tokens = max_tokens
        self._contexts: dict[str, tuple[list[int], list[tuple[int, int]], list[int]]] = {}

    def encode(self, example: Example, rng: random.Random) -> Encoded | None:
        """None where the answer falls between tokens."""
        question = self._tokenizer(example.question, add_special_tokens=False)["input_ids"][:QUESTION_TOKENS]
        ids, offsets, sentences = self._context(example.context)
        span = self._span(offsets, example.answers, rng)
        if example.answers and span is None:
            return None
        room = self._max_tokens - len(question) - 3
        first = 0
        if len(ids) > room:
            last = len(ids) - room
            if span is not None and rng.random() < 0.85:
                first = rng.randint(max(0, min(span[1] - room + 1, last)), min(span[0], last))
            else:
                first = rng.randint(0, last)
        cls, sep = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        window = ids[first : first + room]
        context_from = len(question) + 2
        start = end = 0
        if span is not None and first <= span[0] and span[1] < first + len(window):
            start, end = span[0] - first + context_from, span[1] - first + context_from
        return Encoded(
            [cls, *question, sep, *window, sep],
            context_from,
            start,
            end,
            taught=example.kind != "exchanged",
            sentences=tuple(s - first + context_from for s in sentences if first <= s < first + len(window)),
        )

    @property
    def pieces(self) -> list[str]:
        """The vocabulary, in order."""
        return list(self._tokenizer.convert_ids_to_tokens(list(range(len(self._tokenizer)))))

    def save_tokenizer(self, folder: Path) -> None:
        """Beside the weights, so that the folder is a backbone itself."""
        self._tokenizer.save_pretrained(str(folder))

    def _context(self, context: str) -> tuple[list[int], list[tuple[int, int]], list[int]]:
        """Ids and offsets of its tokens, and which of them begin a sentence."""
        if context not in self._contexts:
            encoding = self._tokenizer(
                context, add_special_tokens=False, return_offsets_mapping=True, verbose=False
            )
            offsets = encoding["offset_mapping"]
            ends = [end for _, end in offsets]
            begun = sorted({bisect_right(ends, start) for start, _ in sentence_spans(context)} - {len(ends)})
            self._contexts[context] = encoding["input_ids"], offsets, begun
        return self._contexts[context]

    @staticmethod
    def _span(
        offsets: Sequence[tuple[int, int]], answers: Sequence[tuple[str, int]], rng: random.Random
    ) -> tuple[int, int] | None:
        if not answers:
            return None
        text, at = answers[rng.randrange(len(answers))]  # annotators differ: each epoch sees another of them
        inside = [i for i, (start, end) in enumerate(offsets) if end > at and start < at + len(text)]
        return (inside[0], inside[-1]) if inside else None


def batches(encoded: Sequence[Encoded], tokens: int, rng: random.Random) -> list[list[Encoded]]:
    """Windows of like length together, about `tokens` tokens a batch, the batches in random order."""
    ordered = sorted(encoded, key=lambda window: len(window.ids) + rng.random() * 8)
    result: list[list[Encoded]] = []
    for window in ordered:
        longest = max((len(w.ids) for w in result[-1]), default=0) if result else 0
        if not result or max(longest, len(window.ids)) * (len(result[-1]) + 1) > tokens:
            result.append([])
        result[-1].append(window)
    rng.shuffle(result)
    return result


def collate(batch: Sequence[Encoded], device: torch.device) -> dict[str, torch.Tensor]:
    """ids, types, mask, allowed: (batch, tokens); starts, ends, taught, told, cut: (batch,)."""
    length = -(-max(len(window.ids) for window in batch) // 8) * 8
    ids = np.zeros((len(batch), length), dtype=np.int64)
    types, mask = np.zeros_like(ids), np.zeros_like(ids)
    allowed = np.zeros(ids.shape, dtype=bool)
    for row, window in enumerate(batch):
        size = len(window.ids)
        ids[row, :size], mask[row, :size] = window.ids, 1
        types[row, window.context_from : size] = 1
        allowed[row, 0] = True
        allowed[row, window.context_from : size - 1] = True
    arrays = {"ids": ids, "types": types, "mask": mask, "allowed": allowed}
    arrays["starts"] = np.array([window.start for window in batch])
    arrays["ends"] = np.array([window.end for window in batch])
    arrays["taught"] = np.array([window.taught for window in batch])
    arrays["told"] = np.array([window.told for window in batch])
    arrays["cut"] = np.array([window.cut for window in batch])
    return {name: torch.from_numpy(array).to(device) for name, array in arrays.items()}
