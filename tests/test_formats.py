"""An index made on one computer is asked on another, whatever numbers each of them computes with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from computing import FORMATS

from qa.engine import Engine
from qa.records import Passage, Span
from qa.settings import Settings
from qa.snapshot import open_encoder
from qa.upkeep.index import index

pytestmark = pytest.mark.model
WRITTEN = Path(__file__).parent / "regression"
LINES = (WRITTEN / "questions.jsonl").read_text(encoding="utf-8").splitlines()
QUESTIONS = [json.loads(line)["question"] for line in LINES][::4]


class _Silent:
    name = "silent"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        return []


@pytest.fixture(scope="module", params=FORMATS)
def built(
    request: pytest.FixtureRequest, seeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A format, and an index of all articles whose vectors were made in it."""
    data = tmp_path_factory.mktemp(request.param)
    index([seeds], data, encoder=open_encoder("all-MiniLM-L6-v2", request.param))
    return request.param, data


def _found(data: Path, precision: str) -> list[set[int]]:
    """The ids of the ten passages that each question finds."""
    encoder = open_encoder("all-MiniLM-L6-v2", precision)
    settings = Settings(precision=precision, refuse_unmentioned=False)
    engine = Engine.open(data, encoder=encoder, reader=_Silent(), settings=settings)
    return [{hit.passage.id for hit in engine.consider(question).found.hits} for question in QUESTIONS]


def test_every_format_finds_the_same_ten_passages_in_an_index_of_any_other(built: tuple[str, Path]) -> None:
    made_in, data = built
    asked_in = {precision: _found(data, precision) for precision in FORMATS}
    assert {len(ids) for ids in asked_in[made_in]} == {10}
    for found in asked_in.values():
        assert found == asked_in[made_in]


def test_the_manifest_tells_what_vectors_were_made_in(built: tuple[str, Path]) -> None:
    made_in, data = built
    assert Engine.open(data, reader=_Silent()).manifest.encoder["precision"] == [made_in]
