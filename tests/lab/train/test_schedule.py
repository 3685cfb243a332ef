from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lab.train.schedule import rate_at


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 0.5),  # the first of four steps of warm-up
        (2, 1.5),
        (3, 2.0),
        (9, 2.0),
        (10, 2.0),  # the decay begins at the full rate
        (11, 1.6),
        (14, 0.4),
        (15, 0.0),
        (99, 0.0),
    ],
)
def test_the_rate_is_a_trapezoid(step: int, rate: float) -> None:
    assert rate_at(step, 2.0, warmup=4, decay_from=10, decay=5) == pytest.approx(rate)


@given(st.integers(0, 10_000), st.integers(1, 500), st.integers(1, 5000), st.integers(1, 2000))
def test_it_stays_between_nothing_and_its_peak(step: int, warmup: int, decay_from: int, decay: int) -> None:
    assert 0 <= rate_at(step, 3e-4, warmup, decay_from, decay) <= 3e-4


@given(st.integers(0, 99), st.integers(100, 5000), st.integers(1, 2000))
def test_when_the_decay_begins_changes_nothing_before_it(step: int, decay_from: int, decay: int) -> None:
    """So that a training may go on from any checkpoint of its constant part."""
    assert rate_at(step, 1.0, 20, decay_from, decay) == rate_at(step, 1.0, 20, 100, 7)
