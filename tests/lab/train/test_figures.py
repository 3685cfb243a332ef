from __future__ import annotations

import pytest
import torch

from qa.lab.train.figures import LONGEST, best_spans

NULL, OUT = 2.0, -1e4


def _batch(start: int, end: int) -> dict[str, torch.Tensor]:
    return {"starts": torch.tensor([start]), "ends": torch.tensor([end])}


def _scores(starts: list[float], ends: list[float]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor([starts]), torch.tensor([ends])


def test_the_best_span_is_compared_with_null_and_with_what_is_marked() -> None:
    scores = _scores([NULL, OUT, 1.0, 4.0, 0.0], [NULL, OUT, 0.0, 1.0, 3.0])

    margin, overlap = best_spans(scores, _batch(4, 4))

    assert margin.tolist() == [4.0 + 3.0 - 2 * NULL]
    # Tokens 3 and 4, of which 4 is marked: precision 1/2, recall 1.
    assert overlap.tolist() == pytest.approx([2 / 3])


def test_a_span_does_not_end_before_it_starts_or_begin_at_null() -> None:
    scores = _scores([9.0, OUT, 0.0, 5.0], [0.0, OUT, 5.0, 1.0])

    margin, overlap = best_spans(scores, _batch(3, 3))

    assert margin.tolist() == [5.0 + 1.0 - 9.0]
    assert overlap.tolist() == [1.0]


def test_a_span_is_not_longer_than_an_answer_may_be() -> None:
    tokens = LONGEST + 4
    starts, ends = torch.zeros(1, tokens), torch.zeros(1, tokens)
    starts[0, 2] = 5.0
    ends[0, 2 + LONGEST] = 5.0
    ends[0, 1 + LONGEST] = 1.0

    margin, overlap = best_spans((starts, ends), _batch(2, 1 + LONGEST))

    assert margin.tolist() == [6.0]
    assert overlap.tolist() == [1.0]


def test_nothing_in_common_is_nothing() -> None:
    _, overlap = best_spans(_scores([0.0, OUT, 5.0, 0.0], [0.0, OUT, 5.0, 0.0]), _batch(3, 3))

    assert overlap.tolist() == [0.0]
