from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa.answer.rank import rank
from qa.records import Hit, Passage, Span

_PASSAGES = [Passage(i, f"article-{i}", 0, 9, "one two x") for i in range(4)]


def _hit(passage: int, score: float) -> Hit:
    return Hit(_PASSAGES[passage], score, None, None)


def _span(passage: int, margin: float, start: int = 0) -> Span:
    return Span(_PASSAGES[passage], start, start + 1, margin, margin)


def test_a_passage_with_half_the_score_loses_the_weight_times_the_logarithm_of_two() -> None:
    hits = [_hit(0, 0.04), _hit(1, 0.02)]
    just_less, just_more = 2 * math.log(2) - 0.01, 2 * math.log(2) + 0.01

    kept = rank(hits, [_span(0, 1.0), _span(1, 1.0 + just_less)], retrieval_weight=2.0)
    turned = rank(hits, [_span(0, 1.0), _span(1, 1.0 + just_more)], retrieval_weight=2.0)

    assert [span.passage.id for span in kept] == [0, 1]
    assert [span.passage.id for span in turned] == [1, 0]


def test_without_weight_only_the_margins_count() -> None:
    spans = [_span(0, 0.1), _span(1, 0.3), _span(2, 0.2)]
    hits = [_hit(0, 1.0), _hit(1, 0.001), _hit(2, 0.5)]

    assert [span.passage.id for span in rank(hits, spans, 0.0)] == [1, 2, 0]


def test_equal_spans_stay_in_the_readers_order() -> None:
    spans = [_span(0, 1.0, start=4), _span(0, 1.0, start=0), _span(0, 1.0, start=2)]

    assert rank([_hit(0, 0.5)], spans, 1.0) == spans


def test_a_passage_that_was_not_retrieved_counts_as_the_last_one() -> None:
    hits = [_hit(0, 0.04), _hit(1, 0.01)]

    ranked = rank(hits, [_span(3, 1.0), _span(1, 1.001), _span(0, 1.0)], 1.0)

    assert [span.passage.id for span in ranked] == [0, 1, 3]


def test_no_spans_or_no_hits_are_fine() -> None:
    assert rank([_hit(0, 1.0)], [], 1.0) == []
    assert rank([], [_span(0, 0.1), _span(1, 0.2)], 1.0) == [_span(1, 0.2), _span(0, 0.1)]
    assert rank([_hit(0, 0.0)], [_span(0, 0.1)], 1.0) == [_span(0, 0.1)]


# Steps too coarse for rounding to turn an order.
_MARGINS = st.lists(st.tuples(st.integers(0, 3), st.integers(-80, 80).map(lambda n: n / 4)), max_size=10)
_FUSED = st.integers(1, 50).map(lambda n: n / 1000)


@given(_MARGINS, st.lists(_FUSED, min_size=4, max_size=4), st.floats(0, 5))
def test_ranking_neither_loses_nor_invents_a_span_and_a_better_retrieved_equal_wins(
    margins: list[tuple[int, float]], scores: list[float], weight: float
) -> None:
    spans = [_span(passage, margin) for passage, margin in margins]
    hits = [_hit(passage, score) for passage, score in enumerate(scores)]

    ranked = rank(hits, spans, weight)

    assert sorted(map(id, ranked)) == sorted(map(id, spans))
    for before, after in pairwise(ranked):
        at_least_as_retrieved = scores[before.passage.id] >= scores[after.passage.id]
        assert before.null_margin >= after.null_margin or at_least_as_retrieved
