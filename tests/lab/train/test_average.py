from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from embeddings.models import sha256
from qa.lab.train.average import average, between


def test_each_weight_lies_the_share_of_the_way_between() -> None:
    one, other = {"w": torch.tensor([0.0, 2.0])}, {"w": torch.tensor([4.0, -2.0])}

    assert between(one, other, 0.25)["w"].tolist() == [1.0, 1.0]
    assert between(one, other, 0.0)["w"].tolist() == [0.0, 2.0]
    assert between(one, other, 0.25)["w"].dtype == torch.bfloat16


def test_readers_of_another_build_are_not_averaged() -> None:
    with pytest.raises(ValueError, match="beginning with w"):
        between({"w": torch.zeros(2)}, {"w": torch.zeros(3)}, 0.5)
    with pytest.raises(ValueError, match="beginning with more"):
        between({"w": torch.zeros(2)}, {"w": torch.zeros(2), "more": torch.zeros(1)}, 0.5)


def _reader(folder: Path, weight: float) -> Path:
    folder.mkdir()
    save_file({"w": torch.full((2,), weight, dtype=torch.bfloat16)}, folder / "model.safetensors")
    for name in ("config.json", "tokenizer.json"):
        (folder / name).write_text(f'"{name}"')
    told = {"null_threshold": 1.5, "files": {"model.safetensors": "another", "config.json": ""}}
    (folder / "reader.json").write_text(json.dumps(told))
    return folder


def test_what_is_written_names_its_own_checksums(tmp_path: Path) -> None:
    to = tmp_path / "between"

    average(_reader(tmp_path / "one", 1.0), _reader(tmp_path / "other", 3.0), 0.5, to)

    told = json.loads((to / "reader.json").read_text())
    assert load_file(to / "model.safetensors")["w"].tolist() == [2.0, 2.0]
    assert told["files"] == {name: sha256(to / name) for name in ("model.safetensors", "config.json")}
    assert told["null_threshold"] == 1.5
    assert (to / "tokenizer.json").read_text() == '"tokenizer.json"'
