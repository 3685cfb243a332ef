from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tiny_bert
import torch
from safetensors.torch import load_file
from transformers import BertForQuestionAnswering

from embeddings.bert import fast_type
from qa.answer.read.neural import NeuralReader
from qa.answer.read.spans import any_of
from qa.lab.sets.training import Example
from qa.lab.train import rewording
from qa.lab.train.export import export
from qa.lab.train.loss import IGNORED, logits
from qa.lab.train.main import epoch_batches, main, train
from qa.lab.train.rewording import Rewording
from qa.lab.train.trainer import Schedule, Trainer, rate_at
from qa.lab.train.windows import Encoded, Windows, batches, collate
from qa.records import Passage

NAMES = "anna boris clara david emma felix".split()
PLACES = "vienna geneva prague london paris rome".split()
FILLERS = "in is was the lives now".split()
CPU = torch.device("cpu")


@dataclass
class Toy:
    """Where does a name live? The place after it says so; a name that is not there is null."""

    size: int = 48
    held_out: list[Example] = field(init=False)

    def __post_init__(self) -> None:
        self.held_out = self._examples(random.Random(99))

    def epoch(self, number: int) -> list[Example]:
        return self._examples(random.Random(number))

    def _examples(self, rng: random.Random) -> list[Example]:
        return [self._example(rng, null=number % 4 == 0) for number in range(self.size)]

    def _example(self, rng: random.Random, *, null: bool) -> Example:
        *there, absent = rng.sample(NAMES, 3)
        facts = [(name, place) for name, place in zip(there, rng.sample(PLACES, 2), strict=True)]
        context = ". ".join(f"{name} lives in {place}" for name, place in facts)
        name, place = (absent, "") if null else rng.choice(facts)
        answers = () if null else ((place, context.index(place)),)
        return Example("own", "toy", "toy", f"where is {name}", context, answers)


SCHEDULE = Schedule(epochs=2.0, learning_rate=3e-3, tokens_per_batch=128, max_tokens=40, average_every=2)


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.save_backbone(tmp_path_factory.mktemp("backbone"), *NAMES, *PLACES, *FILLERS, "where")


# --- logits


def _encoded(length: int) -> Encoded:
    return Encoded([2, 7, 3, *[8] * (length - 4), 3], 3, 0, 0)


def test_question_and_padding_are_ruled_out(backbone: Path) -> None:
    trainer = Trainer(backbone, SCHEDULE, CPU)
    batch = collate([_encoded(9), _encoded(14)], CPU)

    for scores in logits(trainer.model, batch):
        assert scores.dtype == torch.float32
        assert bool((scores[~batch["allowed"]] == IGNORED).all())
        assert bool((scores[batch["allowed"]] > IGNORED / 2).all())


# --- the learning rate


def test_the_rate_rises_to_its_height_and_falls_to_zero() -> None:
    schedule = Schedule(learning_rate=1.0, warmup=0.1)

    assert [rate_at(progress, schedule) for progress in (0.0, 0.05, 0.1, 0.55, 1.0)] == pytest.approx(
        [0.0, 0.5, 1.0, 0.5, 0.0]
    )
    assert rate_at(1.5, schedule) == 0.0


# --- training


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(load_file(str(folder / "model.safetensors")))


def _logged(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def _batches_of(examples: Sequence[Example], backbone: Path) -> list[dict[str, torch.Tensor]]:
    windows, rng = Windows(backbone, SCHEDULE.max_tokens), random.Random(1)
    encoded = [e for e in (windows.encode(example, rng) for example in examples) if e is not None]
    return [collate(batch, CPU) for batch in batches(encoded, 512, rng)]


def test_the_loss_falls(backbone: Path) -> None:
    trainer = Trainer(backbone, SCHEDULE, CPU)
    made = _batches_of(Toy(size=32).epoch(0), backbone)

    losses = [trainer.train_on(batch, 3e-3) for _ in range(25) for batch in made]

    # Where an answer may stand is learnt in a few steps; who lives where would take thousands.
    assert losses[-1] < 0.6 * losses[0]
    assert trainer.step == len(losses)


def test_the_words_stay_as_the_backbone_has_them_and_the_rest_moves(backbone: Path, tmp_path: Path) -> None:
    trainer = Trainer(backbone, SCHEDULE, CPU)
    for batch in _batches_of(Toy(size=16).epoch(0), backbone):
        trainer.train_on(batch, 3e-3)
    trainer.save_weights(tmp_path, average=False)

    before, after = _weights(backbone), _weights(tmp_path)

    words = "embeddings.word_embeddings.weight"
    assert torch.equal(after[f"bert.{words}"], before[words].to(fast_type()).float())
    moved = [name for name in before if f"bert.{name}" in after and name != words]
    assert moved and not any(
        torch.equal(before[name], after[f"bert.{name}"]) for name in moved if "key.bias" not in name
    )
    assert all(tensor.dtype == torch.float32 for tensor in after.values())


@pytest.fixture(scope="module")
def uninterrupted(backbone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "whole"
    train(Toy(), out, backbone, SCHEDULE, checkpoint_every=3)  # type: ignore[arg-type]
    return out


def _stopping_at(step: int) -> Callable[[Trainer, dict[str, torch.Tensor], float], float]:
    train_on = Trainer.train_on

    def stop(self: Trainer, batch: dict[str, torch.Tensor], rate: float) -> float:
        if self.step == step:
            raise KeyboardInterrupt
        return train_on(self, batch, rate)

    return stop


@pytest.mark.parametrize("step", [2, 5, 10])  # before the first checkpoint, in the first epoch, in the second
def test_an_interrupted_run_goes_on_to_the_same_weights(
    backbone: Path, uninterrupted: Path, tmp_path: Path, step: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "train_on", _stopping_at(step))
        with pytest.raises(KeyboardInterrupt):
            train(Toy(), tmp_path, backbone, SCHEDULE, checkpoint_every=3)  # type: ignore[arg-type]
    steps = _logged(capsys.readouterr().out)[0]
    assert step < steps["steps"] and (step > steps["steps_per_epoch"]) == (step == 10)

    train(Toy(), tmp_path, backbone, SCHEDULE, checkpoint_every=3)  # type: ignore[arg-type]

    resumed_at = step // 3 * 3
    assert (f"going on from step {resumed_at}" in capsys.readouterr().out) == (resumed_at > 0)
    for kind in ("last", "average"):
        expected, found = _weights(uninterrupted / kind), _weights(tmp_path / kind)
        assert expected.keys() == found.keys()
        for name, tensor in expected.items():
            # Measured: no difference at all; a step without its optimizer's state would move weights by 3e-3.
            torch.testing.assert_close(found[name], tensor, rtol=0, atol=1e-5, msg=name)


def test_a_run_that_has_ended_is_not_trained_further(
    backbone: Path, uninterrupted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _weights(uninterrupted / "last")
    steps = torch.load(uninterrupted / "checkpoint.pt", weights_only=True)["step"]

    train(Toy(), uninterrupted, backbone, SCHEDULE, checkpoint_every=3)  # type: ignore[arg-type]

    assert f"going on from step {steps}" in capsys.readouterr().out
    after = _weights(uninterrupted / "last")
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_average_is_not_the_last_and_the_log_tells_of_held_out_questions(
    backbone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(Toy(size=16), tmp_path, backbone, SCHEDULE, checkpoint_every=2)  # type: ignore[arg-type]

    told = _logged(capsys.readouterr().out)
    measured = [line for line in told if "held_out_loss" in line]
    assert told[0]["held_out"] == 16
    assert measured[-1]["step"] == told[0]["steps"]
    assert all(0 <= line["answers_exact"] <= 1 and 0 <= line["nulls_exact"] <= 1 for line in measured)
    for line in measured:
        # Twelve of the sixteen have an answer; what is exactly right has an F1 of 1, all else less.
        exact = (12 * line["answers_exact"] + 4 * line["nulls_exact"]) / 16
        assert 0 <= exact <= line["held_out_f1"] + 1e-9 <= 1 + 1e-9
    last, average = _weights(tmp_path / "last"), _weights(tmp_path / "average")
    assert any(not torch.equal(last[name], average[name]) for name in last)


def test_reworded_windows_are_others_in_every_epoch_and_their_answers_stand_where_they_did(
    backbone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewording, "WORDS", 1.0)
    windows, toy = Windows(backbone, SCHEDULE.max_tokens), Toy()
    vectors = Trainer(backbone, SCHEDULE, CPU).model.get_input_embeddings().weight.detach().float().numpy()
    near = Rewording(windows.pieces, vectors, commonest=0)

    plain, reworded = (
        sorted(
            (
                (window.start, window.end, window.context_from, len(window.ids), window.ids)
                for batch in epoch_batches(toy, windows, SCHEDULE, 1, by)  # type: ignore[arg-type]
                for window in batch
            ),
        )
        for by in (None, near)
    )

    assert [window[:4] for window in plain] == [window[:4] for window in reworded]
    changed = sum(one[4] != other[4] for one, other in zip(plain, reworded, strict=True))
    assert 0 < changed < len(plain)


@pytest.mark.parametrize("shares", ["1", "0.7 0.7", "1.5 -0.5"])
def test_shares_that_are_not_of_one_whole_are_refused_before_anything_is_read(
    shares: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = f"train_reader --data d --measured m --out o --teacher one two --teacher-shares {shares}"
    monkeypatch.setattr("sys.argv", given.split())

    with pytest.raises(SystemExit):
        main()

    assert "2 teachers cannot have the shares" in capsys.readouterr().err


# --- what is shipped


def test_what_was_trained_is_exported_and_reads(backbone: Path, uninterrupted: Path, tmp_path: Path) -> None:
    export(uninterrupted / "average", tmp_path / "reader", null_threshold=1.25, backbone=str(backbone))

    assert sorted(file.name for file in (tmp_path / "reader").iterdir()) == [
        "config.json",
        "model.safetensors",
        "reader.json",
        "tokenizer.json",
    ]
    assert all(tensor.dtype == torch.bfloat16 for tensor in _weights(tmp_path / "reader").values())
    text = "anna lives in rome. boris lives in london."
    reader = NeuralReader(tmp_path / "reader", precision="float32")
    asked, passage = "where is anna", Passage(1, "a", 0, 42, text)
    found = reader.read(asked, [passage])
    assert found
    ((_, candidates),) = reader.find(asked, [passage])
    assert found[0].null_margin == pytest.approx(any_of(candidates) - 1.25)


def test_an_export_scores_as_the_trained_weights_do(
    backbone: Path, uninterrupted: Path, tmp_path: Path
) -> None:
    """Trained windows and read windows are the same tokens in the same places."""
    export(uninterrupted / "last", tmp_path / "reader", null_threshold=0.0, backbone=str(backbone))
    reader = NeuralReader(tmp_path / "reader", precision="float32")
    trained = BertForQuestionAnswering.from_pretrained(
        str(uninterrupted / "last"), local_files_only=True
    ).eval()
    trained.bfloat16().float()  # rounded, as they are shipped
    example = Toy().epoch(5)[1]
    encoded = Windows(backbone, SCHEDULE.max_tokens).encode(example, random.Random(1))
    assert encoded is not None and example.answers
    with torch.no_grad():
        start, end = logits(trained, collate([encoded], CPU))

    passage = Passage(1, "a", 0, len(example.context), example.context)
    best = reader.read(example.question, [passage])[0]

    scores = (start[0][:, None] + end[0][None, :]).triu()
    highest = float(scores[1:, 1:].max() - start[0, 0] - end[0, 0])
    assert best.score == pytest.approx(highest, abs=1e-4)
