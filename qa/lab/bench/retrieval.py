"""Search in one index, and the memory of a server over it, each measured by a process that does nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.answer.retrieve.fuse import search
from qa.engine import Engine
from qa.index.generation import Generation
from qa.index.local import LocalStore
from qa.settings import Settings
from qa.snapshot import open_store

from .machine import resident_mib, spread

Matrix = NDArray[np.float32]
ASKED, ASKED_VECTORS = "questions.json", "questions.npy"  # in the folder `place`
_RECALL_AT = 10
_BLOCK = 20_000
_PATIENCE = 600.0  # seconds for a question: a bench on a busy machine is slow, and goes on
_ASKED = 50  # questions after which an engine's memory is read


def in_a_process(what: str, data: Path, place: Path) -> dict[str, Any]:
    """`what`: a function of this module, called in a process whose memory holds nothing of the build."""
    command = [sys.executable, "-m", __name__, what, str(data), str(place)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    measured: dict[str, Any] = json.loads(told.stdout)
    return measured


def server(data: Path, place: Path) -> dict[str, Any]:
    """An engine over the index in `data`, with all its models, after questions of those in `place`."""
    asked: list[str] = json.loads((place / ASKED).read_text(encoding="utf-8"))
    began = time.perf_counter()
    engine = Engine.open(data, settings=Settings(deadline_seconds=_PATIENCE))
    engine.ask(asked[0])
    first = time.perf_counter() - began
    for question in asked[1:_ASKED]:
        engine.ask(question)
    return {"server_first_answer_s": round(first, 2), "server_memory_mib": resident_mib()}


def retrieval(data: Path, place: Path) -> dict[str, Any]:
    """Of the index in `data`, with the questions in `place`.

    open_s: every file is compared with its checksum, which a server does later where the index is large.
    """
    settings = Settings()
    asked: list[str] = json.loads((place / ASKED).read_text(encoding="utf-8"))
    vectors: Matrix = np.load(place / ASKED_VECTORS)
    before, began = resident_mib(), time.perf_counter()
    store = open_store(data, settings)
    opened = time.perf_counter() - began

    def whole(question: str, vector: Matrix) -> object:
        return search(
            store,
            question,
            vector,
            top_k=settings.top_k,
            candidates=settings.candidates,
            rrf_k=settings.rrf_k,
            lexical_weight=settings.lexical_weight,
        )

    steps: dict[str, Callable[[str, Matrix], object]] = {
        "retrieval": whole,
        "dense": lambda question, vector: store.search_dense(vector, settings.candidates),
        "lexical": lambda question, vector: store.search_lexical(question, settings.candidates),
    }
    for question, vector in zip(asked, vectors, strict=True):
        whole(question, vector)  # warm: the pages that these questions touch are in memory now
    taken = {name: _timed(step, asked, vectors) for name, step in steps.items()}
    after = resident_mib()
    lists = store.vectors.lists if isinstance(store, LocalStore) else None
    return {
        "open_s": round(opened, 3),
        "lists": lists,
        "probes": settings.probes if lists else None,
        "milliseconds": {name: spread(wall) for name, (wall, _) in taken.items()},
        "milliseconds_of_processor": {name: spread(own) for name, (_, own) in taken.items()},
        "recall_at_10": _recall(store, vectors, settings.candidates),
        "memory_mib": {"before_opening": before, "after_all_questions": after},
    }


def _timed(
    step: Callable[[str, Matrix], object], asked: Sequence[str], vectors: Matrix
) -> tuple[list[float], list[float]]:
    """Milliseconds of each question: by the clock, and of the processor (less where others had it meanwhile)."""
    wall, own = [], []
    for question, vector in zip(asked, vectors, strict=True):
        began, used = time.perf_counter(), time.thread_time()
        step(question, vector)
        wall.append(1000 * (time.perf_counter() - began))
        own.append(1000 * (time.thread_time() - used))
    return wall, own


def _recall(store: Generation, vectors: Matrix, depth: int) -> float:
    """Share of the ten nearest passages, found by comparing all, that are among the first ten of a search."""
    best = np.full((len(vectors), _RECALL_AT), -np.inf, dtype=np.float32)
    ids = np.zeros(best.shape, dtype=np.int64)
    every = store.vector_ids()
    for first in range(0, len(every), _BLOCK):
        some = every[first : first + _BLOCK]
        scores = np.concatenate([best, vectors @ store.vectors_of(some).T], axis=1)
        names = np.concatenate([ids, np.broadcast_to(some, (len(vectors), len(some)))], axis=1)
        at = np.argpartition(-scores, min(_RECALL_AT, scores.shape[1] - 1), axis=1)[:, :_RECALL_AT]
        best, ids = np.take_along_axis(scores, at, axis=1), np.take_along_axis(names, at, axis=1)
    kept = 0
    for vector, exact in zip(vectors, ids, strict=True):
        kept += len({id_ for id_, _ in store.search_dense(vector, depth)[:_RECALL_AT]} & set(exact.tolist()))
    return round(kept / (len(vectors) * min(_RECALL_AT, len(every))), 4)


if __name__ == "__main__":
    measure = {"retrieval": retrieval, "server": server}[sys.argv[1]]
    print(json.dumps(measure(Path(sys.argv[2]), Path(sys.argv[3]))))
