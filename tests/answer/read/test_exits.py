"""Windows that leave the reader early, by estimates that its folder holds."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tiny_reader import QUESTION, copy_of, passages_of, sign, text_of

from embeddings.early import Estimate
from qa.answer.read.neural import ESTIMATES, NeuralReader
from qa.errors import ModelMissing

SIZE = 32  # of the tiny reader's states


def _with_exits(
    folder: Path, to: Path, least: Mapping[str, float], estimates: tuple[str, ...] = ("1",)
) -> Path:
    """The reader with estimates of random weights after some layers, and the log odds below which windows leave."""
    copy = copy_of(folder, to)
    torch.manual_seed(1)
    made = {layer: Estimate(SIZE).state_dict() for layer in estimates}
    save_file({f"{layer}.{n}": t for layer, of in made.items() for n, t in of.items()}, copy / ESTIMATES)
    manifest = json.loads((copy / "reader.json").read_text())
    manifest["files"][ESTIMATES] = ""
    (copy / "reader.json").write_text(json.dumps(manifest | {"exits": dict(least)}))
    sign(copy)
    return copy


def test_where_no_window_leaves_an_exit_changes_nothing(
    folder: Path, tmp_path: Path, reader: NeuralReader
) -> None:
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))
    early = NeuralReader(_with_exits(folder, tmp_path, {"1": -1e9}), precision="float32")

    assert early.read(QUESTION, passages) == reader.read(QUESTION, passages)


def test_what_stays_is_read_as_without_exits(folder: Path, tmp_path: Path, reader: NeuralReader) -> None:
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))
    early = NeuralReader(_with_exits(folder, tmp_path, {"1": 0.0}), precision="float32")
    ((estimate, _),) = early._exits.values()
    for least in range(-600, 601, 2):
        early._exits = {1: (estimate, least / 1000)}
        found = early.read(QUESTION, passages)
        stayed = {span.passage.id for span in found}
        if len(stayed) <= 4:
            break

    whole = [span for span in reader.read(QUESTION, passages) if span.passage.id in stayed]
    assert 0 < len(stayed) <= 4
    assert [(s.passage.id, s.start, s.end) for s in found] == [(s.passage.id, s.start, s.end) for s in whole]
    assert [s.score for s in found] == pytest.approx([s.score for s in whole], abs=1e-4)


def test_of_passages_that_all_leave_nothing_is_told(folder: Path, tmp_path: Path) -> None:
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))
    hasty = NeuralReader(_with_exits(folder, tmp_path, {"1": 1e9}), precision="float32")

    assert hasty.read(QUESTION, passages) == []
    assert [(found.odds, found.candidates) for found in hasty.find(QUESTION, passages)] == [
        (-math.inf, [])
    ] * 8


def test_the_less_is_asked_the_more_stay(folder: Path, tmp_path: Path) -> None:
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))
    reader = NeuralReader(_with_exits(folder, tmp_path, {"1": 0.0}), precision="float32")
    ((estimate, _),) = reader._exits.values()
    stay = []
    for least in range(-600, 601, 2):
        reader._exits = {1: (estimate, least / 1000)}
        stay.append({span.passage.id for span in reader.read(QUESTION, passages)})

    assert all(before >= after for before, after in pairwise(stay))
    assert len(stay[0]) == 8 and len(stay[-1]) == 0 and len({len(some) for some in stay}) > 3


def test_a_passage_by_itself_is_read_to_the_end(folder: Path, tmp_path: Path, reader: NeuralReader) -> None:
    passages = passages_of(text_of(20, 1))
    hasty = NeuralReader(_with_exits(folder, tmp_path, {"1": 1e9}), precision="float32")

    assert hasty.read(QUESTION, passages) == reader.read(QUESTION, passages)


def test_it_tells_through_how_many_layers_each_passage_is_read(folder: Path, tmp_path: Path) -> None:
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))
    reader = NeuralReader(_with_exits(folder, tmp_path, {"1": 0.0}), precision="float32")
    ((estimate, _),) = reader._exits.values()
    whole = reader._bert.layers
    for least in range(-600, 601, 50):
        reader._exits = {1: (estimate, least / 1000)}
        told: dict[int, int] = {}
        stayed = {span.passage.id for span in reader.read(QUESTION, passages, told)}
        assert told == {passage.id: whole if passage.id in stayed else 1 for passage in passages}
    alone: dict[int, int] = {}
    reader.read(QUESTION, passages[:1], alone)
    assert whole > 1 and alone == {passages[0].id: whole}


def test_an_exit_without_its_estimate_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = _with_exits(folder, tmp_path, {"1": 0.0, "2": 0.0})

    with pytest.raises(ModelMissing, match=r"narrowed\.weight"):
        NeuralReader(copy)


def test_an_estimate_looks_at_a_windows_own_tokens_alone() -> None:
    torch.manual_seed(2)
    estimate, states = Estimate(SIZE), torch.randn(2, 6, SIZE)
    lengths = torch.tensor([4, 6])
    padded = states.clone()
    padded[0, 4:] = 7.0

    with torch.inference_mode():
        told, again = estimate(states, lengths), estimate(padded, lengths)
        alone = estimate(states[:1, :4], lengths[:1])

    assert told.shape == (2,) and torch.equal(told, again)
    assert float(alone) == pytest.approx(float(told[0]), abs=1e-5)
