"""Both stores over the same made passages: `python -m qa.lab.bench.stores --store ADDRESS --passages N`.

Passages have a hundred words drawn by Zipf's law, and vectors around centres; a question has a passage's vector, moved,
and five of its words. What is measured is what a real build and a real search do; nothing is encoded. A build's size is
that of its files, or of its tables with their indexes. Measure on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.index.catalog import Catalog, open_catalog
from qa.index.generation import Generation
from qa.index.plan import Plan
from qa.records import Article
from qa.settings import Settings
from qa.upkeep.index import Phases

from .machine import spread

Matrix = NDArray[np.float32]
DIMENSION, CENTRES, WORDS, QUESTIONS = 384, 1000, 100, 200
_VOCABULARY = 200_000
_SPREAD = 0.6  # of a vector around its centre, and of a question around its passage
_OF_AN_ARTICLE = 10  # passages
_AT = 10  # recall
_BLOCK = 20_000


class Made:
    """Passages by their number, and an encoder that knows their vectors."""

    name, checksum, dimension, max_tokens, precision = "made", "made" * 16, DIMENSION, 512, "float32"

    def __init__(self, count: int) -> None:
        self._draw = np.random.default_rng(1)
        centres = self._draw.normal(size=(CENTRES, DIMENSION)).astype(np.float32)
        self.vectors = np.empty((count, DIMENSION), dtype=np.float32)
        for first in range(0, count, _BLOCK):
            some = self.vectors[first : first + _BLOCK]
            some[:] = self._near(centres[self._draw.integers(CENTRES, size=len(some))])
        shares = 1 / np.arange(1, _VOCABULARY + 1)
        self._reached = np.cumsum(shares / shares.sum())

    def articles(self) -> Iterator[tuple[Article, list[tuple[int, int]]]]:
        for first in range(0, len(self.vectors), _OF_AN_ARTICLE):
            texts = [self.text(n) for n in range(first, min(first + _OF_AN_ARTICLE, len(self.vectors)))]
            starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
            text = " ".join(texts)
            spans = [(int(at), int(at) + len(one)) for at, one in zip(starts, texts, strict=False)]
            yield Article(id=f"{first:012d}", path=f"{first:012d}", raw=text, title="", text=text), spans

    def text(self, number: int) -> str:
        """Its number comes first: by that its vector is found."""
        draw = np.random.default_rng(number)
        words = np.searchsorted(self._reached, draw.random(WORDS))
        return f"p{number} " + " ".join(f"w{word}" for word in words)

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 0, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        return self.vectors[[int(text.partition(" ")[0][1:]) for text in texts]]

    def encode_question(self, text: str) -> Matrix:
        one: Matrix = self.encode([text])[0]
        return one

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [WORDS for _ in texts]

    def questions(self) -> list[tuple[str, Matrix]]:
        numbers = self._draw.integers(len(self.vectors), size=QUESTIONS)
        moved = self._near(self.vectors[numbers] * np.sqrt(DIMENSION))
        return [
            (" ".join(self._draw.choice(self.text(int(n)).split()[1:], size=5)), vector)
            for n, vector in zip(numbers, moved, strict=True)
        ]

    def nearest(self, vectors: Matrix) -> NDArray[np.int64]:
        """(len(vectors), 10): the numbers of the nearest, by comparing all."""
        scores = np.concatenate(
            [vectors @ self.vectors[at : at + _BLOCK].T for at in range(0, len(self.vectors), _BLOCK)], axis=1
        )
        return np.argpartition(-scores, _AT, axis=1)[:, :_AT]

    def _near(self, rows: Matrix) -> Matrix:
        moved = rows + _SPREAD * self._draw.normal(size=rows.shape).astype(np.float32)
        near: Matrix = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return near


def build(catalog: Catalog, made: Made) -> dict[str, Any]:
    phases = Phases(lambda phase, done, total: None)
    with catalog.building() as building:
        building.write(
            Plan(
                made.articles(),
                made,
                Settings(),
                before=building.look_back(made, Settings()),
                sources={"roots": [], "fingerprint": ""},
                report={},
                progress=phases,
            )
        )
    return {"build_s": phases.total(), "phases_s": phases.phases()}


def measure(store: Generation, made: Made, asked: Sequence[tuple[str, Matrix]]) -> dict[str, Any]:
    depth = Settings().candidates
    steps: dict[str, Callable[[str, Matrix], Any]] = {
        "both": lambda question, vector: store.search(question, vector, depth),
        "dense": lambda question, vector: store.search_dense(vector, depth),
        "lexical": lambda question, vector: store.search_lexical(question, depth),
    }
    told: dict[str, Any] = {}
    for name, step in steps.items():
        for question, vector in asked:
            step(question, vector)  # warm
        taken = []
        for question, vector in asked:
            began = time.perf_counter()
            step(question, vector)
            taken.append(1000 * (time.perf_counter() - began))
        told[f"{name}_ms"] = spread(taken)
    exact, right = made.nearest(np.array([vector for _, vector in asked])), 0
    for (_, vector), wanted in zip(asked, exact, strict=True):
        found = store.passages([id_ for id_, _ in store.search_dense(vector, depth)[:_AT]])
        right += len({int(p.text.partition(" ")[0][1:]) for p in found} & set(wanted.tolist()))
    return {**told, "recall_at_10": right / (_AT * len(asked))}


def alike(one: Generation, other: Generation, asked: Sequence[tuple[str, Matrix]]) -> dict[str, float]:
    """Of the first ten of the lexical list, and of its first fifty, the share that both find."""
    told = {}
    for depth in (10, 50):
        both = most = 0
        for question, _ in asked:
            found, again = (dict(store.search_lexical(question, depth)) for store in (one, other))
            both += len(found.keys() & again.keys())
            most += max(len(found), len(again))
        told[f"lexical_first_{depth}"] = round(both / max(1, most), 3)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", required=True, help="postgresql://…, a schema that may be written")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="of the local index; kept")
    parser.add_argument("--measure-only", action="store_true", help="both are there already")
    arguments = parser.parse_args()
    made = Made(arguments.passages)
    with tempfile.TemporaryDirectory() as temporary:
        places = {"files": arguments.folder or Path(temporary), "postgresql": arguments.store}
        catalogs = {name: open_catalog(place) for name, place in places.items()}
        asked = made.questions()
        for name, catalog in catalogs.items():
            told = {} if arguments.measure_only else build(catalog, made)
            told |= {"store": name, "passages": arguments.passages, "mib": round(catalog.mib())}
            print(json.dumps(told), flush=True)
        stores = {name: catalog.open() for name, catalog in catalogs.items()}
        for name, store in stores.items():
            print(json.dumps({"store": name, **measure(store, made, asked)}), flush=True)
        print(json.dumps(alike(stores["files"], stores["postgresql"], asked)))


if __name__ == "__main__":
    main()
