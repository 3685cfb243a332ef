"""Which windows leave early."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import tiny_bert
import torch

from qa.answer.read.neural import NeuralReader
from qa.errors import ModelMissing
from qa.lab.train.exits import choose, estimated, fit, most_odds, odds, write
from qa.lab.train.student import Student
from qa.lab.train.windows import Window, batches
from qa.records import Passage

LETTERS = list(range(5, 41))  # tokens of the tiny vocabulary
TOKENS = 256  # of a batch


def test_the_odds_of_a_window_are_bounded_by_its_best_start_and_its_best_end() -> None:
    starts = torch.tensor([[1.0, 0.5, 3.0, -2.0]])
    ends = torch.tensor([[0.5, 4.0, -1.0, 0.0]])

    # Though that end stands before that start.
    assert most_odds((starts, ends)).tolist() == [3.0 + 4.0 - 1.0 - 0.5]


def test_few_of_the_windows_that_matter_leave() -> None:
    # 100 windows matter; by the early head 0.25 to 25 in steps, so of them 2 % are below 0.75. Of the others half are.
    early = np.concatenate((np.arange(1, 101) / 4, np.full(30, -3.0), np.full(30, 9.0)))
    last = np.concatenate((np.full(100, 1.0), np.full(60, -9.0)))

    told = choose({2: early}, last >= 0, lost=0.02)

    assert told["exits"] == {"2": 0.7}
    assert told["leave"]["2"] == pytest.approx(32 / 160)
    assert told["lost"] == 0.02


def test_a_later_head_sees_what_has_stayed() -> None:
    last = np.array([5.0, 5.0, -9.0, -9.0])

    told = choose({2: np.array([1.0, 1.0, 0.0, 3.0]), 4: np.array([2.0, 2.0, 5.0, 1.0])}, last >= 0)

    assert told["exits"] == {"2": 1.0, "4": 2.0}
    assert told["leave"] == {"2": 0.25, "4": pytest.approx(1 / 3, abs=1e-4)}
    assert told["lost"] == 0.0


def test_a_head_that_lets_few_leave_is_not_asked() -> None:
    last = np.array([5.0] * 10 + [-9.0] * 30)
    early = np.array([1.0] * 10 + [0.0] + [2.0] * 29)

    told = choose({2: early, 4: last}, last >= 0)

    assert told["leave"] == {"2": 0.025, "4": 0.75}
    assert told["exits"] == {"4": 5.0}
    assert told["lost"] == 0.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.save_reader(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def student(folder: Path) -> Student:
    return Student(folder, early=(), seed=0)


@pytest.fixture(scope="module")
def windows() -> list[Window]:
    rng = random.Random(4)
    return [
        Window([2, *rng.choices(LETTERS, k=3), 3, *rng.choices(LETTERS, k=rng.randint(4, 20)), 3], 5, 0, 0, n)
        for n in range(400)
    ]


def test_an_estimate_learns_what_the_last_layer_will_say(student: Student, windows: list[Window]) -> None:
    last = odds(student, windows, TOKENS)
    learnt, apart = slice(100, None), slice(0, 100)

    estimates = fit(student, windows[learnt], last[learnt], TOKENS, layers=[1], epochs=20)

    rows = {id(window): row for row, window in enumerate(windows)}
    told, right = [], []
    for group in batches(windows[apart], TOKENS, random.Random(0)):
        told += estimated(student, estimates, group)[1].tolist()
        right += [last[rows[id(window)]] for window in group]
    assert np.std(right) > 0.5
    assert np.corrcoef(told, right)[0, 1] > 0.5


def test_the_reader_takes_what_was_written_and_refuses_another(
    folder: Path, student: Student, windows: list[Window]
) -> None:
    text = "abcdefgh ijkl mnop"
    passage = Passage(1, "a", 0, len(text), text)
    before = NeuralReader(folder, precision="float32").read("ab?", [passage])
    estimates = fit(student, windows[:50], odds(student, windows[:50], TOKENS), TOKENS, [1], epochs=1)

    write(folder, estimates, {"1": 1e9})

    assert NeuralReader(folder, precision="float32").read("ab?", [passage]) == before
    (folder / "estimates.safetensors").write_bytes(b"other")
    with pytest.raises(ModelMissing, match=r"estimates\.safetensors.*SHA-256"):
        NeuralReader(folder)
