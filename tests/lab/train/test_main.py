"""Training itself, of a tiny model on a toy task."""

from __future__ import annotations

import gzip
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiny_bert
import torch

from qa.lab.train import main as train_main
from qa.lab.train.main import Anneal, batches_from, train
from qa.lab.train.mixture import Measured, Mixture
from qa.lab.train.recipe import MAIN, Recipe
from qa.lab.train.trainer import Trainer
from qa.lab.train.windows import Windows

PEOPLE, CITIES = ("anna", "boris", "clara"), ("rome", "london", "brno", "paris")
RECIPE = Recipe(
    weights=((MAIN, 1.0),),
    rounds_per_pass=2,
    tokens_per_part=128,
    window_tokens=64,
    early_layers=(1,),
    learning_rate=3e-3,
    warmup_steps=5,
    constant_steps=24,
    decay_steps=6,
    average_decay=0.9,
)


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbone")
    return tiny_bert.save_backbone(folder, *PEOPLE, *CITIES, "where", "is", "lives", "in", "and")


@pytest.fixture(scope="module")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> Mixture:
    """Where somebody lives, of who is named and of who is not."""
    articles = []
    for number in range(30):
        city, person = CITIES[number % 4], PEOPLE[number % 3]
        context = f"{person} lives in {city} and it is {number}"
        asked = [
            _asked(f"where is {p}", [(city, context.index(city))] if p == person else []) for p in PEOPLE
        ]
        articles.append({"title": f"t{number:02d}", "paragraphs": [{"context": context, "qas": asked}]})
    folder = tmp_path_factory.mktemp("data")
    (folder / f"{MAIN}.json.gz").write_bytes(gzip.compress(json.dumps({"data": articles}).encode()))
    return Mixture(folder, RECIPE, Measured([]))


def _asked(question: str, answers: list[tuple[str, int]]) -> dict[str, Any]:
    told = [{"text": text, "answer_start": at} for text, at in answers]
    return {"id": question, "question": question, "answers": told}


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, steps in (("REPORT_EVERY", 2), ("CHECKPOINT_EVERY", 4), ("FIGURES_EVERY", 12)):
        monkeypatch.setattr(train_main, name, steps)


@pytest.fixture(autouse=True)
def sigterm() -> Iterator[None]:
    """As it was before."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def _log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def _same(one: Trainer, other: Trainer) -> None:
    for average in (False, True):
        theirs = other.weights(average=average)
        for name, tensor in one.weights(average=average).items():
            assert torch.equal(tensor, theirs[name]), name


@pytest.fixture(scope="module")
def uninterrupted(mixture: Mixture, backbone: Path, tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    return train(mixture, RECIPE, backbone, tmp_path_factory.mktemp("whole"), workers=1)


def test_it_learns_and_ends_when_the_recipe_is_done(mixture: Mixture, backbone: Path, tmp_path: Path) -> None:
    trainer = train(mixture, RECIPE, backbone, tmp_path, workers=1)

    told = _log(tmp_path)
    assert trainer.step == RECIPE.constant_steps + RECIPE.decay_steps
    assert told[0]["recipe"]["learning_rate"] == RECIPE.learning_rate
    losses = [line["loss"] for line in told if "loss" in line]
    assert losses[-1] < losses[0] / 2
    rates = [line["rate"] for line in told if "rate" in line]
    assert max(rates) == RECIPE.learning_rate and rates[-1] < RECIPE.learning_rate / 3
    figures = [line for line in told if "held_out" in line]
    assert [line["step"] for line in figures] == [12, 24, 30]
    assert figures[-1]["held_out"].keys() == {"windows", "exact", "f1", "auroc", "best_f1"}
    assert figures[-1]["held_out"]["windows"] == 9  # three articles of three questions
    assert told[-1]["stopped"] == "done"


def test_it_begins_with_the_round_that_it_is_told(mixture: Mixture, backbone: Path, tmp_path: Path) -> None:
    short = replace(RECIPE, constant_steps=1, decay_steps=1)

    train(mixture, short, backbone, tmp_path, workers=1, first_round=3)

    assert [line["round"] for line in _log(tmp_path) if "round" in line] == [3]


def test_interrupted_and_resumed_it_comes_to_the_same_weights(
    mixture: Mixture, backbone: Path, uninterrupted: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, train_on = 0, Trainer.train_on

    def until_told(self: Trainer, *given: Any) -> float:
        nonlocal step
        step += 1
        if step == 10:  # in the middle of a round, and between two checkpoints
            os.kill(os.getpid(), signal.SIGTERM)
        return train_on(self, *given)

    monkeypatch.setattr(Trainer, "train_on", until_told)
    assert train(mixture, RECIPE, backbone, tmp_path, workers=1).step == 10
    assert _log(tmp_path)[-1]["stopped"] == "told to"

    resumed = train(mixture, RECIPE, backbone, tmp_path, workers=1)

    assert step == uninterrupted.step == resumed.step
    _same(resumed, uninterrupted)


def test_annealing_branches_off_a_checkpoint_and_leaves_it_as_it_was(
    mixture: Mixture, backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, train_on = 0, Trainer.train_on

    def counted(self: Trainer, *given: Any) -> float:
        nonlocal step
        step += 1
        if step == 8:
            os.kill(os.getpid(), signal.SIGTERM)
        return train_on(self, *given)

    monkeypatch.setattr(Trainer, "train_on", counted)
    train(mixture, RECIPE, backbone, tmp_path / "constant", workers=1)
    checkpoint = tmp_path / "constant" / "checkpoint.pt"
    before = checkpoint.read_bytes()

    annealed = train(mixture, RECIPE, backbone, tmp_path / "annealed", 1, Anneal(checkpoint, 4))

    assert annealed.step == 12
    rates = [line["rate"] for line in _log(tmp_path / "annealed") if "rate" in line]
    assert rates == pytest.approx([RECIPE.learning_rate * share for share in (3 / 4, 1 / 4)])
    assert checkpoint.read_bytes() == before


def test_workers_share_out_the_parts_and_come_to_the_same_step(
    mixture: Mixture, backbone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_PRECISION", "float32")
    _, _, batch = next(batches_from(mixture, Windows(backbone, RECIPE), RECIPE, 0, 0))
    one, two = Trainer(backbone, RECIPE, 1), Trainer(backbone, RECIPE, 2)

    assert two.train_on(batch, 1e-3) == pytest.approx(one.train_on(batch, 1e-3), rel=1e-5)

    for name, master in one.masters.items():
        other = two.masters[name]
        assert master.grad is not None and other.grad is not None
        assert torch.allclose(master.grad, other.grad, atol=1e-6), name


def test_the_average_follows_the_weights(mixture: Mixture, backbone: Path) -> None:
    trainer = Trainer(backbone, RECIPE)
    first = {name: tensor.clone() for name, tensor in trainer.masters.items()}
    _, _, batch = next(batches_from(mixture, Windows(backbone, RECIPE), RECIPE, 0, 0))

    trainer.train_on(batch, 1e-3)

    for name, tensor in trainer.average.items():
        assert torch.allclose(tensor, 0.9 * first[name] + 0.1 * trainer.masters[name], atol=1e-7)


def test_the_word_embeddings_stay_the_backbones(uninterrupted: Trainer, backbone: Path) -> None:
    start = Trainer(backbone, RECIPE).weights(average=False)
    trained = uninterrupted.weights(average=False)

    # Rounded, as the student computes with them and as they are shipped.
    assert torch.equal(trained["words.weight"], start["words.weight"])
    assert not torch.equal(trained["positions.weight"], start["positions.weight"])


def test_a_checkpoint_is_replaced_whole(backbone: Path, tmp_path: Path) -> None:
    trainer = Trainer(backbone, RECIPE)

    trainer.save(tmp_path / "checkpoint.pt", round=3, batch=5)
    trainer.save(tmp_path / "checkpoint.pt", round=4, batch=0)

    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.pt"]
    kept = Trainer(backbone, RECIPE).restore(tmp_path / "checkpoint.pt")
    assert (kept["round"], kept["batch"], kept["step"]) == (4, 0, 0)


@pytest.mark.parametrize("given", ["--branch runs/x", "--anneal 5"])
def test_a_branch_needs_its_steps_and_the_other_way_round(
    given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", f"main --data d --measured m --out o {given}".split())

    with pytest.raises(SystemExit):
        train_main.main()

    assert "belong together" in capsys.readouterr().err
