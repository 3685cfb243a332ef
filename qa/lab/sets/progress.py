"""A progress bar around long work, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def counted(items: Sequence[T], what: str) -> Iterator[T]:
    """The items, with a bar on stderr where that is a terminal."""
    yield from tqdm(items, desc=what, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)
