from __future__ import annotations

import math

import pytest
import torch

from qa.lab.train.loss import (
    IGNORED,
    Logits,
    against_answers,
    against_likeliest,
    against_states,
    against_teacher,
    best_spans,
    overlap_f1,
)


def _scores(start: list[float], end: list[float]) -> Logits:
    return torch.tensor([start]), torch.tensor([end])


def test_the_loss_against_answers_is_the_mean_of_starts_and_ends() -> None:
    batch = {"starts": torch.tensor([1]), "ends": torch.tensor([0])}

    # Starts: the right token has 3/4 of the probability. Ends: of three tokens with the same score, a third.
    scores = torch.tensor([[0.0, math.log(3.0), IGNORED]]), torch.zeros(1, 3)

    assert float(against_answers(scores, batch)) == pytest.approx(
        (math.log(4 / 3) + math.log(3)) / 2, abs=1e-6
    )


def test_the_best_span_does_not_end_before_it_begins_nor_begin_at_null() -> None:
    backwards = _scores([0.0, 1.0, 2.0, 5.0], [0.0, 4.0, 3.0, 1.0])  # 3 to 3, though 3 to 1 has more
    from_null = _scores([5.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 4.0])  # 2 to 3, though 0 to 3 has more
    null = _scores([4.0, 0.0, 2.0, 0.0], [3.0, 0.0, 0.0, 4.0])

    assert [tuple(map(int, best_spans(s))) for s in (backwards, from_null, null)] == [(3, 3), (2, 3), (0, 0)]


@pytest.mark.parametrize(
    ("marked", "f1"),
    [((2, 3), 1.0), ((3, 5), 2 * 1 / (2 + 3)), ((2, 2), 2 * 1 / (2 + 1)), ((4, 5), 0.0), ((0, 0), 0.0)],
)
def test_f1_of_the_tokens_by_hand(marked: tuple[int, int], f1: float) -> None:
    scores = _scores([0.0, 0.0, 9.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 9.0, 0.0, 0.0])
    batch = {"starts": torch.tensor([marked[0]]), "ends": torch.tensor([marked[1]])}

    assert float(overlap_f1(scores, batch)) == pytest.approx(f1)


def test_null_where_null_is_marked_is_right() -> None:
    batch = {"starts": torch.tensor([0]), "ends": torch.tensor([0])}

    assert float(overlap_f1(_scores([9.0, 0.0], [9.0, 0.0]), batch)) == 1.0


def test_the_divergence_from_a_teacher_by_hand() -> None:
    own, taught = _scores([0.0, 2.0], [1.0, 1.0]), _scores([2.0, 0.0], [5.0, 5.0])

    # Halved by the temperature, starts are 1/(1+e) and e/(1+e) against the reverse; ends agree.
    apart = (math.e - 1) / (math.e + 1)
    assert float(against_teacher(own, taught, temperature=2.0)) == pytest.approx(4 * apart / 2, abs=1e-6)


def test_the_divergence_from_the_likeliest_by_hand() -> None:
    own = _scores([0.0, 0.0, 0.0, 0.0], [3.0, 1.0, 1.0, 1.0])
    # The teacher's likeliest start has half, all others together the other half; the student's has a quarter. Of the
    # ends it tells all, and the student agrees.
    places = torch.tensor([[[2, 0, 0, 0], [0, 1, 2, 3]]])
    ends = torch.log_softmax(torch.tensor([3.0, 1.0, 1.0, 1.0]) / 2, dim=0)
    log_p = torch.stack([torch.tensor([math.log(0.5), -1000.0, -1000.0, -1000.0]), ends])[None]

    starts = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)

    assert float(against_likeliest(own, places, log_p, temperature=2.0)) == pytest.approx(
        4 * starts / 2, abs=1e-5
    )


def test_the_divergence_from_the_likeliest_is_a_teachers_where_those_are_all() -> None:
    torch.manual_seed(5)
    own, taught = [(torch.randn(3, 6), torch.randn(3, 6)) for _ in range(2)]
    log_p, places = torch.log_softmax(torch.stack(taught, 1) / 2, 2).topk(6, 2)

    assert torch.allclose(
        against_likeliest(own, places, log_p, 2.0), against_teacher(own, taught, 2.0), atol=1e-4
    )


def test_tokens_ruled_out_tell_a_student_nothing() -> None:
    own, taught = (
        _scores([0.5, 1.0, IGNORED], [0.0, 0.0, IGNORED]),
        _scores([1.0, 0.5, IGNORED], [0.0, 0.0, IGNORED]),
    )
    without = _scores([0.5, 1.0], [0.0, 0.0]), _scores([1.0, 0.5], [0.0, 0.0])

    assert float(against_teacher(own, taught, 2.0)) == pytest.approx(
        float(against_teacher(*without, 2.0)), abs=1e-6
    )


def test_there_is_no_divergence_from_oneself() -> None:
    scores = _scores([0.3, -1.0, 2.0], [0.1, 0.2, -4.0])

    assert float(against_teacher(scores, scores, 3.0)) == pytest.approx(0.0, abs=1e-6)


def test_the_error_from_a_teachers_states_by_hand() -> None:
    # Two tokens and one of padding. Over the two, both features become -1 and 1; the second is ten times as large.
    taught = torch.tensor([[[1.0, 30.0], [3.0, 10.0], [99.0, 99.0]]])
    mask = torch.tensor([[1, 1, 0]])

    told = torch.tensor([[[-1.0, 1.0], [1.0, -1.0], [7.0, 7.0]]])
    assert float(against_states(told, taught, mask)) == pytest.approx(0.0, abs=1e-6)
    assert float(against_states(torch.zeros_like(told), taught, mask)) == pytest.approx(1.0, abs=1e-6)

    told[0, 1, 0] = 3.0  # 2 off, in one of four numbers
    assert float(against_states(told, taught, mask)) == pytest.approx(1.0, abs=1e-6)


def test_a_state_that_never_changes_teaches_zero() -> None:
    taught = torch.tensor([[[5.0], [5.0]]])

    assert float(against_states(torch.full((1, 2, 1), 0.5), taught, torch.ones(1, 2))) == pytest.approx(0.25)
