"""Retrieval over ever more passages: `qa bench scale --squad FILE`.

FILE: in SQuAD's layout. To encode a million passages takes hours, so only the files' paragraphs and questions are
encoded, once. A made passage has sentences of theirs, put together anew, so that words are as frequent as in real
text; its vector is a mixture of two real paragraphs' vectors with noise, of unit length. Questions are real, and so are
their vectors. Everything else is what a real build and a real search do. Measure on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..answer.retrieve import retrieve
from ..engine import Engine, open_encoder, open_store
from ..errors import BadRequest
from ..index.before import look_back
from ..index.build import build
from ..index.local import LEXICAL, VECTORS, LocalStore
from ..index.publish import building
from ..indexing import Phases
from ..ingest.sentences import sentence_spans
from ..ports import Encoder
from ..records import Article
from ..settings import Settings
from .bench_machine import machine, spread
from .squad import read

Matrix = NDArray[np.float32]
COUNTS, QUESTIONS = (10_000, 100_000, 1_000_000), 500
_WORDS = 100  # in a passage: what 160 tokens hold
_PASSAGES = 8  # in an article
_NOISE = 0.3  # length of the noise beside a mixture of about unit length
_RECALL_AT = 10
_BLOCK = 20_000
_ASKED = 50  # questions after which an engine's memory is read


class Mixer:
    """An encoder's stand-in for made passages."""

    def __init__(self, of: Encoder, real: Matrix) -> None:
        self.name, self.checksum, self.dimension = of.name, of.checksum, of.dimension
        self.max_tokens, self.count_tokens = of.max_tokens, of.count_tokens
        self._real, self._draw = real, np.random.default_rng(1)

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 32, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        """share · a + (1 - share) · b + noise, of unit length; a, b: real vectors, share: even from 1/2 to 1."""
        one, other = (self._real[self._draw.integers(len(self._real), size=len(texts))] for _ in range(2))
        share = self._draw.uniform(0.5, 1.0, size=(len(texts), 1)).astype(np.float32)
        noise = self._draw.standard_normal(one.shape, dtype=np.float32) * (_NOISE / self.dimension**0.5)
        mixed = share * one + (1 - share) * other + noise
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def passages_of(sentences: Sequence[str], seed: int) -> Iterator[tuple[Article, list[tuple[int, int]]]]:
    """Articles without end, each with the places of its passages."""
    draw = random.Random(seed)
    for number in range(10**9):
        parts: list[str] = []
        for _ in range(_PASSAGES):
            words, chosen = 0, []
            while words < _WORDS:
                chosen.append(draw.choice(sentences))
                words += chosen[-1].count(" ") + 1
            parts.append(" ".join(chosen))
        text, places, at = "\n\n".join(parts), [], 0
        for part in parts:
            places.append((at, at + len(part)))
            at += len(part) + 2
        title = " ".join(draw.choice(sentences).split()[:6])
        id_ = hashlib.sha256(text.encode()).hexdigest()[:16]
        yield Article(id=id_, path=f"{number:07d}.txt", raw=text, title=title, text=text), places


def run(
    files: Sequence[Path],
    counts: Sequence[int] = COUNTS,
    *,
    questions: int = QUESTIONS,
    folder: Path | None = None,
    settings: Settings | None = None,
    encoder: Encoder | None = None,
    server: bool = True,
) -> dict[str, Any]:
    """Build and measure an index for each of `counts`. Raises BadRequest.

    folder: keep the indexes there, and measure again what is there already. server: also measure the memory of an
    engine with all its models, which the encoder must be one of.
    """
    settings = settings or Settings()
    if not counts or min(counts) < 1 or questions < 1:
        raise BadRequest("--passages and --questions must be at least 1.")
    paragraphs = [paragraph for file in files for paragraph in read(file)]
    asked = [question.text for paragraph in paragraphs for question in paragraph.questions]
    if not asked:
        raise BadRequest("There is no question in these files.")
    random.Random(1).shuffle(asked)
    asked = asked[:questions]
    encoder = encoder or open_encoder(settings.encoder)
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        real, vectors = _encoded(place, encoder, [p.context for p in paragraphs], asked)
        (place / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
        np.save(place / "questions.npy", vectors)
        sentences = [p.context[a:b] for p in paragraphs for a, b in sentence_spans(p.context)]
        measured = []
        for count in counts:
            data, built = place / str(count), None
            if not (data / "CURRENT").exists():
                built = _build(data, sentences, count, Mixer(encoder, real), settings)
                (data / "built.json").write_text(json.dumps(built), encoding="utf-8")
            built = json.loads((data / "built.json").read_text(encoding="utf-8"))
            measured.append({"passages": count, **built, **_in_a_process("retrieval", data, place)})
            if server:
                measured[-1] |= _in_a_process("server", data, place)
    return {
        "made": "passages of real sentences put together anew; vectors that mix two real ones; real questions",
        "real_paragraphs": len(paragraphs),
        "questions": len(asked),
        "scale": measured,
    }


def _encoded(
    place: Path, encoder: Encoder, paragraphs: Sequence[str], asked: Sequence[str]
) -> tuple[Matrix, Matrix]:
    """Vectors of the paragraphs and the questions, kept in `place` for the next time."""
    file = place / f"real-{encoder.checksum[:12]}-{len(paragraphs)}-{len(asked)}.npz"
    if not file.exists():
        print(f"encoding {len(paragraphs)} paragraphs", file=sys.stderr)
        np.savez(file, paragraphs=encoder.encode(paragraphs), questions=encoder.encode(asked))
    with np.load(file) as kept:
        return kept["paragraphs"], kept["questions"]


def _build(
    data: Path, sentences: Sequence[str], count: int, encoder: Encoder, settings: Settings
) -> dict[str, Any]:
    print(f"building {count} passages", file=sys.stderr)
    made = passages_of(sentences, seed=count)
    cut: list[tuple[Article, list[tuple[int, int]]]] = []
    left = count
    while left:
        article, places = next(made)
        cut.append((article, places[:left]))
        left -= len(cut[-1][1])
    phases = Phases(lambda phase, done, total: None)
    with building(data) as aside:
        built = build(
            data,
            aside,
            cut,
            encoder,
            settings,
            before=look_back(data, encoder, settings),
            sources={"roots": [], "fingerprint": ""},
            report={"files_read": len(cut), "duplicates": 0, "rejected": []},
            progress=phases,
        )
    sizes = {name: told["bytes"] for name, told in built.manifest.files.items()}
    parts = {
        part: sum(size for name, size in sizes.items() if name.split("/")[0] == part)
        for part in (VECTORS, LEXICAL)
    }
    return {
        "build_s": phases.total(),
        "build_phases_s": phases.phases(),
        "disk_mib": {
            **{part: _mib(size) for part, size in parts.items()},
            "articles": _mib(sum(sizes.values()) - sum(parts.values())),
            "all": _mib(sum(sizes.values())),
        },
    }


def _in_a_process(what: str, data: Path, place: Path) -> dict[str, Any]:
    """Measured by a process of its own, whose memory holds nothing of the build."""
    command = [sys.executable, "-m", "qa.lab.bench_scale", "--measure", what, str(data), str(place)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    measured: dict[str, Any] = json.loads(told.stdout)
    return measured


def server(data: Path, place: Path) -> dict[str, Any]:
    """An engine over the index in `data`, with all its models, after questions of those in `place`."""
    asked: list[str] = json.loads((place / "questions.json").read_text(encoding="utf-8"))
    began = time.perf_counter()
    engine = Engine.open(data)
    engine.ask(asked[0])
    first = time.perf_counter() - began
    for question in asked[1:_ASKED]:
        engine.ask(question)
    return {"server_first_answer_s": round(first, 2), "server_memory_mib": _resident()}


def retrieval(data: Path, place: Path) -> dict[str, Any]:
    """Of the index in `data`, with the questions in `place`."""
    settings = Settings()
    asked: list[str] = json.loads((place / "questions.json").read_text(encoding="utf-8"))
    vectors: Matrix = np.load(place / "questions.npy")
    before, began = _resident(), time.perf_counter()
    store = open_store(data, settings)
    opened = time.perf_counter() - began

    def whole(question: str, vector: Matrix) -> object:
        return retrieve(
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
    after = _resident()
    return {
        "open_s": round(opened, 3),
        "lists": store.vectors.lists,
        "probes": settings.probes if store.vectors.lists else None,
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


def _recall(store: LocalStore, vectors: Matrix, depth: int) -> float:
    """Share of the ten nearest passages, found by comparing all, that are among the first ten of a search."""
    best = np.full((len(vectors), _RECALL_AT), -np.inf, dtype=np.float32)
    ids = np.zeros(best.shape, dtype=np.int64)
    every = store.vectors.ids()
    for first in range(0, len(every), _BLOCK):
        some = every[first : first + _BLOCK]
        scores = np.concatenate([best, vectors @ store.vectors.get(some).T], axis=1)
        names = np.concatenate([ids, np.broadcast_to(some, (len(vectors), len(some)))], axis=1)
        at = np.argpartition(-scores, min(_RECALL_AT, scores.shape[1] - 1), axis=1)[:, :_RECALL_AT]
        best, ids = np.take_along_axis(scores, at, axis=1), np.take_along_axis(names, at, axis=1)
    kept = 0
    for vector, exact in zip(vectors, ids, strict=True):
        kept += len({id_ for id_, _ in store.search_dense(vector, depth)[:_RECALL_AT]} & set(exact.tolist()))
    return round(kept / (len(vectors) * min(_RECALL_AT, len(every))), 4)


def _resident() -> float | None:
    """MiB of memory in use by this process, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return _mib(pages * os.sysconf("SC_PAGE_SIZE"))


def _mib(size: int) -> float:
    return round(size / 2**20, 1)


_MEASURES = {"retrieval": retrieval, "server": server}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m qa.lab.bench_scale", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="files in SQuAD's layout")
    parser.add_argument("--passages", type=int, nargs="+", default=list(COUNTS), metavar="N")
    parser.add_argument("--questions", type=int, default=QUESTIONS, metavar="N", help=f"default: {QUESTIONS}")
    parser.add_argument("--folder", type=Path, help="keep what is built there, and measure again what is")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        what, data, place = options.measure
        print(json.dumps(_MEASURES[what](Path(data), Path(place))))
        return
    told = run(options.files, options.passages, questions=options.questions, folder=options.folder)
    print(json.dumps({"machine": machine(), **told}, indent=2))


if __name__ == "__main__":
    main()
