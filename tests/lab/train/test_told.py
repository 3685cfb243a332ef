from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tiny_bert
import torch

from qa.lab.sets.training import Example
from qa.lab.train import main as train_reader
from qa.lab.train import tell as tell_windows
from qa.lab.train.loss import IGNORED, against_teacher, logits
from qa.lab.train.main import epoch_batches
from qa.lab.train.teacher import Teachers
from qa.lab.train.tell import tell
from qa.lab.train.told import IMPOSSIBLE, LIKELIEST, Told, key, likeliest
from qa.lab.train.trainer import Schedule, Trainer
from qa.lab.train.windows import Encoded, Windows, collate

WORDS = ("vienna", "geneva", "prague")
CPU = torch.device("cpu")
SCHEDULE = Schedule(tokens_per_batch=64, max_tokens=40, taught=1.0)


@dataclass(frozen=True)
class Toy:
    """Two epochs that share a question; one window more is of exchanged names."""

    def epoch(self, number: int) -> list[Example]:
        names = ["vienna is far", f"geneva is {number}", f"prague has {number} rivers"]
        kinds = ["own", "own", "exchanged"]
        return [
            Example(kind, "toy", "toy", "vienna", text, ()) for kind, text in zip(kinds, names, strict=True)
        ]


@pytest.fixture
def student(tmp_path: Path) -> Path:
    return tiny_bert.save_trained(tmp_path / "student", *WORDS, seed=1)


@pytest.fixture
def teachers(student: Path, tmp_path: Path) -> Teachers:
    larger = tiny_bert.save_trained(tmp_path / "larger", *WORDS[::-1], seed=2)
    return Teachers.opened({larger: 1.0}, student, CPU)


def _tell(student: Path, teachers: Teachers, to: Path, epochs: int = 2) -> Told:
    windows = Windows(student, SCHEDULE.max_tokens)
    return tell(Toy(), windows, teachers, SCHEDULE, epochs, to, CPU)  # type: ignore[arg-type]


def _windows(student: Path, epoch: int) -> list[Encoded]:
    windows, rng = Windows(student, SCHEDULE.max_tokens), random.Random(1)
    return [w for example in Toy().epoch(epoch) if (w := windows.encode(example, rng)) is not None]


def test_the_likeliest_are_the_highest_scores_softened() -> None:
    starts = torch.full((1, 20), IGNORED)
    starts[0, 7], starts[0, 3] = 2.0, 0.0

    places, log_p = likeliest((starts, starts), temperature=2.0)

    assert places.shape == log_p.shape == (1, 2, LIKELIEST)
    assert places[0, 0, :2].tolist() == [7, 3]
    assert log_p[0, 1, :2].tolist() == pytest.approx(
        [-math.log(1 + math.exp(-1)), -math.log(1 + math.e)], abs=1e-3
    )
    assert (log_p[0, :, 2:] == IMPOSSIBLE).all()


def test_fewer_tokens_than_are_kept_are_filled_up_with_what_cannot_be() -> None:
    places, log_p = likeliest((torch.zeros(1, 3), torch.zeros(1, 3)), temperature=1.0)

    assert np.exp(log_p[0, 0].astype(float)).tolist() == pytest.approx([1 / 3] * 3 + [0.0] * 13, abs=1e-3)
    assert sorted(places[0, 0, :3].tolist()) == [0, 1, 2] and not places[0, 0, 3:].any()


def test_all_windows_are_told_of_but_those_of_exchanged_names(
    student: Path, teachers: Teachers, tmp_path: Path
) -> None:
    _tell(student, teachers, tmp_path / "told.npz")
    told = Told.open(tmp_path / "told.npz")

    assert (len(told), told.temperature) == (3, SCHEDULE.temperature)
    for epoch in (0, 1):
        far, number, exchanged = _windows(student, epoch)
        assert min(told.row(far.ids), told.row(number.ids)) >= 0 > told.row(exchanged.ids)
        assert told.row(far.ids[:-1]) == -1
    batch = collate([far], CPU)
    scores, _ = teachers.logits_and_states(batch)
    places, log_p = told.of({**batch, "told": torch.tensor([told.row(far.ids)])})
    softened = torch.log_softmax(scores[0] / SCHEDULE.temperature, 1)
    likely = log_p[0, 0] > IMPOSSIBLE
    assert int(likely.sum()) == int(batch["allowed"].sum())
    assert torch.allclose(softened[0, places[0, 0]][likely], log_p[0, 0][likely], atol=5e-3)


def _told(places: list[int], p: list[float], temperature: float = 2.0) -> Told:
    """Of one window with the key 1; starts and ends alike."""
    filled = LIKELIEST - len(places)
    log_p = np.array([*np.log(p), *[IMPOSSIBLE] * filled], np.float16)
    at = np.array([*places, *[0] * filled], np.uint16)
    return Told(
        np.array([1], np.uint64), np.stack([at, at])[None], np.stack([log_p, log_p])[None], temperature
    )


def _batch(length: int, allowed: list[int], cut: int) -> dict[str, torch.Tensor]:
    given = torch.zeros(1, length, dtype=torch.bool)
    given[0, allowed] = True
    return {"told": torch.tensor([0]), "cut": torch.tensor([cut]), "allowed": given}


def test_what_was_told_moves_with_a_window_that_lost_its_beginning() -> None:
    told = _told([9, 0, 4, 12], [0.4, 0.2, 0.2, 0.1])

    # Question up to 3; of the context, tokens 8 to 10 are left, as 4 to 6.
    places, log_p = told.of(_batch(8, [0, 4, 5, 6], cut=4))

    assert places[0, 0, :4].tolist() == [5, 0, 0, 0]
    assert log_p[0, 0].exp()[:4].tolist() == pytest.approx([0.6, 0.3, 0.0, 0.0], abs=1e-3)
    assert log_p[0, 1].exp().sum().item() == pytest.approx(0.9, abs=1e-3)


def test_what_was_told_of_a_whole_window_stays_as_it_was() -> None:
    places, log_p = _told([9, 0, 4], [0.4, 0.2, 0.3]).of(_batch(12, [0, *range(4, 11)], cut=0))

    assert places[0, 0, :3].tolist() == [9, 0, 4]
    assert log_p[0, 0].exp()[:4].tolist() == pytest.approx([0.4, 0.2, 0.3, 0.0], abs=1e-3)


def test_where_nothing_is_left_of_what_was_told_nothing_is_likely() -> None:
    _, log_p = _told([9], [0.9]).of(_batch(6, [0, 4], cut=2))

    assert (log_p == IMPOSSIBLE).all()


def test_another_temperature_sharpens_what_was_told() -> None:
    # Logits 2 ln 3 apart have the odds 3 to 1 at a temperature of 2, and 9 to 1 at 1.
    told = _told([5, 7], [0.75, 0.25]).at(1.0)

    assert told.temperature == 1.0
    assert np.exp(told.log_p[0, 0, :3].astype(float)).tolist() == pytest.approx([0.9, 0.1, 0.0], abs=2e-3)
    assert told.at(1.0) is told


def test_tokens_that_were_not_told_of_keep_a_little_at_another_temperature() -> None:
    # 0.3 is not told of; the last that was has 0.02, so it counts as 30 tokens of 0.01.
    whole = _told(list(range(1, 17)), [0.4, *[0.02] * 15]).at(1.0)

    p = np.exp(whole.log_p[0, 0].astype(float))
    every = 0.16 + 15 * 0.0004 + 0.3 * 0.01
    assert p.tolist() == pytest.approx([0.16 / every, *[0.0004 / every] * 15], rel=0.01)
    assert 1 - p.sum() == pytest.approx(0.003 / every, abs=2e-3)


def test_telling_goes_on_where_it_was_interrupted(
    student: Path, teachers: Teachers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _tell(student, teachers, tmp_path / "whole.npz")
    first = _tell(student, teachers, tmp_path / "told.npz", epochs=1)
    read: list[int] = []

    def counting(group: Sequence[Encoded], device: torch.device) -> dict[str, torch.Tensor]:
        read.append(len(group))
        return collate(group, device)

    monkeypatch.setattr(tell_windows, "collate", counting)
    both = _tell(student, teachers, tmp_path / "told.npz")

    assert (len(first), sum(read), len(both)) == (2, 1, 3)
    assert sorted(both.keys.tolist()) == sorted(whole.keys.tolist())


def test_windows_know_what_was_told_in_whatever_epoch_they_come(
    student: Path, teachers: Teachers, tmp_path: Path
) -> None:
    told = _tell(student, teachers, tmp_path / "told.npz", epochs=1)
    windows = Windows(student, SCHEDULE.max_tokens)

    def rows(epoch: int) -> dict[int, int]:
        groups = epoch_batches(Toy(), windows, SCHEDULE, epoch, None, told)  # type: ignore[arg-type]
        return {key(window.ids): window.told for group in groups for window in group}

    assert sorted(told.keys[row] for row in rows(0).values() if row >= 0) == sorted(
        key(window.ids) for window in _windows(student, 0)[:2]
    )
    assert list(rows(0).values()).count(-1) == 1
    far, new, exchanged = (key(window.ids) for window in _windows(student, 1))
    assert rows(1) == {far: rows(0)[far], new: -1, exchanged: -1}


def test_a_student_comes_nearer_to_what_was_told(student: Path, teachers: Teachers, tmp_path: Path) -> None:
    told = _tell(student, teachers, tmp_path / "told.npz")
    trainer = Trainer(student, SCHEDULE, CPU, told=told)
    (group,) = epoch_batches(Toy(), Windows(student, 40), SCHEDULE, 0, None, told)  # type: ignore[arg-type]
    batch = collate([window for window in group if window.told >= 0], CPU)
    taught, _ = teachers.logits_and_states(batch)

    @torch.no_grad()
    def apart() -> float:
        return float(against_teacher(logits(trainer.model, batch), taught, 2.0).mean())

    before = apart()
    for _ in range(30):
        trainer.train_on(batch, 3e-3)

    assert apart() < 0.2 * before


def test_of_what_nothing_was_told_the_answers_alone_are_learnt(student: Path) -> None:
    # Told of a window longer than any of these.
    shape = (1, 2, LIKELIEST)
    told = Told(np.array([1], np.uint64), np.full(shape, 30, np.uint16), np.full(shape, -3, np.float16), 2.0)
    batch = collate(_windows(student, 0), CPU)
    assert batch["ids"].shape[1] < 30 and batch["told"].tolist() == [-1, -1, -1]

    with_told = Trainer(student, SCHEDULE, CPU, told=told).train_on(batch, 0.0)

    assert with_told == Trainer(student, SCHEDULE, CPU).train_on(batch, 0.0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("--told {file} --teacher one", "--told takes the place of --teacher"),
        ("--told {file}", "cannot be read as what tell_windows keeps"),
        ("--told {file}.gone", "cannot be read as what tell_windows keeps"),
    ],
)
def test_a_file_that_tells_nothing_is_refused_before_anything_is_read(
    given: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "told.npz").write_text("nothing")
    arguments = given.format(file=tmp_path / "told.npz")
    monkeypatch.setattr("sys.argv", f"train_reader --data d --measured m --out o {arguments}".split())

    with pytest.raises(SystemExit):
        train_reader.main()

    assert message in capsys.readouterr().err


def test_telling_needs_a_teacher(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", "tell_windows --data d --measured m --to told.npz".split())

    with pytest.raises(SystemExit):
        tell_windows.main()

    assert "--teacher is missing" in capsys.readouterr().err
