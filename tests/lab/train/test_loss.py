from __future__ import annotations

from math import exp, log

import pytest
import torch

from qa.lab.train.loss import against_last, against_marked, loss, over_groups


def _scores(starts: list[float], ends: list[float]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor([starts]), torch.tensor([ends])


def test_the_loss_of_a_window_is_the_mean_of_its_starts_and_its_ends() -> None:
    # softmax of (log 3, 0) is (3/4, 1/4)
    scores = _scores([log(3), 0.0], [0.0, log(3)])

    found = against_marked(scores, torch.tensor([0]), torch.tensor([0]))

    assert found.tolist() == pytest.approx([(-log(3 / 4) - log(1 / 4)) / 2])


def test_windows_keep_their_losses_apart() -> None:
    scores = torch.tensor([[0.0, 0.0], [log(3), 0.0]]), torch.tensor([[0.0, 0.0], [log(3), 0.0]])

    found = against_marked(scores, torch.tensor([1, 0]), torch.tensor([0, 0]))

    assert found.tolist() == pytest.approx([log(2), -log(3 / 4)])


def test_an_early_head_learns_the_last_heads_distribution() -> None:
    own = _scores([log(3), 0.0], [0.0, 0.0])
    last = _scores([0.0, 0.0], [log(3), 0.0])

    found = against_last(own, last)

    starts = -(log(3 / 4) + log(1 / 4)) / 2  # of the last head's (1/2, 1/2)
    ends = log(2)
    assert found.tolist() == pytest.approx([(starts + ends) / 2])


def test_the_last_head_learns_nothing_from_the_early_ones() -> None:
    own, last = _scores([1.0, 0.0], [0.5, 0.0]), _scores([0.0, 2.0], [0.0, 0.0])
    for part in (*own, *last):
        part.requires_grad_()

    against_last(own, last).sum().backward()  # type: ignore[no-untyped-call]

    assert own[0].grad is not None and own[0].grad.abs().sum() > 0
    assert last[0].grad is None and last[1].grad is None


def test_early_heads_share_their_weight_and_are_half_labels_half_last_head() -> None:
    even = _scores([0.0, 0.0], [0.0, 0.0])
    sure = _scores([log(3), 0.0], [log(3), 0.0])
    marked = torch.tensor([0]), torch.tensor([0]), torch.tensor([-1])

    found = loss([even, sure, even], *marked, early_weight=0.2, shared_weight=0.5)

    first = (log(2) + log(2)) / 2
    second = (-log(3 / 4) + -(log(3 / 4) + log(1 / 4)) / 2) / 2
    assert float(found) == pytest.approx(log(2) + 0.1 * first + 0.1 * second)


def test_without_early_heads_the_loss_is_the_last_heads() -> None:
    scores = _scores([1.0, 0.0], [1.0, 0.0])

    marked = torch.tensor([1]), torch.tensor([1]), torch.tensor([-1])
    found = loss([scores], *marked, early_weight=0.2, shared_weight=0.5)

    assert float(found) == pytest.approx(log(1 + exp(1.0)))


def test_a_groups_windows_share_one_normalization_each_against_its_own_null() -> None:
    # Against null: of the first window 0 and log 2, of the second log 3 and 0, of which log 3 is marked.
    starts = torch.tensor([[1.0, 1.0, 1.0 + log(2)], [-2.0, -2.0 + log(3), -2.0]])
    ends = torch.zeros(2, 3)

    found = over_groups((starts, ends), torch.tensor([0, 1]), torch.tensor([0, 2]), torch.tensor([4, 4]))

    assert found.tolist() == pytest.approx([(log((1 + 2 + 3 + 1) / 3) + log(4)) / 2])


def test_any_of_a_groups_marked_windows_will_do() -> None:
    scores = torch.tensor([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    marked = torch.tensor([1, 1, 0])

    found = over_groups((scores, scores), marked, marked, torch.tensor([7, 7, 7]))

    assert found.tolist() == pytest.approx([log(3 / 2)])


def test_groups_are_kept_apart_and_what_marks_nothing_or_is_of_none_has_no_shared_loss() -> None:
    scores = torch.tensor([[0.0, 0.0, 0.0], [0.0, 9.0, 9.0], [0.0, 9.0, 9.0]])
    marked = torch.tensor([1, 0, 2])

    found = over_groups((scores, scores), marked, marked, torch.tensor([0, 1, -1]))

    assert found.tolist() == pytest.approx([log(2)])


def test_a_groups_loss_is_added_at_its_weight() -> None:
    scores = _scores([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
    marked = torch.tensor([1]), torch.tensor([1])

    found = loss([scores], *marked, torch.tensor([0]), early_weight=0.2, shared_weight=0.5)

    assert float(found) == pytest.approx(log(3) + 0.5 * log(2))
