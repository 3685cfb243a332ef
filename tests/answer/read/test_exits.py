"""Windows that leave the reader early, by heads and thresholds that its manifest names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tiny_reader import QUESTION, copy_of, passages_of, sign, text_of

from qa.answer.read.neural import NeuralReader
from qa.errors import ModelMissing


def _with_exits(folder: Path, to: Path, **least: float) -> Path:
    """The reader with a head after its first layer as after its last, and the odds below which windows leave there."""
    copy = copy_of(folder, to)
    weights = load_file(copy / "model.safetensors")
    heads = {f"early.1.{of}": weights[f"qa_outputs.{of}"] * 0.5 for of in ("weight", "bias")}
    save_file(
        {name: tensor.clone() for name, tensor in (weights | heads).items()}, copy / "model.safetensors"
    )
    manifest = json.loads((copy / "reader.json").read_text())
    (copy / "reader.json").write_text(
        json.dumps(manifest | {"exits": {n[1:]: odds for n, odds in least.items()}})
    )
    sign(copy)
    return copy


def test_where_no_window_leaves_an_exit_changes_nothing(
    folder: Path, tmp_path: Path, reader: NeuralReader
) -> None:
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))
    early = NeuralReader(_with_exits(folder, tmp_path, _1=-1e9), precision="float32")

    assert early.read(QUESTION, passages) == reader.read(QUESTION, passages)


def test_who_leaves_keeps_what_the_early_head_told_and_the_others_are_read_to_the_end(
    folder: Path, tmp_path: Path, reader: NeuralReader
) -> None:
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))
    late = [found.odds for found in reader.find(QUESTION, passages)]
    gone = NeuralReader(_with_exits(folder, tmp_path / "all", _1=1e9), precision="float32")
    early = [found.odds for found in gone.find(QUESTION, passages)]
    stayed = [odds == pytest.approx(whole, abs=1e-4) for odds, whole in zip(early, late, strict=True)]
    assert sum(stayed) == 1  # the likeliest

    others = [
        found.candidates[0].score
        for found, stays in zip(gone.find(QUESTION, passages), stayed, strict=True)
        if not stays
    ]
    least = max(others) - 0.01  # so one more stays
    some = NeuralReader(_with_exits(folder, tmp_path / "some", _1=least), precision="float32")
    found = [found.odds for found in some.find(QUESTION, passages)]

    left = [odds == pytest.approx(before, abs=1e-4) for odds, before in zip(found, early, strict=True)]
    assert 1 <= sum(left) - sum(stayed) < 7
    for odds, whole, before, gone_early in zip(found, late, early, left, strict=True):
        assert odds == pytest.approx(before if gone_early else whole, abs=1e-4)


def test_a_passage_by_itself_is_read_to_the_end(folder: Path, tmp_path: Path, reader: NeuralReader) -> None:
    passages = passages_of(text_of(20, 1))
    early = NeuralReader(_with_exits(folder, tmp_path, _1=1e9), precision="float32")

    assert early.read(QUESTION, passages) == reader.read(QUESTION, passages)


def test_an_exit_without_its_head_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = _with_exits(folder, tmp_path, _1=0.0, _2=0.0)

    with pytest.raises(ModelMissing, match=r"early\.2\.weight"):
        NeuralReader(copy)
