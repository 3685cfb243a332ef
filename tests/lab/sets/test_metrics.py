from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lab.sets.metrics import (
    auroc,
    best_threshold,
    exact_match,
    f1,
    mean_reciprocal_rank,
    normalize,
    recall_at,
)

# --- normalization


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("The  Cat,", "cat"),
        ("a man, a plan", "man plan"),
        ("An apple a day", "apple day"),
        ("Theatre and Anthem", "theatre and anthem"),  # articles are whole words only
        ("U.S. $1,000.50", "us 100050"),
        ("well-known", "wellknown"),  # a hyphen goes without leaving a space, and joins its halves
        ("a-ha", "aha"),  # punctuation goes first: this "a" is no article any more
        ("the-a", "thea"),
        ("\tÉcole\u00a0Normale\n", "école normale"),
        ("the \u201cold\u201d way", "\u201cold\u201d way"),  # typographic quotes are not ASCII punctuation
        ("THE", ""),
        ("...", ""),
        ("", ""),
        ("ÀB", "àb"),
    ],
)
def test_text_is_normalized_as_squad_does(text: str, normalized: str) -> None:
    assert normalize(text) == normalized


@given(st.text(max_size=40))
def test_normalized_text_has_single_spaces_and_no_capitals_or_punctuation(text: str) -> None:
    once = normalize(text)

    assert once == " ".join(once.split())
    assert once == once.lower()
    assert not set(once) & set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


# --- exact match and F1


def test_exact_match_takes_the_best_of_the_golds() -> None:
    assert exact_match("The Normans.", ["Franks", "normans"]) == 1.0
    assert exact_match("Normans and Franks", ["Franks", "normans"]) == 0.0


def test_f1_counts_shared_words_by_hand() -> None:
    # Five words said, three in the gold, two shared: P = 2/5, R = 2/3, so F1 = 2PR / (P + R) = 1/2.
    assert f1("in the great hall of Bayeux", ["great Bayeux tapestry"]) == pytest.approx(0.5)
    # A word counts as often as both sides hold it: "new new york" against "new york": 2 of 3 and 2 of 2.
    assert f1("new new York", ["New York"]) == pytest.approx(0.8)
    assert f1("York New", ["New York"]) == 1.0
    assert f1("Paris", ["London"]) == 0.0


def test_f1_takes_the_best_gold_and_not_their_union() -> None:
    golds = ["10th century", "the first half of the 10th century"]

    # "half of 10th century": 4 words; "first half of 10th century": 5 of which 4 are shared: 2*4/9.
    assert f1("half of the 10th century", golds) == pytest.approx(8 / 9)


def test_no_answer_is_right_only_where_there_is_no_gold() -> None:
    assert (exact_match("", []), f1("", [])) == (1.0, 1.0)
    assert (exact_match("Paris", []), f1("Paris", [])) == (0.0, 0.0)
    assert (exact_match("", ["Paris"]), f1("", ["Paris"])) == (0.0, 0.0)


def test_an_answer_of_which_nothing_is_left_equals_no_answer() -> None:
    # As in the published evaluation: where either side is empty, F1 is 1 if both are, else 0.
    assert (exact_match("The", []), f1("The", [])) == (1.0, 1.0)
    assert f1("the", ["a"]) == 1.0
    assert f1("the", ["a", "cat"]) == 1.0


def test_unicode_is_compared_as_it_is_written() -> None:
    assert exact_match("ÉCOLE", ["école"]) == 1.0
    # Composed and decomposed differ, as in SQuAD's script.
    assert exact_match("e\u0301cole", ["école"]) == 0.0
    assert f1("東京 都", ["東京"]) == pytest.approx(2 / 3)


_ANSWER = st.lists(st.sampled_from(["a", "The", "cat", "dog,", "1990", "-", "é"]), max_size=6).map(" ".join)


@given(_ANSWER, st.lists(_ANSWER, max_size=4))
def test_f1_is_at_least_exact_match_and_one_only_for_the_same_words(answer: str, golds: list[str]) -> None:
    em, score = exact_match(answer, golds), f1(answer, golds)

    assert 0 <= em <= score <= 1
    same = any(sorted(normalize(answer).split()) == sorted(normalize(g).split()) for g in golds or [""])
    assert (score == 1) == same
    assert f1(answer, [*golds, answer]) == 1 == exact_match(answer, [*golds, answer])


# --- AUROC


def test_auroc_by_hand() -> None:
    # Positives 0.9 and 0.4, negatives 0.5 and 0.1: of the four pairs only 0.4 against 0.5 is wrong.
    assert auroc([0.9, 0.5, 0.4, 0.1], [True, False, True, False]) == 0.75
    assert auroc([3, 2, 1], [True, True, False]) == 1.0
    assert auroc([1, 2, 3], [True, True, False]) == 0.0


def test_a_tie_counts_half() -> None:
    assert auroc([1, 1], [True, False]) == 0.5
    assert auroc([2, 1, 1, 0], [True, True, False, False]) == 0.875  # 3.5 of 4


@pytest.mark.parametrize("labels", [[True, True], [False, False], []])
def test_auroc_needs_both_kinds(labels: list[bool]) -> None:
    with pytest.raises(ValueError, match="at least one positive and one negative"):
        auroc([0.5] * len(labels), labels)


_LABELLED = st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=2, max_size=30)


@given(_LABELLED.filter(lambda items: len({label for _, label in items}) == 2))
def test_auroc_is_the_share_of_pairs_in_the_right_order(items: list[tuple[int, bool]]) -> None:
    positives = [score for score, label in items if label]
    negatives = [score for score, label in items if not label]
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)

    found = auroc([score for score, _ in items], [label for _, label in items])

    assert found == pytest.approx(wins / (len(positives) * len(negatives)))


# --- ranks


def test_recall_and_reciprocal_rank_by_hand() -> None:
    ranks = [1, 3, None, 10, 11]

    assert recall_at(ranks, 1) == 1 / 5
    assert recall_at(ranks, 5) == 2 / 5
    assert recall_at(ranks, 10) == 3 / 5
    assert recall_at(ranks, 20) == 4 / 5
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 1 / 3 + 0 + 1 / 10 + 1 / 11) / 5)
    assert mean_reciprocal_rank([None]) == recall_at([None], 99) == 0.0


# --- the threshold of SQuAD 2.0


def test_the_best_threshold_by_hand() -> None:
    # Answering only the first two: 1 + 0.5, and the unanswerable third is rightly withheld: 2.5 of 4.
    # Answering the fourth too would give its 1, and take away the third's: still 2.5; answering less is taken.
    best = best_threshold([4.0, 3.0, 2.0, 1.0], [1.0, 0.5, 0.0, 1.0], [True, True, False, True])

    assert best.f1 == pytest.approx(2.5 / 4)
    assert 2.0 <= best.value < 3.0


def test_the_best_threshold_may_answer_nothing_or_everything() -> None:
    nothing = best_threshold([2.0, 1.0], [0.0, 0.0], [False, False])
    assert (nothing.value, nothing.f1) == (2.0, 1.0)

    everything = best_threshold([2.0, 1.0], [1.0, 1.0], [True, True])
    assert everything.f1 == 1.0
    assert everything.value < 1.0


def test_equal_margins_stand_on_one_side_of_the_threshold() -> None:
    # Whatever the threshold, both are answered or neither is.
    best = best_threshold([1.0, 1.0], [1.0, 0.0], [True, False])

    assert best.f1 == 0.5


_ASKED = st.lists(
    st.tuples(st.integers(-6, 6), st.sampled_from([0.0, 0.25, 1.0]), st.booleans()), min_size=1, max_size=12
)


@given(_ASKED)
def test_the_best_threshold_is_that_of_trying_them_all(asked: list[tuple[int, float, bool]]) -> None:
    def mean(threshold: float) -> float:
        scores = [f1 if margin > threshold else float(not has) for margin, f1, has in asked]
        return sum(scores) / len(scores)

    best = best_threshold(*map(list, zip(*asked, strict=True)))

    every = [*(float(margin) for margin, _, _ in asked), -math.inf]
    assert best.f1 == pytest.approx(max(map(mean, every)))
    assert mean(best.value) == pytest.approx(best.f1)
