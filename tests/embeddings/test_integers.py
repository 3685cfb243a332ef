"""Linear layers in integers, beside float32's and by hand."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import gelu

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


@given(rows=st.integers(1, 600), seed=st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_after_gelu_all_levels_lie_above_its_least_value(rows: int, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    x = gelu(4 * torch.randn(rows, 40, generator=draw))
    x[0] = gelu(torch.full((40,), -0.7517916))  # its least value, everywhere
    weight, bias = torch.randn(30, 40, generator=draw), torch.randn(30, generator=draw)

    exact = x @ weight.T + bias
    signed, above = (integers.linear(weight, bias, after_gelu=after)(x) - exact for after in (False, True))

    most = (x.amax(1, keepdim=True) + 0.17) * weight.abs().amax(1)
    # As in the test above, with half as large a level of x, and a weight's half level of what is counted from.
    bound = 40 * most * (1 / 510 + 1 / 128) + 40 * 0.17 * weight.abs().amax(1) / 128
    assert (above.abs() <= bound + 1e-4).all()
    if rows > 20:
        assert above.square().mean() < signed.square().mean()


def test_what_a_massive_column_meets_takes_no_levels_from_the_others() -> None:
    draw = torch.Generator().manual_seed(3)
    x, weight = gelu(torch.randn(50, 40, generator=draw)), torch.randn(30, 40, generator=draw)
    x[3, 7], x[9, 7] = 500.0, -0.1
    weight[:, 7] *= 10
    exact = x @ weight.T
    rest = x.clone()
    rest[:, 7] = 0.0

    found = integers.linear(weight, torch.zeros(30), after_gelu=True)(x.clone())

    least = torch.clone(weight)
    least[:, 7] = 0.0
    most = (rest.amax(1, keepdim=True) + 0.17) * least.abs().amax(1)
    bound = 40 * most * (1 / 510 + 1 / 128) + 40 * 0.17 * least.abs().amax(1) / 128
    assert ((found - exact).abs() <= bound + 1e-2).all()
    assert (found[3] - exact[3]).abs().max() < 0.01 * exact[3].abs().max()


def test_gelu_of_it() -> None:
    x, weight, bias = torch.randn(700, 16), torch.randn(5, 16), torch.randn(5)
    assert torch.equal(integers.linear(weight, bias, gelu=True)(x), gelu(integers.linear(weight, bias)(x)))


def test_the_largest_of_all_weights_and_inputs_do_not_overflow() -> None:
    apply = integers.linear(torch.ones(3, 64), torch.zeros(3))
    assert apply(torch.ones(5, 64)) == pytest.approx(torch.full((5, 3), 64.0), rel=1e-5)


def test_nor_do_the_largest_after_gelu() -> None:
    x = torch.full((5, 64), 9.0)
    apply = integers.linear(torch.ones(3, 64), torch.zeros(3), after_gelu=True)
    assert apply(x) == pytest.approx(torch.full((5, 3), 576.0), rel=1e-5)
