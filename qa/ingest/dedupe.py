"""Articles -> groups of copies.

Exact copies agree letter for letter once case, spaces and punctuation are put aside. Near copies share most of
their runs of five words (Broder 1997, "On the resemblance and containment of documents"); MinHash with locality
sensitive hashing (datasketch) finds the candidates and the exact resemblance decides. Texts that are alike but for
their numbers (results, forecasts, tables filled in from a template) say different things and are no copies.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray

from qa.ingest.kinds import words

RUN_WORDS = 5
# Shorter texts share most of their words by chance of wording; only exact copies of them count.
MIN_WORDS = 40
MAX_WORDS = 20_000  # compared from the start: enough to tell a book from another, and bounded work
PERMUTATIONS = 128  # standard error of the resemblance 1/sqrt(128), about 0.09
CANDIDATES = 0.5  # low enough that no pair worth checking is missed by that error
RESEMBLANCE = 0.8  # a few edited sentences; two stories on the same event stay under 0.3
CONTAINMENT = 0.9  # a shortened copy: nearly all of it stands in the longer one, which is ...
LENGTH_RATIO = 0.5  # ... at most twice as long
NUMBERS_AGREE = 0.9  # of the numbers in both
# Texts that share a band are compared each with all, up to so many. More are made from one template, or to be hostile:
# each is then compared with the nearest, so that work grows with their number and not with its square.
ALL_COMPARED = 200
NEAREST = 8  # on either side, band by band; copies that are no exact ones may go unseen in such a crowd
# Hashes of runs of texts that were compared and may be again: 128 MB.
KEPT_RUNS = 16_000_000

# How many bands of how many rows find the pairs above CANDIDATES best: datasketch works it out (25 of 5).
BANDS, ROWS = (_lsh := MinHashLSH(threshold=CANDIDATES, num_perm=PERMUTATIONS)).b, _lsh.r
# Odd multipliers, one a row, make one number of a band's rows; where two bands meet by chance the texts decide.
_MIX = np.random.default_rng(1).integers(1 << 62, size=ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of a text has to be kept to find its copies later."""

    exact: bytes  # hash of its words
    # (BANDS,), or None where it is too short to have near copies. Made of the words, so equal where these are.
    bands: NDArray[np.uint64] | None = field(compare=False)


def sketch(text: str) -> Sketch:
    every = words(text.casefold())
    exact = blake2b((" ".join(every) or text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if len(every) < MIN_WORDS:
        return Sketch(exact, None)
    minhash = MinHash(num_perm=PERMUTATIONS, hashfunc=zlib.crc32)
    minhash.update_batch([run.encode("utf-8", "replace") for run in _runs(every)])
    rows = minhash.hashvalues[: BANDS * ROWS].astype(np.uint64).reshape(BANDS, ROWS)
    return Sketch(exact, (rows * _MIX).sum(axis=1, dtype=np.uint64))


def copies(
    sketches: Sequence[Sketch],
    text_of: Callable[[int], str],
    together: Sequence[Sequence[int]] = (),
    fresh: Sequence[int] | None = None,
) -> list[list[int]]:
    """Groups of indices into `sketches`, each in order, together holding every index once.

    text_of: the text under an index, asked for only where two may be near copies. together: groups that are known
    to hold. fresh: the indices that are compared with all others; by default all, and none else need be where the
    others' groups are in `together`.
    """
    parent = list(range(len(sketches)))
    for group in together:
        for at in group:
            _join(parent, group[0], at)
    exact: dict[bytes, int] = {}
    for at, each in enumerate(sketches):
        _join(parent, exact.setdefault(each.exact, at), at)
    known: dict[int, _Compared] = {}
    kept = 0

    def read(at: int) -> _Compared:
        nonlocal kept
        if at not in known:
            if kept > KEPT_RUNS:
                known.clear()
                kept = 0
            known[at] = _Compared(text_of(at))
            kept += len(known[at].runs)
        return known[at]

    first_of = sorted(exact.values())
    for one, others in _candidates(sketches, first_of, range(len(sketches)) if fresh is None else fresh):
        for other in others:
            if _root(parent, other) != _root(parent, one) and _alike(read(one), read(other)):
                _join(parent, one, other)
    groups: dict[int, list[int]] = {}
    for at in range(len(sketches)):
        groups.setdefault(_root(parent, at), []).append(at)
    return list(groups.values())


def _candidates(
    sketches: Sequence[Sketch], among: Sequence[int], fresh: Sequence[int]
) -> Iterator[tuple[int, list[int]]]:
    """Each of `fresh` that is in `among`, with others there that share a band with it: each pair once.

    datasketch's own index would have to be filled with every sketch again to ask it about a single one.
    """
    long = [(at, bands) for at in among if (bands := sketches[at].bands) is not None]
    asked = {at for at, _ in long}.intersection(fresh)
    if not asked:
        return
    which = np.array([at for at, _ in long])
    is_asked = np.isin(which, list(asked))
    table = np.stack([bands for _, bands in long])
    beside: dict[int, list[NDArray[np.int64]]] = defaultdict(list)
    for band, column in enumerate(table.T):
        shared = np.flatnonzero(np.isin(column, column[is_asked]))
        shared = shared[np.argsort(column[shared], kind="stable")]
        for rows in np.split(shared, np.flatnonzero(np.diff(column[shared])) + 1):
            crowd = len(rows) > ALL_COMPARED
            if crowd:  # whoever shares the bands that follow, too, comes to stand beside it
                rows = rows[np.lexsort(np.roll(table[rows], -band - 1, axis=1).T[::-1])]
            alike = which[rows]  # one list for all in it: a list for each would fill the memory
            for place in np.flatnonzero(is_asked[rows]).tolist() if len(rows) > 1 else ():
                near = alike[max(0, place - NEAREST) : place + NEAREST + 1] if crowd else alike
                beside[int(alike[place])].append(near)
    for at in sorted(beside):
        others = np.unique(np.concatenate(beside[at])).tolist()
        yield at, [other for other in others if other < at or other not in asked]


def _join(parent: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(parent, one), _root(parent, other)))
    parent[high] = low


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


def _runs(every: Sequence[str]) -> set[str]:
    every = every[:MAX_WORDS]
    return {" ".join(every[at : at + RUN_WORDS]) for at in range(len(every) - RUN_WORDS + 1)}


class _Compared:
    """What of a text is compared with another's."""

    def __init__(self, text: str) -> None:
        every = words(text.casefold())[:MAX_WORDS]
        self.runs = np.unique(np.array([hash(run) for run in _runs(every)], dtype=np.int64))
        self.numbers = {word for word in every if re.search(r"\d", word)}


def _alike(one: _Compared, other: _Compared) -> bool:
    shared = len(np.intersect1d(one.runs, other.runs, assume_unique=True))
    shorter, longer = sorted((len(one.runs), len(other.runs)))
    contained = shared >= CONTAINMENT * shorter and shorter >= LENGTH_RATIO * longer
    if shared < RESEMBLANCE * (shorter + longer - shared) and not contained:
        return False
    fewer, more = sorted((len(one.numbers), len(other.numbers)))
    agreed = len(one.numbers & other.numbers)
    return agreed >= NUMBERS_AGREE * (fewer if contained else fewer + more - agreed)
