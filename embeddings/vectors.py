"""Vectors by id, and the nearest of them: a FAISS index, `IDMap2,Flat` by inner product.

Exact, and deletes. With rows of unit length the inner product is the cosine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]  # (n, d)
Ids = NDArray[np.int64]  # (n,)


class Vectors:
    """float32 vectors of one dimension, each under an int64 id >= 0.

    Reading from several threads at once is safe; changing while reading is not.
    """

    def __init__(self, dimension: int, *, threads: int = 1) -> None:
        # Any: FAISS's type stubs know the C++ signatures, not those of its NumPy wrappers.
        self._index: Any = faiss.index_factory(dimension, "IDMap2,Flat", faiss.METRIC_INNER_PRODUCT)
        self._threads = threads

    @classmethod
    def build(cls, vectors: Matrix, ids: Ids, *, threads: int = 1) -> Vectors:
        """vectors (n, d), ids (n,)."""
        built = cls(vectors.shape[1], threads=threads)
        built.add(vectors, ids)
        return built

    @classmethod
    def open(cls, file: Path, *, threads: int = 1) -> Vectors:
        """Raises ValueError where the file is not such an index, OSError where it cannot be read."""
        content = np.frombuffer(
            file.read_bytes(), dtype=np.uint8
        )  # FAISS's own reader names C++ lines, not reasons
        try:
            index: Any = faiss.deserialize_index(content)
        except RuntimeError as error:
            raise ValueError("FAISS cannot read it") from error
        if not isinstance(index, faiss.IndexIDMap2) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError("it is not an IDMap2 index by inner product")
        opened = cls.__new__(cls)
        opened._index, opened._threads = index, threads
        return opened

    def save(self, file: Path) -> None:
        file.write_bytes(faiss.serialize_index(self._index).tobytes())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def ids(self) -> Ids:
        """(n,), in the order they were added."""
        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def add(self, vectors: Matrix, ids: Ids) -> None:
        """Raises ValueError for a wrong shape, an id that is negative, twice given or already there."""
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension or len(vectors) != len(ids):
            raise ValueError(
                f"expected (n, {self.dimension}) vectors and n ids, got {vectors.shape} and {ids.shape}"
            )
        if len(ids) == 0:
            return
        if ids.min() < 0 or len(np.unique(ids)) != len(ids) or np.isin(ids, self.ids()).any():
            raise ValueError("ids must be at least 0, and each new")
        self._index.add_with_ids(
            np.ascontiguousarray(vectors, dtype=np.float32), np.ascontiguousarray(ids, dtype=np.int64)
        )

    def remove(self, ids: Ids) -> int:
        """Remove the vectors of these ids; how many there were."""
        return int(self._index.remove_ids(np.ascontiguousarray(ids, dtype=np.int64)))

    def get(self, ids: Sequence[int] | Ids) -> Matrix:
        """The vectors of these ids, (len(ids), d). Raises KeyError for an unknown id."""
        if len(ids) == 0:
            return np.empty((0, self.dimension), dtype=np.float32)
        try:
            return np.asarray(
                self._index.reconstruct_batch(np.asarray(ids, dtype=np.int64)), dtype=np.float32
            )
        except RuntimeError:
            raise KeyError("no vector has one of these ids") from None

    def search(self, vector: Matrix, k: int, within: Ids | None = None) -> list[tuple[int, float]]:
        """The k nearest to `vector` (d,): (id, inner product), best first, equal ones by id.

        within: only these ids are searched, exactly; unknown ones are passed over.
        """
        if vector.shape != (self.dimension,):
            raise ValueError(f"expected a vector of shape ({self.dimension},), got {vector.shape}")
        if k < 1 or not len(self) or (within is not None and not len(within)):
            return []
        only = None if within is None else faiss.IDSelectorBatch(np.ascontiguousarray(within, dtype=np.int64))
        search: Any = faiss.SearchParameters
        faiss.omp_set_num_threads(self._threads)  # OpenMP keeps this per calling thread
        scores, ids = self._index.search(
            np.ascontiguousarray(vector[None], dtype=np.float32),
            min(k, len(self)),
            params=only and search(sel=only),
        )
        found = [(int(id_), float(score)) for id_, score in zip(ids[0], scores[0], strict=True) if id_ >= 0]
        return sorted(found, key=lambda item: (-item[1], item[0]))
