"""Thousands of passages, where the graph and the rare terms decide: found as by comparing all, within filters too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from database import Database
from fakes import article

from qa.filters import Filters
from qa.index.catalog import open_catalog
from qa.index.generation import Generation
from qa.index.plan import Plan
from qa.ports import Encoder
from qa.records import Article
from qa.settings import Settings

COUNT, DIMENSION = 6_000, 48
DRAW = np.random.default_rng(3)
CENTRES = DRAW.normal(size=(60, DIMENSION))
SHARES = 1 / np.arange(1, 3001)  # of words, after Zipf's law


class _Vectors:
    """Around centres; the same for the same text."""

    name, checksum, dimension, max_tokens, precision = "centres", "0" * 64, DIMENSION, 256, "float32"

    def encode(self, texts: list[str], **_: object) -> np.ndarray:
        rows = [self.encode_question(text) for text in texts]
        return np.array(rows, dtype=np.float32)

    def encode_question(self, text: str) -> np.ndarray:
        draw = np.random.default_rng(int.from_bytes(text.encode()[:60], "big"))
        row = CENTRES[draw.integers(len(CENTRES))] + 0.7 * draw.normal(size=DIMENSION)
        unit: np.ndarray = (row / np.linalg.norm(row)).astype(np.float32)
        return unit

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [1 for _ in texts]


def _articles() -> list[Article]:
    words = DRAW.choice(len(SHARES), size=(COUNT, 20), p=SHARES / SHARES.sum())
    made = []
    for number in range(COUNT):
        text = f"n{number} " + " ".join(f"w{word}" for word in words[number])
        of_few = number % 100 == 0
        made.append(
            replace(
                article(text, path=f"{'few' if of_few else 'many'}/{number}.txt"),
                published=date(2020 + number % 2, 1, 1),
                source="BBC" if number % 10 else "TASS",
            )
        )
    return made


@pytest.fixture(scope="module")
def stores(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Generation, Generation]]:
    """(in PostgreSQL, in files, where all are compared)"""
    encoder: Encoder = _Vectors()  # type: ignore[assignment]
    articles = _articles()
    folder = tmp_path_factory.mktemp("larger")
    with database.schema() as address:
        for where in (address, folder):
            with open_catalog(where).building() as building:
                building.write(
                    Plan(
                        [(one, [(0, len(one.text))]) for one in articles],
                        encoder,
                        Settings(),
                        before=building.look_back(encoder, Settings()),
                        sources={"roots": []},
                        report={},
                        progress=lambda phase, done, total: None,
                    )
                )
        opened = open_catalog(address).open(), open_catalog(Path(folder)).open()
        yield opened
        for store in opened:
            store.close()


WITHIN = [
    None,
    [Filters(source="bbc")],  # nine tenths
    [Filters(published_after=date(2021, 1, 1))],
    [Filters(folder="few")],  # 120
    [Filters(date(2021, 1, 1), date(2021, 1, 1), "TASS")],  # none: these are of even numbers
    [Filters(folder="few"), Filters(source="tass")],
]


@pytest.mark.parametrize("within", WITHIN)
def test_the_nearest_are_found(stores: tuple[Generation, Generation], within: list[Filters] | None) -> None:
    asked = [_Vectors().encode_question(f"question {number}") for number in range(40)]
    found, exact = ([store.search_dense(vector, 10, within) for vector in asked] for store in stores)
    assert [len(one) for one in found] == [len(one) for one in exact]
    right = sum(len(dict(one).keys() & dict(other).keys()) for one, other in zip(found, exact, strict=True))
    assert right >= 0.98 * sum(map(len, exact))
    for one, other in zip(found, exact, strict=True):
        scores = dict(other)
        assert all(score == pytest.approx(scores.get(id_, score), abs=2e-3) for id_, score in one)


@pytest.mark.parametrize("within", WITHIN)
def test_rare_words_are_found_and_what_has_more_of_them_comes_first(
    stores: tuple[Generation, Generation], within: list[Filters] | None
) -> None:
    for question in ("w900 w1200 w1500 w0", "n77", "n4200 w1", "w2999"):
        found, exact = (
            stores[0].search_lexical(question, 10, within),
            stores[1].search_lexical(question, COUNT, within),
        )
        assert len(found) == min(10, len(exact))
        assert all(id_ in dict(exact) for id_, _ in found)
        # A word that stands twice in a passage counts once here, so the best may be another that is nearly as good.
        assert not found or dict(exact)[found[0][0]] >= 0.7 * exact[0][1]


def test_common_words_alone_find_passages_with_both(stores: tuple[Generation, Generation]) -> None:
    store, _ = stores
    found = store.search_lexical("w0 w1", 10)
    assert len(found) == 10
    for passage in store.passages([id_ for id_, _ in found]):
        assert {"w0", "w1"} <= set(passage.text.split())
