"""The student, beside transformers' model of the same weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_bert
import torch
from safetensors.torch import load_file
from transformers import BertForQuestionAnswering

from embeddings.bert import WORDS
from qa.lab.train.export import export
from qa.lab.train.student import RULED_OUT, Student, to_bert


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.save_backbone(tmp_path_factory.mktemp("backbone"), "anna", "rome")


@pytest.fixture(scope="module")
def batch() -> dict[str, torch.Tensor]:
    """Two windows, the second padded; questions of two and of one token."""
    return {
        "ids": torch.tensor([[2, 9, 11, 3, 12, 13, 14, 3], [2, 9, 3, 15, 16, 3, 0, 0]]),
        "types": torch.tensor([[0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 0, 0]]),
        "mask": torch.tensor([[1] * 8, [1] * 6 + [0] * 2]),
        "allowed": torch.tensor([[1, 0, 0, 0, 1, 1, 1, 0], [1, 0, 0, 1, 1, 0, 0, 0]]).bool(),
    }


def test_its_last_head_scores_as_transformers_does(
    backbone: Path, batch: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    student = Student(backbone, early=(1,), seed=3)
    theirs = BertForQuestionAnswering.from_pretrained(str(backbone), attn_implementation="eager")
    theirs.eval()  # type: ignore[no-untyped-call]
    told = to_bert(student.state_dict())
    assert not theirs.load_state_dict(told, strict=False).missing_keys

    with torch.no_grad():
        starts, ends = student(batch)[-1]
        out = theirs(input_ids=batch["ids"], token_type_ids=batch["types"], attention_mask=batch["mask"])

    allowed = batch["allowed"]
    assert starts[allowed].tolist() == pytest.approx(out.start_logits[allowed].tolist(), abs=1e-5)
    assert ends[allowed].tolist() == pytest.approx(out.end_logits[allowed].tolist(), abs=1e-5)


def test_an_early_head_scores_the_states_of_its_own_layer(
    backbone: Path, batch: dict[str, torch.Tensor]
) -> None:
    student = Student(backbone, early=(1,), seed=3)
    theirs = BertForQuestionAnswering.from_pretrained(str(backbone), attn_implementation="eager")
    theirs.eval()  # type: ignore[no-untyped-call]
    told = to_bert(student.state_dict())

    with torch.no_grad():
        early, _ = student(batch)
        states = theirs.bert(
            batch["ids"], batch["mask"], batch["types"], output_hidden_states=True
        ).hidden_states[1]
        expected = torch.nn.functional.linear(states, told["early.1.weight"], told["early.1.bias"])

    allowed = batch["allowed"]
    assert early[0][allowed].tolist() == pytest.approx(expected[..., 0][allowed].tolist(), abs=1e-5)
    assert early[1][allowed].tolist() == pytest.approx(expected[..., 1][allowed].tolist(), abs=1e-5)


def test_question_and_padding_are_ruled_out_by_every_head(
    backbone: Path, batch: dict[str, torch.Tensor]
) -> None:
    with torch.no_grad():
        heads = Student(backbone, early=(1,), seed=3)(batch)

    assert len(heads) == 2
    for scores in heads:
        for of in scores:
            assert torch.equal(of == RULED_OUT, ~batch["allowed"])


def test_it_begins_with_the_backbones_weights_and_keeps_its_words(backbone: Path) -> None:
    student = Student(backbone, early=(1,), seed=3)

    told, found = to_bert(student.state_dict()), load_file(backbone / "model.safetensors")

    for name, tensor in found.items():
        if not name.startswith("pooler."):
            assert torch.equal(told[f"bert.{name}"], tensor), name
    fixed = [name for name, parameter in student.named_parameters() if not parameter.requires_grad]
    assert fixed == ["words.weight"]


def test_it_goes_on_from_a_reader_that_was_exported(
    backbone: Path, batch: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    first = Student(backbone, early=(1,), seed=3)
    export(to_bert(first.state_dict()), backbone, tmp_path)

    again, without = Student(tmp_path, early=(1,), seed=4), Student(tmp_path, early=(), seed=4)

    for name, tensor in first.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor.bfloat16().float()), name
    assert torch.equal(without(batch)[-1][0], again(batch)[-1][0])


def test_words_that_a_reader_leaves_to_its_encoder_are_read_from_there(
    backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Student(backbone, early=(), seed=3)
    monkeypatch.setattr("embeddings.models.find", lambda name: backbone)
    export(to_bert(first.state_dict()), backbone, tmp_path, words_of="the encoder")
    assert f"bert.{WORDS}" not in load_file(tmp_path / "model.safetensors")

    again = Student(tmp_path, early=(), seed=3)

    assert torch.equal(again.words.weight, first.words.weight.bfloat16().float())


def test_its_heads_first_weights_are_the_seeds(backbone: Path) -> None:
    one, same, other = (Student(backbone, (1,), seed).state_dict()["heads.2.weight"] for seed in (3, 3, 4))

    assert torch.equal(one, same)
    assert not torch.equal(one, other)
