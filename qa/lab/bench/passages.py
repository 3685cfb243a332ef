"""Passages without end, for measuring with more of them than anybody has at hand.

A made passage has real sentences, put together anew, so that words are as frequent as in real text; its vector is a
mixture of two real paragraphs' vectors with noise, of unit length.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.english.sentences import sentence_spans
from qa.lab.sets.squad import Paragraph
from qa.ports import Encoder
from qa.records import Article

Matrix = NDArray[np.float32]
Cut = tuple[Article, list[tuple[int, int]]]  # an article, and where its passages are
_WORDS = 100  # in a passage: what 160 tokens hold
_PASSAGES = 8  # in an article
_NOISE = 0.3  # length of the noise beside a mixture of about unit length


def sentences_of(paragraphs: Sequence[Paragraph]) -> list[str]:
    return [p.context[start:end] for p in paragraphs for start, end in sentence_spans(p.context)]


def articles_of(sentences: Sequence[str], passages: int) -> Iterator[Cut]:
    """Articles that have so many passages together, always the same ones."""
    left = passages
    for article, places in passages_of(sentences, seed=passages):
        yield article, places[:left]
        left -= len(places)
        if left <= 0:
            return


class Mixer:
    """An encoder's stand-in for made passages."""

    def __init__(self, of: Encoder, real: Matrix) -> None:
        self.name, self.checksum, self.dimension = of.name, of.checksum, of.dimension
        self.precision, self.encode_question = of.precision, of.encode_question
        self.max_tokens, self.count_tokens = of.max_tokens, of.count_tokens
        self._real, self._draw = real, np.random.default_rng(1)

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        """share · a + (1 - share) · b + noise, of unit length; a, b: real vectors, share: even from 1/2 to 1."""
        one, other = (self._real[self._draw.integers(len(self._real), size=len(texts))] for _ in range(2))
        share = self._draw.uniform(0.5, 1.0, size=(len(texts), 1)).astype(np.float32)
        noise = self._draw.standard_normal(one.shape, dtype=np.float32) * (_NOISE / self.dimension**0.5)
        mixed = share * one + (1 - share) * other + noise
        if progress is not None:
            progress(len(texts))
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def passages_of(sentences: Sequence[str], seed: int) -> Iterator[Cut]:
    """Articles without end, each with the places of its passages."""
    draw = random.Random(seed)
    for number in range(10**9):
        parts: list[str] = []
        for _ in range(_PASSAGES):
            words, chosen = 0, []
            while words < _WORDS:
                chosen.append(draw.choice(sentences))
                words += chosen[-1].count(" ") + 1
            parts.append(" ".join(chosen))
        text, places, at = "\n\n".join(parts), [], 0
        for part in parts:
            places.append((at, at + len(part)))
            at += len(part) + 2
        title = " ".join(draw.choice(sentences).split()[:6])
        id_ = hashlib.sha256(text.encode()).hexdigest()[:16]
        yield Article(id=id_, path=f"{number:07d}.txt", raw=text, title=title, text=text), places
