"""Files read side by side, and taken in the order in which they are given.

A thread here waits for each, while a process of its own reads it (`qa.ingest.apart`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from qa.ingest.apart import leave_one

# A process takes a second of the processor to start, and a page 0.01 s to read: of fewer files none is worth another.
FILES_A_WORKER = 100
_AHEAD = 2  # files a worker that are read before their turn, and held: one that takes long keeps the others waiting

Given = TypeVar("Given")
Done = TypeVar("Done")


def worth_starting(files: int, most: int) -> int:
    """Of `most` workers, how many so many files are worth; at least one."""
    return max(1, min(most, files // FILES_A_WORKER))


def in_order(
    work: Callable[[Given], Done], given: Iterable[Given], workers: int
) -> Generator[Done, None, None]:
    """`work` of each, in the order of `given`. Where it raises, or who takes them stops, no other begins."""
    if workers == 1:
        yield from map(work, given)
        return
    begun: deque[Future[Done]] = deque()
    pool = ThreadPoolExecutor(workers, "file reading")
    try:
        for one in given:
            begun.append(pool.submit(work, one))
            if len(begun) >= workers * _AHEAD:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        leave_one()
