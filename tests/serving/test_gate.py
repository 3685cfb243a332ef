from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.errors import AskerLeft, Overloaded
from qa.serving.gate import _LOOK_SECONDS, Gate, cores


class _Held:
    """Threads that stand inside a gate until they are let go."""

    def __init__(self, gate: Gate, count: int, client: str | None = None) -> None:
        self._gate, self._client, self.go = gate, client, threading.Event()
        self.working = threading.Semaphore(0)
        self._pool = ThreadPoolExecutor(count)
        self.asked = [self._pool.submit(self._stand) for _ in range(count)]

    def _stand(self) -> float:
        with self._gate.passed(20, client=self._client) as waited:
            self.working.release()
            assert self.go.wait(20)
            return waited

    def let_go(self) -> list[float]:
        self.go.set()
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


def test_clients_take_turns_however_many_each_has_in_line() -> None:
    gate, order = Gate(workers=1, waiting=8), []
    held = _Held(gate, 1, "many")
    assert held.working.acquire(timeout=60)

    def ask(client: str) -> None:
        with gate.passed(60, client=client):
            order.append(client)

    with ThreadPoolExecutor(8) as pool:
        for number, client in enumerate(("many", "many", "many", "many", "few", "one", "few")):
            pool.submit(ask, client)
            _stand_still(gate, number + 2)
        held.let_go()
    assert order == ["few", "one", "many", "few", "many", "many", "many"]


def test_who_has_nothing_at_work_comes_before_who_has() -> None:
    gate, order = Gate(workers=2, waiting=8), []
    first, second = _Held(gate, 1, "many"), _Held(gate, 1, "many")
    assert first.working.acquire(timeout=60)
    assert second.working.acquire(timeout=60)

    def ask(client: str) -> None:
        with gate.passed(60, client=client):
            order.append(client)

    with ThreadPoolExecutor(8) as pool:
        for number, client in enumerate(("many", "many", "one")):
            pool.submit(ask, client)
            _stand_still(gate, number + 3)
        first.let_go()
        while not order:
            threading.Event().wait(0.001)
        second.let_go()
    assert order[0] == "one"


def test_nobody_has_all_places_where_another_was_here_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(workers=2, waiting=8)
    with gate.passed(0, client="one"):
        pass
    many = _Held(gate, 3, "many")
    _stand_still(gate, 3)
    assert many.working.acquire(timeout=60)
    assert not many.working.acquire(timeout=2 * _LOOK_SECONDS)  # the other place is kept

    with gate.passed(0, client="one") as waited:
        assert waited == 0
    monkeypatch.setattr("qa.serving.gate._LATELY_SECONDS", 0.0)
    assert many.working.acquire(timeout=60)  # it is seen without anybody leaving
    assert not many.working.acquire(timeout=0.05)
    many.let_go()


def test_who_is_alone_has_all_places() -> None:
    gate = Gate(workers=2, waiting=8)
    for _ in range(2):
        with gate.passed(0, client="many"):
            pass
    many = _Held(gate, 3, "many")
    assert many.working.acquire(timeout=60)
    assert many.working.acquire(timeout=60)
    many.let_go()


def test_where_the_line_is_full_the_client_with_most_in_it_loses_its_last_place() -> None:
    gate = Gate(workers=1, waiting=3)
    held = _Held(gate, 4, "many")
    _stand_still(gate, 4)

    with pytest.raises(Overloaded), gate.passed(60, client="many"):
        pytest.fail("there was no room")
    others = []
    for name in ("one", "another", "a third"):
        others.append(_Held(gate, 1, name))
        while name not in gate._lines:
            threading.Event().wait(0.001)
    with pytest.raises(Overloaded), gate.passed(60, client="a fourth"):
        pytest.fail("each of the others has no more than one place")

    for one in (held, *others):
        one.go.set()
    for other in others:
        other.let_go()
    refused = [one for one in held.asked if isinstance(one.exception(60), Overloaded)]
    assert len(refused) == 3
    assert not gate.busy
    assert not gate._lines


def test_whoever_leaves_or_is_refused_leaves_nothing_behind() -> None:
    gate = Gate(workers=1, waiting=4)
    held = _Held(gate, 1, "at work")
    assert held.working.acquire(timeout=60)
    with pytest.raises(AskerLeft), gate.passed(60, lambda: True, client="gone"):
        pytest.fail("nobody asks")
    with pytest.raises(Overloaded), gate.passed(0.01, client="late"):
        pytest.fail("the only place was taken")
    assert (gate.inside, gate._lines) == (1, {})
    held.let_go()
    assert (gate.inside, gate._working.total()) == (0, 0)


def test_many_threads_of_many_clients_are_each_served_once() -> None:
    gate, most = Gate(workers=2, waiting=200), 0
    lock, now = threading.Lock(), 0

    def ask(number: int) -> int:
        nonlocal now, most
        with gate.passed(60, client=number % 7):
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.001)
            with lock:
                now -= 1
        return number

    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(ask, range(200))) == list(range(200))
    assert most == 2
    assert (gate.inside, gate._lines, gate._working.total()) == (0, {}, 0)


def test_a_process_has_a_core() -> None:
    assert cores() >= 1
