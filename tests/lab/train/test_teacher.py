from __future__ import annotations

import random
from pathlib import Path

import pytest
import tiny_bert
import torch
from transformers import BertForQuestionAnswering, MPNetConfig, MPNetForQuestionAnswering

from embeddings.bert import fast_type
from qa.lab.sets.training import Example
from qa.lab.train.loss import against_states, against_teacher, logits_and_states
from qa.lab.train.teacher import Teacher, Teachers, numbers_of
from qa.lab.train.trainer import Schedule, Trainer
from qa.lab.train.windows import Windows, collate

WORDS = ("vienna", "geneva", "prague")
CPU = torch.device("cpu")


def _batch(folder: Path, question: str, *contexts: str) -> dict[str, torch.Tensor]:
    examples = [Example("human", "toy", "toy", question, context, ()) for context in contexts]
    encoded = [Windows(folder, max_tokens=40).encode(example, random.Random(1)) for example in examples]
    return collate([window for window in encoded if window is not None], CPU)


@pytest.fixture
def student(tmp_path: Path) -> Path:
    return tiny_bert.save_trained(tmp_path / "student", *WORDS, seed=1)


@pytest.fixture
def larger(tmp_path: Path) -> Path:
    # The same words under other numbers.
    return tiny_bert.save_trained(tmp_path / "larger", *WORDS[::-1], seed=2)


def test_a_teacher_reads_the_students_batch_in_its_own_numbers(student: Path, larger: Path) -> None:
    own = _batch(larger, "prague", "geneva or vienna")
    theirs = _batch(student, "prague", "geneva or vienna")
    assert not torch.equal(own["ids"], theirs["ids"])
    alone = BertForQuestionAnswering.from_pretrained(str(larger), local_files_only=True, dtype=fast_type())
    alone.eval()

    with torch.no_grad():
        (start, end), states = logits_and_states(alone, own)
    told, told_states = Teacher(larger, student, CPU).logits_and_states(theirs)

    assert torch.equal(told[0], start) and torch.equal(told[1], end) and torch.equal(told_states, states)


def test_special_pieces_go_by_their_use() -> None:
    teacher = tiny_bert.tokenizer(*WORDS)
    student = tiny_bert.tokenizer(*WORDS)
    teacher.cls_token, teacher.sep_token = "[SEP]", "[CLS]"  # named otherwise, as other encoders name them

    numbers = numbers_of(teacher, student)

    assert numbers[student.cls_token_id] == teacher.cls_token_id != student.cls_token_id
    assert numbers[student.sep_token_id] == teacher.sep_token_id
    assert numbers[student.convert_tokens_to_ids("geneva")] == teacher.convert_tokens_to_ids("geneva")


def test_a_teacher_of_other_pieces_is_refused(student: Path, tmp_path: Path) -> None:
    other = tiny_bert.save_trained(tmp_path / "other", *WORDS[:2], seed=3)

    with pytest.raises(ValueError, match=r"1 of the student's pieces, such as 'prague'"):
        Teacher(other, student, CPU)


def test_teachers_scores_are_mixed_by_their_shares_and_the_first_ones_states_are_told(
    student: Path, larger: Path
) -> None:
    batch = _batch(student, "prague", "geneva or vienna")
    (one, _), states = Teacher(larger, student, CPU).logits_and_states(batch)
    (other, _), _ = Teacher(student, student, CPU).logits_and_states(batch)

    (mixed, _), told = Teachers.opened({larger: 0.75, student: 0.25}, student, CPU).logits_and_states(batch)

    # Log probabilities, so it does not matter that one's logits are on another level than the other's.
    expected = 0.75 * (one - one.logsumexp(1, keepdim=True)) + 0.25 * (
        other - other.logsumexp(1, keepdim=True)
    )
    assert torch.allclose(mixed, expected, rtol=1e-5, atol=1e-4) and not torch.allclose(one, other, atol=1e-2)
    assert torch.equal(told, states)


@pytest.mark.parametrize("shares", [[0.5], [0.5, 0.6], [1.0, 0.0], [1.5, -0.5]])
def test_shares_that_are_not_of_one_whole_are_refused(
    student: Path, larger: Path, shares: list[float]
) -> None:
    teachers = [Teacher(folder, student, CPU) for folder in (larger, student)]

    with pytest.raises(ValueError, match=r"2 teachers cannot have the shares"):
        Teachers(teachers, shares)


@pytest.mark.parametrize("states", [0.0, 1.0])
def test_a_student_comes_nearer_to_its_teacher(student: Path, larger: Path, states: float) -> None:
    teacher = Teachers.opened({larger: 1.0}, student, CPU)
    trainer = Trainer(student, Schedule(taught=1.0, states=states), CPU, teacher)
    batch = _batch(student, "prague", "geneva or vienna is not prague")
    scores, taught = teacher.logits_and_states(batch)

    @torch.no_grad()
    def apart() -> tuple[float, float]:
        own, told = logits_and_states(trainer.model, batch)
        widened = trainer._widened(told).float() if trainer._widened is not None else torch.zeros_like(taught)
        return float(against_teacher(own, scores, 2.0).mean()), float(
            against_states(widened, taught, batch["mask"])
        )

    before = apart()
    for _ in range(30):
        trainer.train_on(batch, 3e-3)
    after = apart()

    assert after[0] < 0.2 * before[0]
    assert (after[1] < 0.5 * before[1]) == (states > 0) == (trainer._widened is not None)


def test_what_widens_the_students_states_is_not_saved(student: Path, larger: Path, tmp_path: Path) -> None:
    trainer = Trainer(student, Schedule(), CPU, Teachers.opened({larger: 1.0}, student, CPU))
    trainer.train_on(_batch(student, "prague", "geneva or vienna"), 1e-2)

    trainer.save_weights(tmp_path / "saved", average=False)

    _, told = BertForQuestionAnswering.from_pretrained(
        str(tmp_path / "saved"), local_files_only=True, output_loading_info=True
    )
    assert not told["missing_keys"] and not told["unexpected_keys"]


def test_frozen_layers_stay_as_they_were(student: Path, tmp_path: Path) -> None:
    trainer = Trainer(student, Schedule(frozen=1), CPU)
    before = {name: p.detach().clone() for name, p in trainer.model.named_parameters()}
    batch = _batch(student, "prague", "geneva or vienna")
    for _ in range(3):
        trainer.train_on(batch, 1e-2)

    moved = {name for name, p in trainer.model.named_parameters() if not torch.equal(p, before[name])}

    assert not any("embeddings" in name or "layer.0." in name for name in moved)
    assert any("layer.1." in name for name in moved) and "qa_outputs.weight" in moved


def test_what_frozen_layers_share_with_the_others_stays_too(tmp_path: Path) -> None:
    config = MPNetConfig(
        vocab_size=60, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    MPNetForQuestionAnswering(config).save_pretrained(str(tmp_path))

    trainer = Trainer(tmp_path, Schedule(frozen=1), CPU)

    trained = {name for name, p in trainer.model.named_parameters() if p.requires_grad}
    assert trained and all("layer.1." in name or "qa_outputs" in name for name in trained)


def test_exchanged_names_are_learnt_from_the_answers_alone(student: Path, larger: Path) -> None:
    batch = _batch(student, "prague", "geneva or vienna")
    batch["taught"][:] = False
    schedule = Schedule(taught=1.0, states=0.0)

    teachers = Teachers.opened({larger: 1.0}, student, CPU)
    taught = Trainer(student, schedule, CPU, teachers).train_on(batch, 0.0)

    assert taught == Trainer(student, schedule, CPU).train_on(batch, 0.0)
