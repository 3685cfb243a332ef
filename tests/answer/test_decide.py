from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.answer.decide import NOT_SAID, NOTHING_ABOUT_IT, confidence, decide
from qa.records import Hit, Passage, Span


def _span(text: str, margin: float, article: str = "a", id_: int = 1) -> Span:
    passage = Passage(id_, article, 0, len(text), text)
    return Span(passage, 0, len(text), margin, margin)


def _hit(lexical_rank: int | None) -> Hit:
    return Hit(Passage(1, "a", 0, 1, "x"), 0.01, 1, lexical_rank)


def test_the_widest_margin_answers() -> None:
    decision = decide([_hit(1)], [_span("weak", 0.1), _span("strong", 0.4, id_=2)])
    assert decision.text == "strong"
    assert decision.reason is None


def test_without_a_positive_margin_nothing_is_answered() -> None:
    for spans in ([], [_span("no", 0.0)], [_span("no", -0.3)]):
        decision = decide([_hit(1)], spans)
        assert (decision.text, decision.spans, decision.confidence) == (None, (), 0.0)


def test_the_reason_tells_whether_any_word_was_shared() -> None:
    assert decide([_hit(4)], []).reason == NOT_SAID
    assert decide([_hit(None)], []).reason == NOTHING_ABOUT_IT
    assert decide([], []).reason == NOTHING_ABOUT_IT


def test_the_same_words_in_other_articles_are_cited_once_each_and_others_are_not() -> None:
    best = _span("It rained.", 0.5)
    again, twice = _span("it rained.", 0.3, "b", 2), _span("It rained.", 0.2, "b", 3)
    own, other, weak = (
        _span("It rained.", 0.4, id_=4),
        _span("It snowed.", 0.4, "c", 5),
        _span("It rained.", -1, "d", 6),
    )

    assert decide([_hit(1)], [twice, other, best, own, weak, again]).spans == (best, again)


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_confidence_stays_in_its_range_and_rises_with_the_margin(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= confidence(low) <= confidence(high) <= 1


def test_confidence_is_one_half_where_the_margin_is_none() -> None:
    assert confidence(0.0) == 0.5


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_margin_has_a_confidence(margin: float) -> None:
    assert 0 <= confidence(margin) <= 1
