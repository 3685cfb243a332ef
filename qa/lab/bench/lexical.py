"""Engines for lexical search, side by side: `qa bench lexical --squad FILE`.

Ours (tantivy, as the index has it), SQLite's FTS5 and bm25s hold the same made passages and are asked the same real
questions, on one thread. All three stem English, leave out the same stop words and score by BM25 with k1 = 1.2 and
b = 0.75. Each builds and searches in processes of its own, so that memory is told apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import BadRequest
from qa.index.context import lexical_text
from qa.records import Passage

from .engines import ENGINES
from .machine import mib, peak_mib, resident_mib, spread
from .passages import articles_of, sentences_of
from .scale import QUESTIONS, texts_of

_COMPARED = 10  # of the first ones, how many are ours too
_SENTENCES, _ASKED = "sentences.json", "questions.json"


def compare(file: Path, counts: Sequence[int], *, questions: int = QUESTIONS) -> dict[str, Any]:
    """overlap_of_top_10: with ours. changed_s: one passage gone and one come; empty: only by building anew.

    Raises BadRequest. An engine that is not installed is left out, and named.
    """
    if min(counts) < 1:
        raise BadRequest("--passages must be at least 1.")
    paragraphs, asked = texts_of(file, questions)
    here = [name for name in ENGINES if name != "bm25s" or find_spec("bm25s")]
    rows: list[dict[str, Any]] = []
    for count in counts:
        with tempfile.TemporaryDirectory() as temporary:
            place = Path(temporary)
            (place / _SENTENCES).write_text(json.dumps(sentences_of(paragraphs)), encoding="utf-8")
            (place / _ASKED).write_text(json.dumps(asked), encoding="utf-8")
            ours: list[list[int]] = []
            for name in here:
                print(f"{name}: building and asking {count} passages", file=sys.stderr)
                told = _in_a_process("build", name, place, count) | _in_a_process(
                    "asking", name, place, count
                )
                found = told.pop("found")
                ours = ours or found
                rows.append({"passages": count, **told, "overlap_of_top_10": _overlap(found, ours)})
    absent = {"not_installed": 'bm25s: pip install "verbatim-qa[bench]"'} if len(here) < len(ENGINES) else {}
    return {"questions": len(asked), **absent, "engines": rows}


def build(name: str, place: Path, count: int) -> dict[str, Any]:
    marks = [(time.perf_counter(), time.process_time())]
    for _ in _entries(place, count):  # making the passages takes time too, which is not the engine's
        pass
    marks.append((time.perf_counter(), time.process_time()))
    engine = ENGINES[name].build(place / name, _entries(place, count))
    marks.append((time.perf_counter(), time.process_time()))
    seconds, own = (last - 2 * middle + first for first, middle, last in zip(*marks, strict=True))
    disk = sum(path.stat().st_size for path in (place / name).rglob("*") if path.is_file())
    return {
        "engine": engine,
        "build_s": round(seconds, 1),
        "build_processor_s": round(own, 1),
        "build_peak_memory_mib": peak_mib(),
        "disk_mib": mib(disk),
    }


def asking(name: str, place: Path, count: int) -> dict[str, Any]:
    """Each question twice, the second time by the clock: what it touches is in memory then."""
    asked: list[str] = json.loads((place / _ASKED).read_text(encoding="utf-8"))
    before = resident_mib() or 0.0
    engine = ENGINES[name](place / name)
    found = [engine.search(question) for question in asked]
    wall, own = [], []
    for question in asked:
        began, used = time.perf_counter(), time.thread_time()
        engine.search(question)
        wall.append(1000 * (time.perf_counter() - began))
        own.append(1000 * (time.thread_time() - used))
    memory, changed = (resident_mib() or 0.0) - before, None
    if ENGINES[name].change is not None:
        began = time.perf_counter()
        ENGINES[name].change(place / name, next(_entries(place, count)), (count, "A passage that is new."))
        changed = round(time.perf_counter() - began, 2)
    return {
        "milliseconds": spread(wall, 2),
        "milliseconds_of_processor": spread(own, 2),
        "memory_mib": round(memory, 1),
        "changed_s": changed,
        "found": [ids[:_COMPARED] for ids in found],
    }


def _entries(place: Path, count: int) -> Iterator[tuple[int, str]]:
    sentences = json.loads((place / _SENTENCES).read_text(encoding="utf-8"))
    made = (
        lexical_text(article.title, Passage(0, article.id, a, b, article.text[a:b]), with_title=True)
        for article, places in articles_of(sentences, count)
        for a, b in places
    )
    return enumerate(made)


def _overlap(found: Sequence[Sequence[int]], ours: Sequence[Sequence[int]]) -> float:
    shares = [len({*one} & {*other}) / len(other) for one, other in zip(found, ours, strict=True) if other]
    return round(float(np.mean(shares)), 3) if shares else 1.0


def _in_a_process(what: str, name: str, place: Path, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", __name__, what, name, str(place), str(count)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    measured: dict[str, Any] = json.loads(told.stdout)
    return measured


if __name__ == "__main__":
    step = {"build": build, "asking": asking}[sys.argv[1]]
    print(json.dumps(step(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
