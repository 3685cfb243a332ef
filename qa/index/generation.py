"""A published index as those see it who build upon it, check it or copy it; whoever asks needs a `Store` alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..ports import Ids, Store
from ..records import Passage
from .manifest import Manifest


@runtime_checkable
class Generation(Store, Protocol):
    """One published index, with what it was made of."""

    manifest: Manifest

    def digests(self) -> dict[str, bytes]:
        """Of every article, by its id: SHA-256 of all that is told about it and of its passages' ids."""

    def passage_ids(self, article_ids: Sequence[str]) -> list[int]:
        """Of all the passages of these articles."""

    def all_passage_ids(self) -> Ids:
        """Ascending."""

    def vector_ids(self) -> Ids:
        """Of the passages that have a vector, ascending."""

    def vectors_of(self, ids: Sequence[int] | Ids) -> NDArray[np.float32]:
        """float32 (len(ids), d). Raises KeyError for an id without one."""

    def lexical_ids(self) -> Ids:
        """Of the passages that are found by their words, ascending."""

    def titled_passages(self) -> Iterator[tuple[str, Passage]]:
        """Every passage, with its article's title."""

    def has_words(self, id_: int, text: str) -> bool:
        """Whether a search for the words of `text` can find the passage."""

    def file(self, name: str) -> Path:
        """A file that the build wrote beside the index. It may not be there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """warning: None where the index in service is whole; else what is wrong with it and which one stands in."""

    store: Generation
    warning: str | None = None
