"""What is shipped, of what was trained."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import tiny_bert
import torch
from safetensors.torch import load_file

from embeddings.bert import WORDS
from qa.answer.read.neural import NeuralReader
from qa.answer.read.spans import any_of
from qa.errors import ModelMissing
from qa.lab.train.export import export, of_checkpoint
from qa.lab.train.recipe import Recipe
from qa.lab.train.student import Student, to_bert
from qa.lab.train.trainer import Trainer
from qa.lab.train.windows import Window, collate
from qa.records import Passage

TEXT = "anna lives in rome boris lives in london"
PASSAGE = Passage(1, "a", 0, len(TEXT), TEXT)
RECIPE = Recipe(early_layers=(1,))


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbone")
    return tiny_bert.save_backbone(folder, "anna", "boris", "lives", "in", "rome", "london", "where", "is")


@pytest.fixture(scope="module")
def student(backbone: Path) -> Student:
    """With heads that say something."""
    student = Student(backbone, RECIPE.early_layers, 3)
    with torch.no_grad():
        for head in student.heads.values():
            assert isinstance(head.weight, torch.Tensor)
            head.weight.mul_(50)
    return student


@pytest.fixture(scope="module")
def folder(backbone: Path, student: Student, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    weights = to_bert(student.state_dict())
    export(weights, backbone, folder, null_threshold=1.25, words_of=str(backbone))
    return folder


def test_word_embeddings_that_are_the_encoders_are_left_to_it(folder: Path, backbone: Path) -> None:
    weights = load_file(folder / "model.safetensors")

    assert f"bert.{WORDS}" not in weights
    assert weights.keys() >= {"qa_outputs.weight", "early.1.weight", "early.1.bias"}
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert json.loads((folder / "reader.json").read_text())["words"]["of"] == str(backbone)


def test_others_are_kept(backbone: Path, student: Student, tmp_path: Path) -> None:
    weights = to_bert(student.state_dict())
    weights[f"bert.{WORDS}"] = weights[f"bert.{WORDS}"] * 1.5

    export(weights, backbone, tmp_path, words_of=str(backbone))

    assert f"bert.{WORDS}" in load_file(tmp_path / "model.safetensors")
    assert "words" not in json.loads((tmp_path / "reader.json").read_text())


def test_with_the_encoders_words_it_reads_as_with_its_own(
    folder: Path, backbone: Path, student: Student, tmp_path: Path
) -> None:
    export(to_bert(student.state_dict()), backbone, tmp_path, null_threshold=1.25)

    shared, whole = (NeuralReader(of, precision="float32") for of in (folder, tmp_path))

    assert shared.read("where is anna", [PASSAGE]) == whole.read("where is anna", [PASSAGE])


def test_an_encoder_with_other_words_is_refused(folder: Path, backbone: Path, tmp_path: Path) -> None:
    other = tiny_bert.save_backbone(tmp_path / "other", "anna", seed=2)
    told = json.loads((folder / "reader.json").read_text())
    try:
        for of, why in ((str(other), "not the ones"), (str(tmp_path / "gone"), "gone")):
            changed = told | {"words": {**told["words"], "of": of}}
            (folder / "reader.json").write_text(json.dumps(changed))
            with pytest.raises(ModelMissing, match=why):
                NeuralReader(folder, precision="float32")
    finally:
        (folder / "reader.json").write_text(json.dumps(told))


def test_it_reads_what_it_was_trained_to(folder: Path, student: Student) -> None:
    """Trained windows and read windows are the same tokens in the same places."""
    reader = NeuralReader(folder, precision="float32")
    question, text = (
        reader._tokenizer.encode(t, add_special_tokens=False).ids for t in ("where is anna", TEXT)
    )
    window = Window([2, *question, 3, *text, 3], len(question) + 2, 0, 0)
    rounded = copy.deepcopy(student).bfloat16().float()  # as it is shipped
    with torch.no_grad():
        start, end = rounded(collate([window]))[-1]

    best = reader.read("where is anna", [PASSAGE])[0]

    scores = (start[0][:, None] + end[0][None, :]).triu()
    highest = float(scores[1:, 1:].max() - start[0, 0] - end[0, 0])
    assert best.score == pytest.approx(highest, abs=1e-4)
    ((_, candidates),) = reader.find("where is anna", [PASSAGE])
    assert best.null_margin == pytest.approx(any_of(candidates) - 1.25)


def test_a_checkpoint_gives_its_weights_or_their_average(
    backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.lab.train.export.Recipe", lambda: RECIPE)
    trainer = Trainer(backbone, RECIPE)
    for tensor in trainer.average.values():
        tensor.add_(1)
    trainer.save(tmp_path / "checkpoint.pt", round=0, batch=0)

    last, average = (of_checkpoint(tmp_path / "checkpoint.pt", backbone, average=a) for a in (False, True))

    for name, tensor in average.items():
        expected = last[name] if name == f"bert.{WORDS}" else last[name] + 1
        assert torch.allclose(tensor, expected), name
