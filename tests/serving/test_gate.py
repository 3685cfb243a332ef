from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.errors import Overloaded
from qa.serving.gate import Gate, cores


class _Held:
    """Threads that stand inside a gate until they are let go."""

    def __init__(self, gate: Gate, count: int) -> None:
        self._gate, self._go = gate, threading.Event()
        self.working = threading.Semaphore(0)
        self._pool = ThreadPoolExecutor(count)
        self.asked = [self._pool.submit(self._stand) for _ in range(count)]

    def _stand(self) -> float:
        with self._gate.passed(60) as waited:
            self.working.release()
            assert self._go.wait(60)
            return waited

    def let_go(self) -> list[float]:
        self._go.set()
        self._pool.shutdown()
        return [one.result() for one in self.asked]


def _stand_still(gate: Gate, inside: int) -> None:
    """Until so many are in the gate."""
    pause = threading.Event()
    while gate._inside < inside:
        pause.wait(0.001)


def test_so_many_work_at_a_time_and_the_others_wait() -> None:
    gate = Gate(workers=2, waiting=3)
    held = _Held(gate, 5)
    _stand_still(gate, 5)
    assert held.working.acquire(timeout=60)
    assert held.working.acquire(timeout=60)
    assert not held.working.acquire(timeout=0.05)  # three of five stand in line

    waited = held.let_go()
    assert len(waited) == 5
    assert sum(seconds > 0.04 for seconds in waited) == 3


def test_one_more_than_can_wait_is_refused_at_once_and_told_when_to_come_again() -> None:
    gate = Gate(workers=1, waiting=1)
    held = _Held(gate, 2)
    _stand_still(gate, 2)

    with pytest.raises(Overloaded) as refused, gate.passed(60):
        pytest.fail("there was no room")
    assert refused.value.retry_after >= 1

    held.let_go()
    with gate.passed(0) as waited:
        assert waited >= 0


def test_who_has_waited_for_long_enough_is_refused_and_leaves_the_line() -> None:
    gate = Gate(workers=1, waiting=1)
    held = _Held(gate, 1)
    assert held.working.acquire(timeout=60)
    for _ in range(3):
        with pytest.raises(Overloaded), gate.passed(0.01):
            pytest.fail("the only place was taken")
    assert gate.busy
    held.let_go()
    assert not gate.busy


def test_an_error_inside_gives_the_place_back() -> None:
    gate = Gate(workers=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError, match="inside"), gate.passed(1):
            raise ValueError("inside")
    with gate.passed(0):
        pass


def test_the_time_to_come_again_grows_with_what_a_question_takes() -> None:
    gate = Gate(workers=2, waiting=8)
    gate._mean, gate._inside = 0.5, 10
    with pytest.raises(Overloaded) as refused, gate.passed(1):
        pytest.fail("there was no room")
    assert refused.value.retry_after == 3


def test_a_process_has_a_core() -> None:
    assert cores() >= 1
