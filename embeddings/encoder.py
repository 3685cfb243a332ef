"""Texts -> float32 vectors of unit length, by a sentence-transformers model on the processor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import models


class Encoder:
    """A sentence-transformers model, opened once.

    name: as the user named it; checksum: SHA-256 of its weights; dimension: of its vectors.
    Raises models.ModelNotFound where the model cannot be had.
    """

    def __init__(self, name: str = models.DEFAULT) -> None:
        from sentence_transformers import SentenceTransformer  # takes seconds to import

        self.name = name
        folder: Path = models.find(name)
        self.checksum = models.checksum(folder)
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._model.eval()
        self.dimension: int = int(self._model.get_embedding_dimension())
        self.max_tokens: int = int(self._model.max_seq_length or 512)

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """texts -> float32 (len(texts), dimension), C-contiguous, rows of unit length (so dot = cosine).

        progress is told the number of texts done since it was last told.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # like lengths share a batch: less padding
        for first in range(0, len(texts), batch_size):
            batch = by_length[first : first + batch_size]
            vectors[batch] = self._model.encode(
                [texts[i] for i in batch],
                batch_size=batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            if progress is not None:
                progress(len(batch))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the special ones; longer than max_tokens - 2 is cut when encoded."""
        return [len(ids) for ids in self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]]
