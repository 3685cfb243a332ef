"""Encoders as whoever makes parts opens them, in a process of its own; articles for them, and what an index holds."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fakes import WordEncoder

from qa.index.catalog import open_catalog
from qa.ports import Encoder

WORDS = "amber barge cedar dune ember fjord grove harbour islet jetty kiln ledge".split()
PATIENCE = 300.0  # seconds, on a machine that has much else to do


def write(folder: Path) -> None:
    """Eight articles of some ten passages each."""
    draw = random.Random(5)
    folder.mkdir()
    for number in range(8):
        said = ". ".join(" ".join(draw.sample(WORDS, k=8)).capitalize() for _ in range(160))
        (folder / f"{number:02}.txt").write_text(f"Title {number}\n\n{said}.")


def held(place: Path | str) -> tuple[Any, ...]:
    """All that an index says, and the vectors that it is found by."""
    store = open_catalog(place).open()
    try:
        ids = store.all_passage_ids()
        articles = [store.article(info.id) for info in store.articles()]
        passages, vectors = store.passages(ids.tolist()), store.vectors_of(ids).tobytes()
        return articles, passages, vectors, store.manifest.content, store.manifest.encoder
    finally:
        store.close()


def wait(until: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < ends, "nothing happened"
        time.sleep(0.05)


def open_words(name: str, precision: str, side_by_side: int) -> Encoder:
    return WordEncoder()


def open_ending(folder: Path, times: int, name: str, precision: str, side_by_side: int) -> Encoder:
    return _Ending(folder, times)


def open_waiting(folder: Path, name: str, precision: str, side_by_side: int) -> Encoder:
    return _Waiting(folder)


class _Ending(WordEncoder):
    """Ends its process in the middle of a part, until `folder` tells that `times` have ended."""

    def __init__(self, folder: Path, times: int) -> None:
        super().__init__()
        self._folder, self._times = folder, times

    def encode(self, *texts: Any, **options: Any) -> Any:
        if (ended := len(list(self._folder.iterdir()))) < self._times:
            (self._folder / str(ended)).touch()
            os._exit(1)
        return super().encode(*texts, **options)


class _Waiting(WordEncoder):
    """Tells in `folder` on which machine of a Ray cluster it has begun a part, and goes on when it may."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def encode(self, *texts: Any, **options: Any) -> Any:
        import ray

        (self._folder / ray.get_runtime_context().get_node_id()).touch()
        wait((self._folder / "go").exists)
        return super().encode(*texts, **options)
