from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.errors import TookTooLong
from qa.serving.cache import Kept
from qa.serving.clock import Clock


def test_the_one_asked_for_longest_ago_goes_first() -> None:
    kept: Kept[int] = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    kept.put("a", 4)
    assert (kept.get("a"), len(kept)) == (4, 2)


def test_where_none_are_kept_none_are_found() -> None:
    kept: Kept[int] = Kept(0)
    kept.put("a", 1)
    assert (kept.get("a"), len(kept)) == (None, 0)


def test_threads_never_make_it_grow() -> None:
    kept: Kept[int] = Kept(8)

    def use(seed: int) -> None:
        for number in range(500):
            key = (seed * 31 + number * 7) % 40
            assert kept.get(key) in (None, key)
            kept.put(key, key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    assert len(kept) == 8


def test_a_step_that_would_begin_too_late_does_not() -> None:
    told: list[str] = []
    clock = Clock(told.append, seconds=1e-9)
    with pytest.raises(TookTooLong, match="'read'"), clock.step("read"):
        pytest.fail("it was too late")
    assert told == []


def test_a_step_is_told_once_and_its_times_are_added() -> None:
    told: list[str] = []
    clock = Clock(told.append)
    for name in ("read", "decide", "read"):
        with clock.step(name):
            pass
    clock.spent("wait", 0.25)
    times = clock.timings_ms()
    assert told == ["read", "decide"]
    assert list(times) == ["read", "decide", "wait", "total"]
    assert times["wait"] == 250
