"""Question -> hits: what the dense and the lexical search find, fused by rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ports import Store
from ..records import Hit

Found = Sequence[tuple[int, float]]  # (passage id, score), best first


class Fused(NamedTuple):
    id: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None


def fuse(dense: Found, lexical: Found, k: int) -> list[Fused]:
    """Reciprocal rank fusion: a passage's score is the sum of 1 / (k + rank) over the lists that hold it.

    Ranks count from 1; best first, equal scores by id. Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion
    outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009.
    """
    dense_ranks = {id_: rank for rank, (id_, _) in enumerate(dense, 1)}
    lexical_ranks = {id_: rank for rank, (id_, _) in enumerate(lexical, 1)}
    fused = []
    for id_ in dense_ranks.keys() | lexical_ranks.keys():
        ranks = (dense_ranks.get(id_), lexical_ranks.get(id_))
        fused.append(Fused(id_, sum(1 / (k + rank) for rank in ranks if rank is not None), *ranks))
    return sorted(fused, key=lambda item: (-item.score, item.id))


def retrieve(
    store: Store,
    question: str,
    vector: NDArray[np.float32],
    *,
    top_k: int,
    candidates: int,
    rrf_k: int,
) -> list[Hit]:
    """The best `top_k` passages. vector: the question's, (d,). candidates: how deep each search goes."""
    depth = max(candidates, top_k)
    dense = store.search_dense(vector, depth)
    lexical = store.search_lexical(question, depth)
    best = fuse(dense, lexical, rrf_k)[:top_k]
    passages = store.passages([item.id for item in best])
    cosines = dict(dense)
    return [
        Hit(passage, item.score, item.dense_rank, item.lexical_rank, cosines.get(item.id))
        for passage, item in zip(passages, best, strict=True)
    ]
