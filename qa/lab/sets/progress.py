"""How far long work has come: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")
_EVERY = 30.0  # seconds between two lines


def counted(items: Sequence[T], what: str) -> Iterator[T]:
    """The items, with a bar on stderr where that is a terminal, and lines where it is not; short work tells nothing."""
    if sys.stderr.isatty():
        yield from tqdm(items, desc=what, file=sys.stderr, leave=False)
        return
    told = time.monotonic()
    for done, item in enumerate(items):
        if time.monotonic() - told >= _EVERY:
            print(f"{what}: {done} of {len(items)}", file=sys.stderr, flush=True)
            told = time.monotonic()
        yield item
