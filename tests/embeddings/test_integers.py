"""Linear layers in integers, beside float32's and by hand."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from embeddings import integers

pytestmark = pytest.mark.skipif(not integers.available(), reason="neither AVX2 nor oneDNN")


def test_by_hand() -> None:
    # 64 levels of a weight to each side and 127 of an input: all of these are levels, and nothing is rounded away.
    weight = torch.tensor([[64.0, 32.0, 0.0], [-0.5, 0.0, 1.0]])
    apply = integers.linear(weight, torch.tensor([1.0, 2.0]))

    found = apply(torch.tensor([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [127.0, 2.0, -100.0]]))

    assert found == pytest.approx(torch.tensor([[65.0, 0.5], [1.0, 2.0], [8193.0, -161.5]]), rel=1e-5)


@given(rows=st.integers(1, 70), inner=st.integers(2, 100), outer=st.integers(1, 50), seed=st.integers(0, 9))
def test_it_is_near_to_float32_and_no_row_feels_another(rows: int, inner: int, outer: int, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    x, weight = torch.randn(rows, inner, generator=draw), torch.randn(outer, inner, generator=draw)
    x *= torch.logspace(-3, 3, rows)[:, None]  # rows of very different size
    apply = integers.linear(weight, torch.zeros(outer))

    found, exact = apply(x), x @ weight.T

    most = x.abs().amax(1, keepdim=True) * weight.abs().amax(1)
    # Each product errs by half a level of both: 1/254 and 1/128 of the largest, and both together.
    assert ((found - exact).abs() <= inner * most * (1 / 254 + 1 / 128 + 1e-4)).all()
    for row in range(0, rows, 9):
        assert torch.equal(apply(x[row : row + 1])[0], found[row])


def test_the_largest_of_all_weights_and_inputs_do_not_overflow() -> None:
    apply = integers.linear(torch.ones(3, 64), torch.zeros(3))
    assert apply(torch.ones(5, 64)) == pytest.approx(torch.full((5, 3), 64.0), rel=1e-5)
