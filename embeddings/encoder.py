"""Texts -> float32 vectors of unit length, by a sentence-transformers model on the processor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from . import models


class Encoder:
    """A sentence-transformers model, opened once.

    name: as the user named it; checksum: SHA-256 of its weights; dimension: of its vectors.
    Raises models.ModelNotFound where the model cannot be had.
    """

    def __init__(self, name: str = models.DEFAULT, *, threads: int = 1) -> None:
        """threads: of one pass through the model; with torch this holds for the whole process."""
        import torch
        from sentence_transformers import SentenceTransformer  # takes seconds to import
        from transformers.utils import logging

        # Bars for reading 90 MB from disk, and warnings of texts over the model's length, which callers measure on
        # purpose, are noise in a terminal and in logs.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]

        torch.set_num_threads(threads)
        self.name = name
        folder: Path = models.find(name)
        self.checksum = models.checksum(folder)
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._model.eval()
        self._lock = Lock()  # fast tokenizers keep padding as state: "Already borrowed" when two threads meet
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise models.ModelNotFound(name, str(folder), "It does not say how long its vectors are.")
        self.dimension: int = dimension
        self.max_tokens: int = int(self._model.max_seq_length or 512)

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """texts -> float32 (len(texts), dimension), C-contiguous, rows of unit length (so dot = cosine).

        progress is told the number of texts done since it was last told.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        by_length = sorted(
            range(len(texts)), key=lambda i: len(texts[i])
        )  # like lengths share a batch: less padding
        for first in range(0, len(texts), batch_size):
            batch = by_length[first : first + batch_size]
            with self._lock:  # held for a batch at a time, so a question does not wait for a whole build
                vectors[batch] = self._model.encode(
                    [_utf8(texts[i]) for i in batch],
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
        if not texts:
            return []
        with self._lock:
            counted = self._model.tokenizer([_utf8(text) for text in texts], add_special_tokens=False)[
                "input_ids"
            ]
        return [len(ids) for ids in counted]


def _utf8(text: str) -> str:
    """The text with "?" for each lone surrogate, which tokenizers refuse."""
    return text.encode("utf-8", "replace").decode()
