"""Retrieval over ever more passages: `qa bench scale --squad FILE`.

FILE: in SQuAD's layout. To encode a million passages takes hours, so only the file's paragraphs and questions are
encoded, once, and passages are made of them. Questions are real, and so are their vectors. Everything else is what a
real build and a real search do. Measure on a machine that does nothing else.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import BadRequest
from qa.index.local import LEXICAL, VECTORS
from qa.lab.sets.collection import put_into_service
from qa.lab.sets.squad import Paragraph, read
from qa.ports import Encoder
from qa.settings import Settings
from qa.snapshot import open_encoder
from qa.upkeep.index import Phases

from .machine import forget_peak, mib, peak_mib
from .passages import Mixer, articles_of, sentences_of
from .retrieval import ASKED, ASKED_VECTORS, in_a_process

Matrix = NDArray[np.float32]
COUNTS, QUESTIONS = (10_000, 100_000, 1_000_000), 500
_EVERY = 15.0  # seconds between two lines about the same phase


def texts_of(file: Path, questions: int) -> tuple[list[Paragraph], list[str]]:
    """The file's paragraphs, and so many of its questions, always the same. Raises BadRequest where it has none."""
    paragraphs = read(file)
    asked = [question.text for paragraph in paragraphs for question in paragraph.questions]
    if not asked:
        raise BadRequest("There is no question in this file.")
    random.Random(1).shuffle(asked)
    return paragraphs, asked[:questions]


def run(
    file: Path,
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
    paragraphs, asked = texts_of(file, questions)
    encoder = encoder or open_encoder(settings.encoder)
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        real, vectors = _encoded(place, encoder, [p.context for p in paragraphs], asked)
        (place / ASKED).write_text(json.dumps(asked), encoding="utf-8")
        np.save(place / ASKED_VECTORS, vectors)
        sentences = sentences_of(paragraphs)
        measured = []
        for count in counts:
            data, built = place / str(count), None
            if not (data / "CURRENT").exists():
                built = _build(data, sentences, count, Mixer(encoder, real), settings)
                (data / "built.json").write_text(json.dumps(built), encoding="utf-8")
            built = json.loads((data / "built.json").read_text(encoding="utf-8"))
            measured.append({"passages": count, **built, **in_a_process("retrieval", data, place)})
            if server:
                measured[-1] |= in_a_process("server", data, place)
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
    """build_peak_memory_mib: of this process while it builds, with its encoder."""
    print(f"building {count} passages", file=sys.stderr)
    forget_peak()
    phases = Phases(_Lines())
    built = put_into_service(data, articles_of(sentences, count), encoder, settings, phases)
    sizes = {name: told["bytes"] for name, told in built.manifest.files.items()}
    parts = {
        part: sum(size for name, size in sizes.items() if name.split("/")[0] == part)
        for part in (VECTORS, LEXICAL)
    }
    return {
        "build_s": phases.total(),
        "build_phases_s": phases.phases(),
        "build_peak_memory_mib": peak_mib(),
        "disk_mib": {
            **{part: mib(size) for part, size in parts.items()},
            "articles": mib(sum(sizes.values()) - sum(parts.values())),
            "all": mib(sum(sizes.values())),
        },
    }


class _Lines:
    """A line for each phase on stderr, and now and then how far it is: a build of this size runs in the background."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._seen: set[str] = set()

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.perf_counter()
        if phase in self._seen and now - self._last < _EVERY:
            return
        far = (f" {done} of {total}" if total else f" {done}") if done else ""
        print(f"{now - self._began:7.1f} s  {phase}{far}", file=sys.stderr, flush=True)
        self._seen.add(phase)
        self._last = now
