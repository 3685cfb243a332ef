from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import get_native_id

import pytest

from embeddings.yielding import yield_to_others

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")


def _after(niceness: int) -> int:
    """Of a thread that had `niceness` and yields to others."""

    def run() -> int:
        os.setpriority(os.PRIO_PROCESS, get_native_id(), niceness)
        yield_to_others()
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_a_thread_that_yields_is_nicer_than_others() -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert _after(own) == max(own, 10)


def test_a_thread_that_is_nicer_already_stays_as_it_is() -> None:
    assert _after(19) == 19
