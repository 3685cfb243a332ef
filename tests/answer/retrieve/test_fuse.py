from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.retrieve.fuse import Fused, fuse, search
from qa.filters import Filters
from qa.ports import Ranking
from qa.records import Hit, Passage


def test_scores_are_the_sums_of_reciprocal_ranks() -> None:
    fused = fuse([(1, 0.9), (2, 0.8), (3, 0.1)], [(3, 12.0), (1, 7.0), (4, 2.0)], k=60)

    near: Any = pytest.approx
    assert fused == [
        Fused(1, near(1 / 61 + 1 / 62), 1, 2),
        Fused(3, near(1 / 63 + 1 / 61), 3, 1),
        Fused(2, near(1 / 62), 2, None),
        Fused(4, near(1 / 63), None, 3),
    ]


def test_k_is_what_weighs_depth_against_agreement() -> None:
    dense, lexical = [(1, 0.9), (2, 0.8)], [(3, 9.0), (2, 8.0)]
    assert fuse(dense, lexical, k=0)[0].id == 1  # 1/1 ties 2's 1/2 + 1/2, and ties go by id
    assert fuse(dense, lexical, k=60)[0].id == 2


def test_ties_go_by_id_whatever_the_scores() -> None:
    assert [item.id for item in fuse([(9, 0.99)], [(4, 0.01)], k=60)] == [4, 9]


def test_one_empty_list_leaves_the_other_in_its_order() -> None:
    assert [item.id for item in fuse([(5, 0.5), (2, 0.4)], [], k=60)] == [5, 2]
    assert [item.id for item in fuse([], [(5, 0.5), (2, 0.4)], k=60)] == [5, 2]
    assert fuse([], [], k=60) == []


_RANKING = st.lists(st.integers(0, 30), unique=True).map(lambda ids: [(id_, 1.0) for id_ in ids])


@given(_RANKING, _RANKING, st.integers(0, 100))
def test_everything_found_is_fused_once_with_its_ranks_and_order_does_not_matter(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]], k: int
) -> None:
    fused = fuse(dense, lexical, k)

    assert {item.id for item in fused} == {id_ for id_, _ in dense + lexical}
    assert len(fused) == len({item.id for item in fused})
    assert [item.score for item in fused] == sorted((item.score for item in fused), reverse=True)
    for item in fused:
        assert item.dense_rank is None or dense[item.dense_rank - 1][0] == item.id
        assert item.lexical_rank is None or lexical[item.lexical_rank - 1][0] == item.id
    mirrored = fuse(lexical, dense, k)
    assert [item.id for item in mirrored] == [item.id for item in fused]


def test_the_lexical_list_counts_by_its_weight() -> None:
    dense, lexical = [(1, 0.9), (2, 0.8)], [(2, 9.0), (1, 7.0)]
    first, second = fuse(dense, lexical, k=5, lexical_weight=1.5)
    assert (first.id, second.id) == (2, 1)
    assert first.score == 1 / 7 + 1.5 / 6
    assert second.score == 1 / 6 + 1.5 / 7


class _Ranked:
    """A store of which only the searches are asked: passages in the order of these lists; each is its source."""

    def __init__(self, dense: list[int], lexical: list[int]) -> None:
        self._dense, self._lexical = dense, lexical

    def search(
        self, question: str, vector: object, k: int, within: Sequence[Filters] | None = None
    ) -> tuple[Ranking, Ranking]:
        return _inside(self._dense, k, within), _inside(self._lexical, k, within)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        return [Passage(id_, "a", 0, 1, "x") for id_ in ids]


def _inside(ids: list[int], k: int, within: Sequence[Filters] | None) -> Ranking:
    among = ids if within is None else [int(one.source or 0) for one in within]
    return [(id_, 1 / id_) for id_ in ids if id_ in among][:k]


def _of(*sources: int) -> list[Filters]:
    return [Filters(source=str(source)) for source in sources]


def _retrieve(store: _Ranked, **options: Any) -> list[Hit]:
    return search(
        store,  # type: ignore[arg-type]
        "q",
        np.zeros(1, np.float32),
        top_k=3,
        candidates=3,
        rrf_k=60,
        lexical_weight=1.0,
        **options,
    )


def test_what_is_favoured_counts_twice_and_is_found_below_the_depth() -> None:
    store = _Ranked([1, 2, 3, 4], [1, 2, 3, 4])
    assert [hit.passage.id for hit in _retrieve(store)] == [1, 2, 3]

    favoured = _retrieve(store, favoured=_of(3, 4))

    assert [hit.passage.id for hit in favoured] == [3, 1, 2]
    assert favoured[0].score == pytest.approx(2 / 63 + 2 / 61)
    only_there = next(hit for hit in _retrieve(store, favoured=_of(4)) if hit.passage.id == 4)
    assert (only_there.dense_rank, only_there.lexical_rank, only_there.cosine) == (None, None, 0.25)


def test_within_some_passages_no_other_is_found() -> None:
    store = _Ranked([1, 2, 3, 4], [4, 3, 2, 1])
    assert {hit.passage.id for hit in _retrieve(store, within=_of(2, 4))} == {2, 4}
    assert _retrieve(store, within=[]) == []
