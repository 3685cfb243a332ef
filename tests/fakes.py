"""Stand-ins at the ports, for tests that are not about what a model knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from qa.records import Article, Passage, Span


class WordEncoder:
    """Texts that share words have near vectors: hashed bags of words. Counts what it encodes."""

    precision = "float32"

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        self.name, self.dimension, self.max_tokens = name, dimension, 256
        self.checksum = sha256(name.encode()).hexdigest()
        self.encoded: list[str] = []

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.encoded += texts
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[
                    row, int(sha256(word.encode("utf-8", "replace")).hexdigest(), 16) % self.dimension
                ] += 1
        if progress is not None:
            progress(len(texts))
        found: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return found

    def encode_question(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.encode([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class PhraseReader:
    """Finds one phrase wherever it stands, with a fixed margin."""

    name = "phrase"

    def __init__(self, phrase: str, margin: float = 0.5) -> None:
        self._phrase, self._margin = phrase, margin

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        return [
            Span(passage, at, at + len(self._phrase), self._margin, self._margin)
            for passage in passages
            if (at := passage.text.find(self._phrase)) >= 0
        ]


def article(text: str, *, id: str | None = None, path: str | None = None, title: str = "") -> Article:
    """An article whose cleaned text is its raw text."""
    id = id or sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Article(id=id, path=path or f"{id}.txt", raw=text, title=title, text=text)


ARTICLES = (
    article("The bridge opened in May. Boats pass below it.", path="a/bridge.txt", title="A bridge"),
    article("Bread is made of flour. Some add salt.", path="bread.txt", title="Baking"),
    article("Ferries cross the river. They stop at night.", path="ferry.txt", title="The river"),
)


def two_sentences(of: Article) -> list[tuple[int, int]]:
    """One passage for each of the two sentences."""
    middle = of.text.index(".") + 1
    return [(0, middle), (middle + 1, len(of.text))]
