from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lab.train import rewording
from qa.lab.train.rewording import Rewording
from qa.lab.train.windows import Encoded

PIECES = ["[CLS]", "[SEP]", "the", "##s", "rome", "paris", "geneva", "1921", "1922", "lake", "##side", "sea"]
CLS, SEP, THE, S, ROME, PARIS, GENEVA, Y1921, Y1922, LAKE, SIDE, SEA = range(len(PIECES))
COMMON = 3


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewording, "WINDOWS", 1.0)
    monkeypatch.setattr(rewording, "WORDS", 1.0)


def _near_by_hand(monkeypatch: pytest.MonkeyPatch, nearest: int) -> Rewording:
    """Cities lie near one another, waters too, years lie between them."""
    monkeypatch.setattr(rewording, "NEAREST", nearest)
    angle = {ROME: 0.0, PARIS: 0.2, GENEVA: 0.5, Y1921: 0.9, Y1922: 1.5, LAKE: 1.3, SEA: 1.4}
    vectors = np.ones((len(PIECES), 2), dtype=np.float32)
    for piece, at in angle.items():
        vectors[piece] = 3 * np.cos(at), 3 * np.sin(at)
    return Rewording(PIECES, vectors, COMMON)


def test_a_word_becomes_the_nearest_one_in_question_and_context(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Encoded([CLS, THE, LAKE, SEP, THE, LAKE, ROME, SEP], 4, 5, 6)

    reworded = _near_by_hand(monkeypatch, 1).some(window, random.Random(1))

    assert reworded.ids == [CLS, THE, SEA, SEP, THE, SEA, PARIS, SEP]
    assert (reworded.context_from, reworded.start, reworded.end) == (4, 5, 6)


def test_a_number_becomes_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Encoded([CLS, Y1921, SEP, Y1921, SEP], 3, 3, 3)

    assert _near_by_hand(monkeypatch, 3).some(window, random.Random(1)).ids == [CLS, Y1922, SEP, Y1922, SEP]


def test_the_stem_of_a_longer_word_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Encoded([CLS, LAKE, SEP, LAKE, SIDE, SEP], 3, 3, 4)

    assert _near_by_hand(monkeypatch, 1).some(window, random.Random(1)) == window


def test_two_words_never_become_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # The nearest of Geneva and of Rome is Paris.
    window = Encoded([CLS, GENEVA, SEP, ROME, SEP], 3, 3, 3)
    near = _near_by_hand(monkeypatch, 1)

    for seed in range(10):
        ids = near.some(window, random.Random(seed)).ids
        assert sorted((ids[1], ids[3])) in ([ROME, PARIS], [PARIS, GENEVA])


def test_windows_are_left_as_they_are_as_often_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewording, "WINDOWS", 0.25)
    near, rng = _near_by_hand(monkeypatch, 1), random.Random(1)
    window = Encoded([CLS, ROME, SEP, ROME, SEP], 3, 3, 3)

    changed = sum(near.some(window, rng) != window for _ in range(400))

    assert 70 < changed < 130


@given(
    ids=st.lists(st.integers(THE, SEA), min_size=1, max_size=12),
    share=st.floats(0, 1),
    nearest=st.integers(1, 8),
    seed=st.integers(0, 999),
)
def test_the_same_word_becomes_the_same_and_different_ones_stay_different(
    ids: list[int], share: float, nearest: int, seed: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewording, "WORDS", share)
        window = Encoded([CLS, *ids, SEP], 1, 1, 1)
        found = _near_by_hand(patch, nearest).some(window, random.Random(seed)).ids

    became = set(zip(window.ids, found, strict=True))
    assert len(became) == len(dict(became)) == len({new for _, new in became})
    assert all(old == new for old, new in became if old <= S or old == SIDE)
