"""Windows cut to the sentence that answers, at times with a neighbour: what the reader looks at a second time."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import replace

from qa.lab.train.windows import Encoded

NEIGHBOUR = 0.3  # how often the sentence before stays, and how often the one after


def shortened(window: Encoded, rng: random.Random) -> Encoded:
    """`window` with the sentences of its answer alone, or any one where it has none, and what is next to them.

    As it is where its sentences are not known.
    """
    if not window.sentences:
        return window
    last = len(window.ids) - 1
    bounds = sorted({window.context_from, *window.sentences, last})
    if window.start:
        first, until = (bisect_right(bounds, place) for place in (window.start, window.end))
    else:
        first = until = rng.randrange(1, len(bounds))
    first = max(1, first - (rng.random() < NEIGHBOUR))
    until = min(len(bounds) - 1, until + (rng.random() < NEIGHBOUR))
    begin, end = bounds[first - 1], bounds[until]
    cut = begin - window.context_from
    return replace(
        window,
        ids=[*window.ids[: window.context_from], *window.ids[begin:end], window.ids[last]],
        start=max(0, window.start - cut),
        end=max(0, window.end - cut),
        sentences=tuple(s - cut for s in window.sentences if begin <= s < end),
        cut=window.cut + cut,
    )
