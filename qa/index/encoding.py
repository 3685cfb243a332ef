"""Passages -> their vectors: taken from those that were made before, else made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..ports import Encoder
from ..records import Passage
from ..settings import Settings
from .context import encoder_text
from .plan import Made


def encode(
    titled: Sequence[tuple[str, Passage]],
    encoder: Encoder,
    settings: Settings,
    made: Made | None,
    advance: Callable[[int], None],
) -> NDArray[np.float32]:
    """float32 (len(titled), d). titled: passages, each with its article's title. made: see `Plan`. advance: is told
    the number of passages done since it was last told."""
    vectors = np.empty((len(titled), encoder.dimension), dtype=np.float32)
    ids = np.array([passage.id for _, passage in titled], dtype=np.int64)
    there = np.zeros(len(ids), dtype=np.bool_)
    if made is not None:
        there = np.isin(ids, made.vector_ids())
        vectors[there] = made.vectors_of(ids[there])
        advance(int(there.sum()))
    texts = [
        encoder_text(title, passage, with_title=settings.title_in_vectors)
        for (title, passage), is_there in zip(titled, there, strict=True)
        if not is_there
    ]
    if texts:
        vectors[~there] = encoder.encode(texts, progress=advance)
    return vectors
