"""Texts -> float32 vectors of unit length, by a sentence-transformers model on the processor."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from . import models
from .text import without_surrogates
from .yielding import yield_to_others


class _Model(Protocol):
    dimension: int
    max_tokens: int
    precision: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...
    def encode_question(self, text: str) -> NDArray[np.float32]: ...
    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class Encoder:
    """A sentence-transformers model, opened once. May be called from several threads.

    name: as the user named it; checksum: SHA-256 of its weights; dimension: of its vectors; precision: the number
    format that collections are encoded in.
    Raises models.ModelNotFound where the model cannot be had.
    """

    def __init__(
        self,
        name: str = models.DEFAULT,
        *,
        threads: int = 1,
        precision: str = "auto",
        side_by_side: int | None = None,
    ) -> None:
        """threads: of one pass through the model; with torch this holds for the whole process. precision: of a model
        that is plain BERT, see `bert.compute_type`; any other computes in float32. side_by_side: batches encoded at a
        time; None: as many as there are cores."""
        folder = models.find(name)
        self.checksum = models.checksum(folder)
        import torch  # a second to import

        self._set_threads: Callable[[], None] = lambda: torch.set_num_threads(threads)
        self._set_threads()
        self.name, self._side_by_side = name, side_by_side or _cores()
        # A thread that has multiplied keeps 5 MB for the next time (MKL's buffers): of these few, and not of each that
        # asks.
        self._askers = ThreadPoolExecutor(self._side_by_side, "encoding", self._set_threads)
        self._model = _open(name, folder, precision)
        self.dimension, self.max_tokens = self._model.dimension, self._model.max_tokens
        self.precision = self._model.precision

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """texts -> float32 (len(texts), dimension), C-contiguous, rows of unit length (so dot = cosine).

        Several batches are shared out among threads, see `side_by_side`. progress is told the number of
        texts done since it was last told. In bfloat16 a text's vector may differ in its third decimal with what else
        is in its batch; cosines of paragraphs with those of float32 are 0.9999.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Like lengths share a batch: less padding.
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        batches = [by_length[first : first + batch_size] for first in range(0, len(texts), batch_size)]

        def encode(batch: Sequence[int]) -> int:
            vectors[batch] = self._model.encode([without_surrogates(texts[i]) for i in batch])
            return len(batch)

        if len(batches) == 1:  # quotes, or a file that has changed: at once
            done = self._askers.submit(encode, batches[0]).result()
            if progress is not None:
                progress(done)
            return vectors
        pool = ThreadPoolExecutor(self._side_by_side, "encoding", self._prepare_thread)
        try:
            for done in pool.map(encode, batches):
                if progress is not None:
                    progress(done)
        finally:
            pool.shutdown(cancel_futures=True)  # where a batch fails, what has not begun never does
        return vectors

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """float32 (dimension,), of unit length.

        In float32 on every processor: whatever an index's vectors were made in, it finds the same passages wherever it
        is asked. In bfloat16 one of ten passages was another for 3 % of 204 questions, in int8 for 20 %.
        """
        return self._askers.submit(self._model.encode_question, without_surrogates(text)).result()

    def _prepare_thread(self) -> None:
        self._set_threads()  # OpenMP keeps this per thread
        yield_to_others()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the special ones; longer than max_tokens - 2 is cut when encoded."""
        return self._model.count_tokens([without_surrogates(text) for text in texts]) if texts else []


def _cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _open(name: str, folder: Path, precision: str) -> _Model:
    from .bert import Unsupported
    from .pooled import PooledBert

    try:
        return PooledBert(folder, precision)
    except Unsupported:
        return _AnyModel(name, folder)


class _AnyModel:
    """Whatever sentence-transformers can open."""

    precision = "float32"

    def __init__(self, name: str, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer  # takes seconds to import
        from transformers.utils import logging

        # Bars for reading 90 MB from disk, and warnings of texts over the model's length, which callers measure on
        # purpose, are noise in a terminal and in logs.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]

        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._model.eval()
        self._lock = Lock()  # fast tokenizers keep padding as state: "Already borrowed" when two threads meet
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise models.ModelNotFound(name, str(folder), "It does not say how long its vectors are.")
        self.dimension: int = dimension
        self.max_tokens: int = int(self._model.max_seq_length or 512)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:  # held for a batch at a time, so a question does not wait for a whole build
            return self._model.encode(
                list(texts),
                batch_size=len(texts),
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )

    def encode_question(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.encode([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        with self._lock:
            counted = self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        return [len(ids) for ids in counted]
