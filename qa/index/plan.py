"""What an index is to be built of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..ports import Encoder, Ids, Progress
from ..records import Article
from ..settings import Settings
from .before import Before


class Made(Protocol):
    """Vectors of passages that were made before the index is."""

    def vector_ids(self) -> Ids:
        """Of the passages, ascending."""

    def vectors_of(self, ids: Ids) -> NDArray[np.float32]:
        """float32 (len(ids), d)."""


def _nothing(folder: Path) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Plan:
    """cut: each article with its passages, as (start, end) in its text; they are taken one by one, and none is held.

    before: the index to start from; whoever builds closes it. kept: ids of its articles that stay as they are. beside:
    writes more files into the folder that it is given. program: that cut the articles, see `Manifest`; by default this
    one. made: vectors that need not be made any more.
    """

    cut: Iterable[tuple[Article, Sequence[tuple[int, int]]]]
    encoder: Encoder
    settings: Settings
    before: Before = field(kw_only=True)
    sources: dict[str, Any] = field(kw_only=True)
    report: dict[str, Any] = field(kw_only=True)
    progress: Progress = field(kw_only=True)
    kept: Iterable[str] = field(default=(), kw_only=True)
    beside: Callable[[Path], None] = field(default=_nothing, kw_only=True)
    program: str | None = field(default=None, kw_only=True)
    made: Made | None = field(default=None, kw_only=True)
