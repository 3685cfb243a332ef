"""How soon a changed file is answered from, among many: `qa bench live`.

Makes a folder of generated articles, indexes it, then changes one file at a time while the folder is watched as
`qa serve --watch` does, and asks until the answer names the change. Tells the seconds from writing the file to that
answer, the share of each phase of the build, and the memory before and after. Measure on a machine that does nothing
else.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.engine import Engine
from qa.ports import Encoder
from qa.settings import Settings
from qa.snapshot import open_encoder
from qa.upkeep.index import index
from qa.upkeep.keeper import Upkeep
from qa.upkeep.watch import SETTLE_SECONDS

CHANGES = 5
_QUESTION = "How many berths does the harbour of Zurabol have?"
_BERTHS = 3_000  # of the first change; like no year, which is no number of anything by itself
_PATIENCE = 120.0  # seconds after which a change counts as never answered
_WORDS, _SENTENCES, _PARAGRAPHS = 5_000, 4, 4


class _Filler:
    """An encoder's stand-in for the generated articles: random vectors cost as much to keep and to search."""

    def __init__(self, of: Encoder) -> None:
        self.name, self.checksum, self.dimension = of.name, of.checksum, of.dimension
        self.precision, self.encode_question = of.precision, of.encode_question
        self.max_tokens, self.count_tokens = of.max_tokens, of.count_tokens
        self._draw = np.random.default_rng(1)

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        vectors = self._draw.standard_normal((len(texts), self.dimension), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def generate(folder: Path, articles: int, seed: int = 1) -> None:
    """Made-up news of words with the frequencies of a language; no two alike."""
    draw = random.Random(seed)
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]
    words = ["".join(draw.choices(syllables, k=draw.randint(2, 4))) for _ in range(_WORDS)]
    weights = [1 / (rank + 10) for rank in range(_WORDS)]  # Zipf's law

    def sentence() -> str:
        return " ".join(draw.choices(words, weights, k=draw.randint(8, 18))).capitalize() + "."

    for number in range(articles):
        title = " ".join(draw.choices(words, weights, k=6)).capitalize()
        text = [" ".join(sentence() for _ in range(_SENTENCES)) for _ in range(_PARAGRAPHS)]
        (folder / f"{number:06d}.txt").write_text("\n\n".join([title, *text]) + "\n", encoding="utf-8")


def measure(articles: int, changes: int, *, encode_all: bool = False) -> dict[str, Any]:
    """encode_all: make the vectors of the generated articles too, which takes minutes. Seconds and MiB."""
    encoder = open_encoder(Settings().encoder)
    with tempfile.TemporaryDirectory() as place:
        folder, data = Path(place) / "articles", Path(place) / "data"
        folder.mkdir()
        generate(folder, articles)
        began = time.perf_counter()
        first = index([folder], data, encoder=encoder if encode_all else _Filler(encoder))
        whole = time.perf_counter() - began
        print(f"{first.articles} articles, {first.passages} passages in {whole:.1f} s", file=sys.stderr)
        engine = Engine.open(data, encoder=encoder)
        upkeep = Upkeep(data, folder, settle=SETTLE_SECONDS)
        upkeep.engine, upkeep.published = (lambda: engine), engine.refresh
        stop = threading.Event()
        watcher = threading.Thread(target=upkeep.watch, args=[stop])
        watcher.start()
        time.sleep(3 * SETTLE_SECONDS)
        upkeep.jobs.wait()
        taken, phases, memory = [], [], [_resident()]
        try:
            for change in range(changes):
                seconds = _answered(engine, folder / f"{articles // 2:06d}.txt", _BERTHS + change)
                report = upkeep.jobs.wait().report
                taken.append(seconds)
                phases.append(report.phases if report else {})
                memory.append(_resident())
                print(f"change {change + 1}: {seconds:.2f} s", file=sys.stderr)
        finally:
            stop.set()
            watcher.join()
    return {
        "articles": first.articles,
        "passages": first.passages,
        "first_build_s": round(whole, 1),
        "first_build_phases_s": first.phases,
        "answered_after_s": {
            "median": round(statistics.median(taken), 2),
            "worst": round(max(taken), 2),
            "of_it_settling": SETTLE_SECONDS,
        },
        "phases_s": {
            phase: round(statistics.median(p.get(phase, 0.0) for p in phases), 3) for phase in phases[0]
        },
        "memory_mib": {"before": memory[0], "after_first": memory[1], "after_last": memory[-1]},
    }


def _answered(engine: Engine, file: Path, berths: int) -> float:
    """Seconds from writing the file to the first answer that is taken from it."""
    began = time.perf_counter()
    text = f"The harbour of Zurabol\n\nThe harbour of Zurabol has {berths} berths. It was opened in May.\n"
    file.write_text(text, encoding="utf-8")
    while time.perf_counter() - began < _PATIENCE:
        answer = engine.ask(_QUESTION)
        if any(str(berths) in citation.sentence for citation in answer.citations):
            return time.perf_counter() - began
        time.sleep(0.1)
    return float("inf")


def _resident() -> float | None:
    """MiB of memory in use by this process, where the system tells."""
    gc.collect()
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)
