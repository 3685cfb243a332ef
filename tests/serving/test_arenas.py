"""How many heaps glibc keeps, counted by itself in a process of its own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc keeps heaps for threads"
)

_COUNT = """
import ctypes, os, tempfile, threading
from qa.serving.arenas import few_arenas

if {few}:
    few_arenas()
together = threading.Barrier(12)


def work():
    together.wait()  # a heap is another thread's once that has ended
    kept.append(bytearray(1000))
    together.wait()


kept = []
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    opened = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, opened)
    libc.fclose(opened)
    print(file.read().count(b"<heap nr="), os.environ.get("MALLOC_ARENA_MAX"))
"""


def _heaps(few: bool, **environment: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", _COUNT.format(few=few)],
        env={name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


def test_threads_share_two_heaps_and_processes_started_later_are_told_so() -> None:
    assert _heaps(few=True) == ["2", "2"]
    assert int(_heaps(few=False)[0]) > 2


def test_what_the_environment_says_holds() -> None:
    assert _heaps(few=True, MALLOC_ARENA_MAX="4") == ["4", "4"]
