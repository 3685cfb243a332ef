"""A text -> hits: what the dense and the lexical search find, fused by rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.filters import Filters
from qa.ports import Ranking, Store
from qa.records import Hit


class Fused(NamedTuple):
    id: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None


def fuse(
    dense: Ranking, lexical: Ranking, k: int, lexical_weight: float = 1.0, dense_weight: float = 1.0
) -> list[Fused]:
    """Reciprocal rank fusion: a passage's score is the sum of 1 / (k + rank) over the lists that hold it, each list's
    part multiplied by its weight.

    Ranks count from 1; best first, equal scores by id. Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion
    outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009.
    """
    dense_ranks = {id_: rank for rank, (id_, _) in enumerate(dense, 1)}
    lexical_ranks = {id_: rank for rank, (id_, _) in enumerate(lexical, 1)}
    fused = []
    for id_ in dense_ranks.keys() | lexical_ranks.keys():
        ranks = (dense_ranks.get(id_), lexical_ranks.get(id_))
        parts = zip((dense_weight, lexical_weight), ranks, strict=True)
        score = sum(weight / (k + rank) for weight, rank in parts if rank is not None)
        fused.append(Fused(id_, score, *ranks))
    return sorted(fused, key=lambda item: (-item.score, item.id))


def _favour(fused: Sequence[Fused], favoured: Sequence[Fused]) -> list[Fused]:
    """Scores added; ranks stay those of the search of everything."""
    found = {item.id: item for item in fused}
    more = {item.id: item.score for item in favoured}
    nowhere = {id_: Fused(id_, 0.0, None, None) for id_ in more.keys() - found.keys()}
    added = [item._replace(score=item.score + more.get(item.id, 0.0)) for item in [*fused, *nowhere.values()]]
    return sorted(added, key=lambda item: (-item.score, item.id))


def search(
    store: Store,
    question: str,
    vector: NDArray[np.float32],
    *,
    top_k: int,
    candidates: int,
    rrf_k: int,
    lexical_weight: float,
    dense_weight: float = 1.0,
    within: Sequence[Filters] | None = None,
    favoured: Sequence[Filters] | None = None,
) -> list[Hit]:
    """The best `top_k` passages. vector: the question's, (d,). candidates: how deep each search goes; one of weight 0
    is not made.

    within: only passages of articles that match one of these are searched. favoured: the best of these articles'
    passages are ranked once more among themselves, so that they count twice, as where a question names the days that
    the articles are of.
    """
    depth = max(candidates, top_k)

    def ranked(among: Sequence[Filters] | None) -> tuple[Ranking, list[Fused]]:
        if dense_weight and lexical_weight:
            dense, lexical = store.search(question, vector, depth, among)
        else:
            dense = store.search_dense(vector, depth, among) if dense_weight else []
            lexical = store.search_lexical(question, depth, among) if lexical_weight else []
        return dense, fuse(dense, lexical, rrf_k, lexical_weight, dense_weight)

    dense, fused = ranked(within)
    if favoured:
        again, more = ranked(favoured)
        fused = _favour(fused, more)
        dense = [*dense, *again]
    best = fused[:top_k]
    passages = store.passages([item.id for item in best])
    cosines = dict(dense)
    return [
        Hit(passage, item.score, item.dense_rank, item.lexical_rank, cosines.get(item.id))
        for passage, item in zip(passages, best, strict=True)
    ]
