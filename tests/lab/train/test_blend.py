"""The mean of a student and of the reader that it went on from."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_bert
import torch

from qa.lab.train import blend as command
from qa.lab.train.blend import blend
from qa.lab.train.export import export
from qa.lab.train.recipe import Recipe
from qa.lab.train.student import of_folder, to_bert
from qa.lab.train.trainer import Trainer


def test_each_weight_is_the_mean_at_its_share_and_what_is_new_stays() -> None:
    trained = {"a": torch.tensor([1.0, 2.0]), "new": torch.tensor([5.0])}

    found = blend(trained, {"a": torch.tensor([3.0, -2.0]), "gone": torch.tensor([9.0])}, 0.75)

    assert found["a"].tolist() == [1.5, 1.0]
    assert found["new"].tolist() == [5.0] and found.keys() == trained.keys()


def test_a_checkpoint_and_its_reader_become_a_checkpoint_between_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backbone = tiny_bert.save_backbone(tmp_path / "backbone", "anna", "rome")
    before = Trainer(backbone, Recipe(early_layers=()))
    reader = tmp_path / "reader"
    export(to_bert(before.weights(average=False)), backbone, reader)
    after = Trainer(backbone, Recipe(early_layers=(1,)))
    with torch.no_grad():
        for tensor in (*after.masters.values(), *after.average.values()):
            tensor += 1.0
    after.save(tmp_path / "after.pt", round=3, batch=5)
    to = tmp_path / "blended" / "checkpoint.pt"
    monkeypatch.setattr("sys.argv", f"blend {tmp_path}/after.pt --with {reader} --to {to}".split())

    command.main()

    kept = Trainer(backbone, Recipe(early_layers=(1,)))
    told = kept.restore(to)
    assert (told["round"], told["batch"]) == (3, 5)
    known = of_folder(reader)
    for name, tensor in kept.masters.items():
        expected = (
            after.masters[name] if name.startswith("heads.1.") else (after.masters[name] + known[name]) / 2
        )
        assert torch.allclose(tensor, expected), name
    assert "heads.1.weight" in capsys.readouterr().out


def test_a_share_is_between_none_and_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", "blend c.pt --to b.pt --share 1.5".split())

    with pytest.raises(SystemExit):
        command.main()

    assert "between 0 and 1" in capsys.readouterr().err
