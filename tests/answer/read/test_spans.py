from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa.answer.read.spans import (
    ScoredSpan,
    any_of,
    best_pairs,
    in_sentences,
    merge,
    read_window,
    to_words,
    windows,
)


def _scores(*values: float) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


# --- windows


def test_a_short_text_is_one_window_and_a_long_one_overlaps() -> None:
    assert windows(0, 4, 1) == [(0, 0)]
    assert windows(4, 4, 1) == [(0, 4)]
    assert windows(5, 4, 1) == [(0, 4), (1, 5)]
    assert windows(10, 4, 1) == [(0, 4), (3, 7), (6, 10)]
    assert windows(11, 4, 1) == [(0, 4), (3, 7), (6, 10), (7, 11)]


def test_windows_that_would_never_move_on_are_refused() -> None:
    with pytest.raises(ValueError, match="windows of 3 tokens cannot overlap by 3"):
        windows(10, 3, 3)


@given(st.integers(0, 400), st.integers(1, 60), st.data())
def test_windows_cover_every_token_are_full_and_overlap_as_asked(
    tokens: int, size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, size - 1))

    found = windows(tokens, size, overlap)

    assert {token for first, last in found for token in range(first, last)} == set(range(tokens))
    assert all(last - first == min(size, tokens) for first, last in found)
    shared = [last - first for (_, last), (first, _) in pairwise(found)]
    assert all(share == overlap for share in shared[:-1])
    assert all(overlap <= share < size for share in shared[-1:])


# --- pairs


def test_the_best_pairs_come_first_and_never_run_backwards() -> None:
    starts, ends = _scores(1, 5, 0), _scores(9, 2, 4)

    # 10 is start 0 with end 0; start 1 with end 0 would be 14 and runs backwards.
    assert best_pairs(starts, ends, 3, 3) == [(0, 0, 10.0), (1, 2, 9.0), (1, 1, 7.0)]


def test_a_span_is_no_longer_than_asked() -> None:
    starts, ends = _scores(9, 0, 0), _scores(0, 1, 9)

    assert best_pairs(starts, ends, 1, 3) == [(0, 2, 18.0)]
    assert best_pairs(starts, ends, 1, 2) == [(0, 1, 10.0)]
    assert best_pairs(starts, ends, 1, 1) == [(0, 0, 9.0)]


def test_equal_pairs_go_by_the_earlier_start_then_the_shorter_span() -> None:
    assert [pair[:2] for pair in best_pairs(_scores(0, 0, 0), _scores(0, 0, 0), 9, 2)] == [
        (0, 0),
        (0, 1),
        (1, 1),
        (1, 2),
        (2, 2),
    ]


def test_nothing_to_choose_from_gives_nothing() -> None:
    assert best_pairs(_scores(), _scores(), 5, 5) == []
    assert best_pairs(_scores(1), _scores(1), 0, 5) == []
    assert best_pairs(_scores(-np.inf, 1), _scores(0, -np.inf), 5, 5) == []


_TOKEN_SCORES = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), max_size=14)


@given(_TOKEN_SCORES, st.integers(0, 12), st.integers(1, 16))
def test_the_best_pairs_are_those_of_trying_every_pair(
    scores: list[tuple[int, int]], count: int, max_tokens: int
) -> None:
    starts, ends = _scores(*(s for s, _ in scores)), _scores(*(e for _, e in scores))
    every = [
        (start, end, float(scores[start][0] + scores[end][1]))
        for start in range(len(scores))
        for end in range(start, min(start + max_tokens, len(scores)))
    ]

    expected = sorted(every, key=lambda pair: (-pair[2], pair[0], pair[1]))[:count]

    assert best_pairs(starts, ends, count, max_tokens) == expected


# --- words


@pytest.mark.parametrize(
    ("text", "piece", "whole"),
    [
        ("the negotiators met", "gotia", "negotiators"),
        ("the negotiators met", " negotiators ", "negotiators"),
        ("met (in Geneva), then", "(in Geneva),", "(in Geneva)"),
        ("met (in Geneva), then", ", then", "then"),
        ("by the U.S. and", "U.S.", "U.S."),
        ("Russia's answer", "ussi", "Russia"),
        ("in 2021", "02", "2021"),
        ("a caf\u0065\u0301s b", "af\u0065", "caf\u0065\u0301s"),  # the accent is a mark of its own
        ("\u0939\u093f\u0928\u094d\u0926\u0940 x", "\u0928", "\u0939\u093f\u0928\u094d\u0926\u0940"),
        ("one, two", ", ", ""),
        ("one) two", ") ", ""),
    ],
)
def test_a_piece_becomes_whole_words_without_dangling_edges(text: str, piece: str, whole: str) -> None:
    at = text.index(piece)

    start, end = to_words(text, at, at + len(piece))

    assert text[start:end] == whole


_TEXT = st.text(
    alphabet=st.sampled_from("ab1é\u0301\u093f .,;:()[]{}!?'\"-—\n\u00a0$€漢"), max_size=25
) | st.text(max_size=25)


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _cut(text: str, at: int) -> bool:
    return 0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at])


@given(_TEXT, st.data())
def test_words_are_whole_inside_the_text_and_free_of_white_space(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    first, last = to_words(text, start, end)

    assert 0 <= first <= last <= len(text)
    if first < last:
        assert not _cut(text, first) and not _cut(text, last)
        assert text[first:last] == text[first:last].strip()
        assert to_words(text, first, last) == (first, last)
    words = [i for i in range(start, end) if text[i].isalnum()]
    assert all(first <= i < last for i in words)  # nothing that was said is trimmed


# --- merging


def test_of_spans_that_overlap_the_best_is_kept() -> None:
    wide, narrow, apart = ScoredSpan(0, 9, 2.0), ScoredSpan(4, 6, 3.0), ScoredSpan(9, 12, 1.0)

    assert merge([wide, narrow, apart], 5) == [narrow, apart]
    assert merge([wide, narrow, apart], 1) == [narrow]
    assert merge([wide, wide], 5) == [wide]
    assert merge([], 5) == []


def test_equal_spans_go_by_the_earlier_then_the_shorter() -> None:
    assert merge([ScoredSpan(3, 5, 1.0), ScoredSpan(0, 9, 1.0), ScoredSpan(0, 2, 1.0)], 5) == [
        ScoredSpan(0, 2, 1.0),
        ScoredSpan(3, 5, 1.0),
    ]


_CANDIDATES = st.lists(
    st.builds(
        lambda start, length, score: ScoredSpan(start, start + length, float(score)),
        st.integers(0, 30),
        st.integers(1, 12),
        st.integers(-5, 5),
    ),
    max_size=12,
)


def _overlap(one: ScoredSpan, other: ScoredSpan) -> bool:
    return one.start < other.end and other.start < one.end


@given(_CANDIDATES, st.integers(1, 13))
def test_merged_spans_are_apart_best_first_and_only_lose_to_better_ones(
    candidates: list[ScoredSpan], count: int
) -> None:
    kept = merge(candidates, count)

    assert len(kept) <= count
    assert set(kept) <= set(candidates)
    assert not any(_overlap(a, b) for i, a in enumerate(kept) for b in kept[i + 1 :])
    assert [c.score for c in kept] == sorted((c.score for c in kept), reverse=True)
    if candidates:
        assert kept[0].score == max(c.score for c in candidates)
    if len(kept) < count:
        for lost in set(candidates) - set(kept):
            assert any(_overlap(lost, other) and other.score >= lost.score for other in kept)


# --- one window


def test_a_window_reads_as_whole_words_with_the_scores_of_their_tokens() -> None:
    text = "The treaty, signed in Geneva."
    offsets = [(0, 3), (4, 7), (7, 10), (10, 11), (12, 18), (19, 21), (22, 28), (28, 29)]
    starts, ends = np.zeros(8, dtype=np.float32), np.zeros(8, dtype=np.float32)
    starts[2], ends[3] = 4, 3  # "aty,": half a word, and the comma after it
    starts[6], ends[6] = 3, 2

    found = read_window(text, offsets, starts, ends, count=3, max_tokens=2)

    assert (text[found[0].start : found[0].end], found[0].score) == ("treaty", 7.0)
    assert ("Geneva", 5.0) in [(text[c.start : c.end], c.score) for c in found]


def test_a_best_pair_of_mere_punctuation_is_no_candidate() -> None:
    assert read_window("a , b", [(2, 3)], _scores(5), _scores(5), count=1, max_tokens=1) == []


@given(st.lists(st.text(alphabet="abé1,.;(", min_size=1, max_size=6), max_size=8), st.data())
def test_what_a_window_reads_is_in_the_text_and_holds_its_tokens(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    offsets: list[tuple[int, int]] = []
    for word in words:
        at = offsets[-1][1] + 1 if offsets else 0
        offsets.append((at, at + len(word)))
    scores = st.lists(st.integers(-9, 9), min_size=len(words), max_size=len(words))
    starts, ends = _scores(*data.draw(scores)), _scores(*data.draw(scores))

    for candidate in read_window(text, offsets, starts, ends, count=4, max_tokens=5):
        assert 0 <= candidate.start < candidate.end <= len(text)
        span = text[candidate.start : candidate.end]
        assert span == span.strip()
        assert not _cut(text, candidate.start) and not _cut(text, candidate.end)


def test_a_wider_span_that_is_nearly_as_likely_stands_for_the_best() -> None:
    item, whole, apart = ScoredSpan(5, 9, 3.0), ScoredSpan(5, 30, 2.8), ScoredSpan(40, 44, 1.0)
    assert merge([item, whole, apart], 3, slack=0.2) == [ScoredSpan(5, 30, 3.0), apart]
    assert merge([item, whole, apart], 3, slack=0.1) == [item, apart]
    assert merge([item, whole, apart], 3) == [item, apart]


def test_widening_never_reaches_into_a_better_span() -> None:
    best, second, both = ScoredSpan(0, 4, 3.0), ScoredSpan(10, 12, 2.0), ScoredSpan(2, 14, 1.9)
    assert merge([best, second, both], 3, slack=0.5) == [best, second]


@pytest.mark.parametrize(
    ("text", "span", "whole"),
    [
        ("resort to “other means” of security.", "other means” of security", "“other means” of security"),
        ("resort to “other means” of security.", "to “other means", "to “other means”"),
        ("resort to “other means” of security.", "other means", "other means"),
        ("the Alliance (NATO) met", "Alliance (NATO", "Alliance (NATO)"),
        ("a) first b) second", "second", "second"),
    ],
)
def test_half_a_pair_of_quotes_takes_the_other_half_from_just_outside(
    text: str, span: str, whole: str
) -> None:
    start = text.index(span)
    first, last = to_words(text, start, start + len(span))
    assert text[first:last] == whole


def test_the_odds_of_several_spans_add_up() -> None:
    # 1 to 1, 2 to 1 and 5 to 1 against null: together 8 to 1.
    candidates = [
        ScoredSpan(0, 3, np.log(1.0)),
        ScoredSpan(0, 5, np.log(2.0)),
        ScoredSpan(9, 12, np.log(5.0)),
    ]

    assert any_of(candidates) == pytest.approx(np.log(8.0))
    assert any_of(candidates[1:2]) == pytest.approx(np.log(2.0))
    assert any_of([]) == -np.inf


def test_what_runs_on_into_another_sentence_gives_way_to_what_does_not() -> None:
    text = "He broke his hip. All others went\nhome."
    hip, both, wrapped = (9, 16), (3, 33), (22, 38)
    within, across, broken = (
        ScoredSpan(*at, score) for at, score in ((hip, 1.0), (both, 3.0), (wrapped, 2.0))
    )

    assert in_sentences(text, [across, within, broken]) == [within, broken]
    assert in_sentences(text, [across]) == [across]
    assert in_sentences(text, []) == []
