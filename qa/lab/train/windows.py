"""Examples -> windows of tokens, and batches of them as tensors."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .mixture import Example
from .recipe import Recipe

_STEP = 16  # tokens; products of attention want whole tiles


@dataclass(frozen=True, slots=True)
class Window:
    """start, end: the answer's first and last token in the window; (0, 0) is null. group: as of its example."""

    ids: list[int]
    context_from: int
    start: int
    end: int
    group: int | None = None


class Windows:
    """Examples -> windows. A context that is too long is cut to one of them, mostly one that holds the answer."""

    def __init__(self, backbone: Path, recipe: Recipe) -> None:
        self._recipe = recipe
        self._tokenizer = Tokenizer.from_file(str(backbone / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        vocabulary = self._tokenizer.get_vocab()
        self._cls, self._sep = vocabulary["[CLS]"], vocabulary["[SEP]"]
        self._context = lru_cache(1 << 16)(self._cut)

    def encode(self, example: Example, rng: random.Random) -> Window | None:
        """None where the answer falls between tokens."""
        question = self._tokenizer.encode(example.question, add_special_tokens=False).ids
        question = question[: self._recipe.question_tokens]
        ids, offsets = self._context(example.context)
        span = _span(offsets, rng.choice(example.answers)) if example.answers else None
        if example.answers and span is None:
            return None
        room = self._recipe.window_tokens - len(question) - 3
        first = self._first(len(ids), room, span, rng)
        window = ids[first : first + room].tolist()
        context_from = len(question) + 2
        start = end = 0
        if span is not None and first <= span[0] and span[1] < first + len(window):
            start, end = (at - first + context_from for at in span)
        every = [self._cls, *question, self._sep, *window, self._sep]
        return Window(every, context_from, start, end, example.group)

    def _first(self, tokens: int, room: int, span: tuple[int, int] | None, rng: random.Random) -> int:
        last = max(0, tokens - room)
        if span is not None and rng.random() < self._recipe.around_answer:
            least = max(0, min(span[1] - room + 1, last))
            return rng.randint(least, max(least, min(span[0], last)))
        return rng.randint(0, last)

    def _cut(self, context: str) -> tuple[np.ndarray, np.ndarray]:
        cut = self._tokenizer.encode(context, add_special_tokens=False)
        return np.array(cut.ids, dtype=np.int32), np.array(cut.offsets, dtype=np.int32).reshape(-1, 2)


def _span(offsets: np.ndarray, answer: tuple[str, int]) -> tuple[int, int] | None:
    """First and last of the tokens that hold a character of the answer."""
    text, at = answer
    inside = np.flatnonzero((offsets[:, 1] > at) & (offsets[:, 0] < at + len(text)))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None


def batches(windows: Sequence[Window], tokens: int, rng: random.Random) -> list[list[Window]]:
    """Windows of like length together, and groups whole; at most `tokens` tokens a batch with its padding, but for a
    group that has more by itself; in random order."""
    alone = [[window] for window in windows if window.group is None]
    groups: dict[int, list[Window]] = {}
    for window in windows:
        if window.group is not None:
            groups.setdefault(window.group, []).append(window)
    result = [*_filled(alone, tokens, rng), *_filled(groups.values(), tokens, rng)]
    rng.shuffle(result)
    return result


def _filled(groups: Iterable[list[Window]], tokens: int, rng: random.Random) -> list[list[Window]]:
    result: list[list[Window]] = []
    longest = 0
    for group in sorted(groups, key=lambda g: _longest(g) + rng.random() * 4):
        longest = max(longest, _padded(_longest(group)))
        if not result or longest * (len(result[-1]) + len(group)) > tokens:
            result.append([])
            longest = _padded(_longest(group))
        result[-1] += group
    return result


def _longest(windows: Sequence[Window]) -> int:
    return max(len(window.ids) for window in windows)


def collate(batch: Sequence[Window]) -> dict[str, Tensor]:
    """ids, types, mask, allowed: (windows, tokens); starts, ends, groups: (windows,), groups being -1 where a window is
    of none."""
    length = _padded(_longest(batch))
    ids = np.zeros((len(batch), length), dtype=np.int64)
    types, mask, allowed = np.zeros_like(ids), np.zeros_like(ids), np.zeros(ids.shape, dtype=bool)
    for row, window in enumerate(batch):
        size = len(window.ids)
        ids[row, :size], mask[row, :size] = window.ids, 1
        types[row, window.context_from : size] = 1
        allowed[row, 0] = True
        allowed[row, window.context_from : size - 1] = True
    arrays = {"ids": ids, "types": types, "mask": mask, "allowed": allowed}
    arrays["starts"] = np.array([window.start for window in batch])
    arrays["ends"] = np.array([window.end for window in batch])
    arrays["groups"] = np.array([-1 if window.group is None else window.group for window in batch])
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def _padded(length: int) -> int:
    return -(-length // _STEP) * _STEP
