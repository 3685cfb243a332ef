"""How many passages a second an index is built with, beside plain `SentenceTransformer.encode` of the same texts.

Each side works in a process of its own (`python -m qa.lab.bench.index ours|plain`), in turn, so that neither inherits
the other's threads or caches; opening the model is counted on neither side. Ours is the whole build: reading files,
splitting, encoding, the lexical index, the check, publishing. The library's side is given its texts and its defaults.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from embeddings import models
from qa.errors import QAError
from qa.index.context import encoder_text
from qa.lab.sets import squad
from qa.lab.sets.progress import counted
from qa.settings import Settings
from qa.snapshot import open_encoder, open_store
from qa.upkeep.index import index

from .floor import Floors, Rates
from .live import generate
from .machine import significant, spread

GENERATED = 400  # articles, where no file is given
_TOP, _ASKED = 10, 500

Told = dict[str, Any]  # {"seconds", "processor_s", "phases"?}: of the clock, and of all cores together


def measure(file: Path | None, rates: Rates, *, rounds: int, articles: int = GENERATED) -> dict[str, Any]:
    """file: in SQuAD's layout, each article's paragraphs one text file; without it, made-up articles.

    times_less_processor: seconds of all cores together; they tell more where others use the machine too.
    overlap: share of the ten nearest passages, of up to 500 passages as questions, on which the vectors of both
    sides agree. floor_per_s: passages a second if the encoder's operations ran at the full rate of all cores.
    """
    with TemporaryDirectory() as folder:
        place = Path(folder)
        source = place / "articles"
        source.mkdir()
        if file is None:
            generate(source, articles)
        else:
            _write(source, file)
        texts_file, ours_file, plain_file = (place / name for name in ("texts.json", "ours.npy", "plain.npy"))
        ours, plain = [], []
        for number in counted(range(rounds), "indexing"):
            ours.append(_apart("ours", source, place / f"data{number}", texts_file, ours_file))
            plain.append(_apart("plain", texts_file, plain_file))
        overlap = agreement(np.load(ours_file), np.load(plain_file))
        texts: list[str] = json.loads(texts_file.read_text(encoding="utf-8"))
    floor = Floors(rates, open_encoder(Settings().encoder), len(texts)).encode(texts)
    seconds = {
        "whole build": [told["seconds"] for told in ours],
        "its encoding": [told["phases"]["encode"] for told in ours],
        "SentenceTransformer.encode": [told["seconds"] for told in plain],
    }
    return {
        "texts": file.name if file else f"{articles} made-up articles",
        "passages": len(texts),
        "rounds": rounds,
        "passages_per_s": [
            {"what": what, **spread([len(texts) / one for one in taken])} | _beside(len(texts), taken, floor)
            for what, taken in seconds.items()
        ],
        "times_faster": _times(ours, plain, "seconds"),
        "times_less_processor": _times(ours, plain, "processor_s"),
        "overlap_of_top_10": round(overlap, 4),
        "phases_s": {
            phase: round(statistics.median(told["phases"].get(phase, 0.0) for told in ours), 3)
            for phase in ours[0]["phases"]
        },
    }


def agreement(ours: Any, plain: Any) -> float:
    """Share of each passage's ten nearest others by `plain`, float32 (n, d), that `ours` finds too."""
    asked = np.arange(0, len(plain), max(1, len(plain) // _ASKED))
    nearest = [np.argsort(-(vectors[asked] @ vectors.T), axis=1)[:, : _TOP + 1] for vectors in (ours, plain)]
    shared = total = 0
    for row, *both in zip(asked.tolist(), *nearest, strict=True):
        a, b = ({*found.tolist()} - {row} for found in both)
        shared, total = shared + len(a & b), total + len(b)
    return shared / total if total else 1.0


def _times(ours: Sequence[Told], plain: Sequence[Told], what: str) -> dict[str, float]:
    return spread([b[what] / a[what] for a, b in zip(ours, plain, strict=True)], 2)


def _beside(passages: int, seconds: Sequence[float], floor: float) -> dict[str, float]:
    return {
        "floor_per_s": round(passages / floor, 1),
        "times_floor": significant(statistics.median(seconds) / floor),
    }


def _write(folder: Path, file: Path) -> None:
    """One text file an article, its paragraphs apart."""
    articles: dict[str, list[str]] = {}
    for paragraph in squad.read(file):
        articles.setdefault(paragraph.title, []).append(paragraph.context)
    for number, (title, paragraphs) in enumerate(articles.items()):
        text = "\n\n".join([title.replace("_", " "), *dict.fromkeys(paragraphs)])
        (folder / f"{number:04d}.txt").write_text(text + "\n", encoding="utf-8")


def _apart(side: str, *files: Path) -> Told:
    command = [sys.executable, "-m", "qa.lab.bench.index", side, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise QAError(f"The {side} side of the measurement failed. It said: {done.stderr.strip()}")
    told: Told = json.loads(done.stdout)
    return told


def _ours(source: Path, data: Path, texts_file: Path, vectors_file: Path) -> Told:
    settings = Settings()
    encoder = open_encoder(settings.encoder)
    encoder.encode(["warm"])
    began, used = time.perf_counter(), time.process_time()
    report = index([source], data, settings=settings, encoder=encoder)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    store = open_store(data)
    titled = list(store.titled_passages())
    texts = [encoder_text(title, of, with_title=settings.title_in_vectors) for title, of in titled]
    texts_file.write_text(json.dumps(texts), encoding="utf-8")
    np.save(vectors_file, store.vectors_of([passage.id for _, passage in titled]))
    store.close()
    return {"seconds": seconds, "processor_s": processor, "phases": report.phases}


def _plain(texts_file: Path, vectors_file: Path) -> Told:
    from sentence_transformers import SentenceTransformer

    texts = json.loads(texts_file.read_text(encoding="utf-8"))
    model = SentenceTransformer(str(models.find(Settings().encoder)), device="cpu")
    model.encode(["warm"])
    began, used = time.perf_counter(), time.process_time()
    vectors = model.encode(texts)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    np.save(vectors_file, np.asarray(vectors, dtype=np.float32))
    return {"seconds": seconds, "processor_s": processor}


_SIDES: dict[str, Callable[..., Told]] = {"ours": _ours, "plain": _plain}

if __name__ == "__main__":
    print(json.dumps(_SIDES[sys.argv[1]](*map(Path, sys.argv[2:]))))
