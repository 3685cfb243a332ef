"""Articles -> groups of copies.

Exact copies agree letter for letter once case, spaces and punctuation are put aside. Near copies share most of
their runs of five words (Broder 1997, "On the resemblance and containment of documents"); MinHash with locality
sensitive hashing (datasketch) finds the candidates and the exact resemblance decides. Texts that are alike but for
their numbers (results, forecasts, tables filled in from a template) say different things and are no copies.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from datasketch import MinHash, MinHashLSH

from qa.ingest.kinds import words

RUN_WORDS = 5
MIN_WORDS = (
    40  # shorter texts share most of their words by chance of wording; only exact copies of them count
)
MAX_WORDS = 20_000  # compared from the start: enough to tell a book from another, and bounded work
PERMUTATIONS = 128  # standard error of the resemblance 1/sqrt(128), about 0.09
CANDIDATES = 0.5  # low enough that no pair worth checking is missed by that error
RESEMBLANCE = 0.8  # a few edited sentences; two stories on the same event stay under 0.3
CONTAINMENT = 0.9  # a shortened copy: nearly all of it stands in the longer one, which is ...
LENGTH_RATIO = 0.5  # ... at most twice as long
NUMBERS_AGREE = 0.9  # of the numbers in both


def copies(texts: Sequence[str]) -> list[list[int]]:
    """Groups of indices into `texts`, each in order, together holding every index once."""
    parent = list(range(len(texts)))
    exact: dict[str, int] = {}
    index = MinHashLSH(threshold=CANDIDATES, num_perm=PERMUTATIONS)
    for at, text in enumerate(texts):
        every = words(text.casefold())
        same = exact.setdefault(" ".join(every) or text, at)
        if same != at:
            parent[at] = _root(parent, same)
            continue
        if len(every) < MIN_WORDS:
            continue
        runs = _runs(every)
        sketch = MinHash(num_perm=PERMUTATIONS, hashfunc=zlib.crc32)
        sketch.update_batch([run.encode("utf-8", "replace") for run in runs])
        for other in sorted(index.query(sketch)):
            if _root(parent, other) != _root(parent, at) and _alike(
                every, runs, words(texts[other].casefold())
            ):
                low, high = sorted((_root(parent, other), _root(parent, at)))
                parent[high] = low
        index.insert(at, sketch)
    groups: dict[int, list[int]] = {}
    for at in range(len(texts)):
        groups.setdefault(_root(parent, at), []).append(at)
    return list(groups.values())


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


def _runs(every: Sequence[str]) -> set[str]:
    every = every[:MAX_WORDS]
    return {" ".join(every[at : at + RUN_WORDS]) for at in range(len(every) - RUN_WORDS + 1)}


def _alike(every: Sequence[str], runs: set[str], other: Sequence[str]) -> bool:
    other_runs = _runs(other)
    shared = len(runs & other_runs)
    lengths = sorted((len(runs), len(other_runs)))
    contained = shared >= CONTAINMENT * lengths[0] and lengths[0] >= LENGTH_RATIO * lengths[1]
    if shared < RESEMBLANCE * len(runs | other_runs) and not contained:
        return False
    numbers, others = _numbers(every), _numbers(other)
    smaller, larger = sorted((numbers, others), key=len)
    agreed = len(smaller & larger)
    return agreed >= NUMBERS_AGREE * (len(smaller) if contained else len(smaller | larger))


def _numbers(every: Sequence[str]) -> set[str]:
    return {word for word in every[:MAX_WORDS] if re.search(r"\d", word)}
