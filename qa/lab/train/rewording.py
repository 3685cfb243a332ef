"""Windows in other words: some of their words exchanged for near ones, everywhere in question and context alike.

What the question asks for stays where it was, so the marked answer holds, and a teacher reads the same words. After
Jiao et al. (2020, "TinyBERT: distilling BERT for natural language understanding", section 3.2), who exchange words
place by place for more of a small data set.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa.lab.train.windows import Encoded

COMMONEST = 2500  # BERT's vocabulary goes by frequency: its marks and commonest words come before, and stay
NEAREST = 8  # words that one may be exchanged for, each as likely
WINDOWS = 0.6  # share of them that are reworded
WORDS = 0.3  # share of such a window's different words that are exchanged
_ROWS = 1024  # words compared with all others at a time


class Rewording:
    """Knows the words nearest to each word by the cosine of their embeddings; of a number, the nearest numbers."""

    def __init__(
        self, pieces: Sequence[str], vectors: NDArray[np.float32], commonest: int = COMMONEST
    ) -> None:
        """pieces: the vocabulary, in order; vectors: their embeddings, (pieces, width); commonest: that stay."""
        whole = np.array(
            [i for i in range(commonest, len(pieces)) if pieces[i].isascii() and pieces[i].isalnum()]
        )
        number = np.array([pieces[i].isdigit() for i in whole])
        unit = vectors[whole] / np.linalg.norm(vectors[whole], axis=1, keepdims=True)
        self._goes_on = np.array([piece.startswith("##") for piece in pieces])
        self._near: dict[int, list[int]] = {}
        for first in range(0, len(whole), _ROWS):
            rows = np.arange(first, min(first + _ROWS, len(whole)))
            alike = unit[rows] @ unit.T
            alike[number[rows, None] != number] = -np.inf
            alike[np.arange(len(rows)), rows] = -np.inf
            nearest = np.argpartition(-alike, min(NEAREST, len(whole) - 1), axis=1)[:, :NEAREST]
            for row, near, cosines in zip(rows, nearest, np.take_along_axis(alike, nearest, 1), strict=True):
                self._near[int(whole[row])] = whole[near[np.isfinite(cosines)]].tolist()

    def some(self, window: Encoded, rng: random.Random) -> Encoded:
        """`window` in other words, `WINDOWS` of the time. No two words become one."""
        if rng.random() >= WINDOWS:
            return window
        goes_on = self._goes_on[window.ids]
        stems = {word for word, then in zip(window.ids, goes_on[1:], strict=False) if then}
        words = sorted({word for word in window.ids if word in self._near} - stems)
        taken = set(window.ids)
        other: dict[int, int] = {}
        for word in rng.sample(words, round(WORDS * len(words))):
            free = [near for near in self._near[word] if near not in taken]
            if free:
                other[word] = rng.choice(free)
                taken.add(other[word])
        return replace(window, ids=[other.get(word, word) for word in window.ids])
