from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lab.train import shortening
from qa.lab.train.shortening import shortened
from qa.lab.train.windows import Encoded

CLS, SEP = 101, 102
# [CLS] 1 2 [SEP] 10 11 12 | 20 21 | 30 31 32 [SEP]
IDS = [CLS, 1, 2, SEP, 10, 11, 12, 20, 21, 30, 31, 32, SEP]
SENTENCES = (4, 7, 9)


def _window(start: int, end: int) -> Encoded:
    return Encoded(IDS, 4, start, end, told=5, sentences=SENTENCES)


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortening, "NEIGHBOUR", 0.0)


@pytest.mark.usefixtures("_alone")
@pytest.mark.parametrize(
    ("answer", "context", "place", "sentences", "cut"),
    [
        ((5, 6), [10, 11, 12], (5, 6), (4,), 0),
        ((7, 7), [20, 21], (4, 4), (4,), 3),
        ((10, 11), [30, 31, 32], (5, 6), (4,), 5),
        ((8, 9), [20, 21, 30, 31, 32], (5, 6), (4, 6), 3),
    ],
)
def test_the_sentences_of_the_answer_stay(
    answer: tuple[int, int],
    context: list[int],
    place: tuple[int, int],
    sentences: tuple[int, ...],
    cut: int,
) -> None:
    short = shortened(_window(*answer), random.Random(1))

    assert short == Encoded([CLS, 1, 2, SEP, *context, SEP], 4, *place, told=5, sentences=sentences, cut=cut)


@pytest.mark.usefixtures("_alone")
def test_where_nothing_answers_any_sentence_stays() -> None:
    rng = random.Random(1)

    short = [shortened(_window(0, 0), rng) for _ in range(50)]

    assert {tuple(window.ids[4:-1]) for window in short} == {(10, 11, 12), (20, 21), (30, 31, 32)}
    assert {(window.start, window.end) for window in short} == {(0, 0)}


def test_at_times_a_neighbour_stays_too() -> None:
    rng = random.Random(1)

    short = {tuple(shortened(_window(7, 8), rng).ids[4:-1]) for _ in range(100)}

    assert short == {(20, 21), (10, 11, 12, 20, 21), (20, 21, 30, 31, 32), tuple(IDS[4:-1])}


def test_a_window_whose_sentences_nobody_told_stays_as_it_is() -> None:
    window = Encoded(IDS, 4, 5, 6)

    assert shortened(window, random.Random(1)) is window


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.booleans(), st.integers(0, 1000), st.data())
def test_question_and_answer_survive(
    lengths: list[int], goes_on: bool, seed: int, data: st.DataObject
) -> None:
    # goes_on: the window begins within a sentence.
    context = list(range(200, 200 + sum(lengths)))
    begun = [4 + sum(lengths[:n]) for n in range(len(lengths))][goes_on:]
    start = data.draw(st.integers(4, 3 + len(context)))
    end = data.draw(st.integers(start, 3 + len(context)))
    window = Encoded([CLS, 1, 2, SEP, *context, SEP], 4, start, end, sentences=tuple(begun))

    short = shortened(window, random.Random(seed))

    assert short.ids[:4] == window.ids[:4] and short.ids[-1] == SEP
    assert short.ids[short.start : short.end + 1] == window.ids[start : end + 1]
    assert short.ids[4:-1] == window.ids[4 + short.cut : 4 + short.cut + len(short.ids) - 5]
    assert [short.ids[at] for at in short.sentences] == [
        window.ids[at] for at in begun if window.ids[at] in short.ids[4:-1]
    ]
