"""A matrix product in int8 stays near the exact one, and each row is a matter of itself alone."""

import pytest
import torch

from inference_worker.engine.int8_product import Int8Product
from inference_worker.engine.joined_linear import FloatProduct, JoinedAdapters


@pytest.fixture
def weight() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randn(96, 64)


def relative_error(product: torch.Tensor, exact: torch.Tensor) -> float:
    return ((product - exact).norm() / exact.norm()).item()


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_it_is_near_the_exact_product(weight, rows):
    x = torch.randn(rows, 64)
    assert relative_error(Int8Product(weight)(x), x @ weight.T) < 0.02


def test_rows_of_very_different_size_are_all_near(weight):
    x = torch.randn(3, 64) * torch.tensor([[1e-4], [1.0], [1e4]])
    product, exact = Int8Product(weight)(x), x @ weight.T
    assert max(relative_error(product[row], exact[row]) for row in range(3)) < 0.02


def test_outputs_of_very_different_size_are_all_near(weight):
    weight *= torch.logspace(-3, 3, 96).unsqueeze(1)
    x = torch.randn(8, 64)
    product, exact = Int8Product(weight)(x), x @ weight.T
    assert max(relative_error(product[:, output], exact[:, output]) for output in range(96)) < 0.05


def test_a_row_comes_out_the_same_to_the_last_bit_in_any_company(weight):
    linear, x = Int8Product(weight), torch.randn(33, 64)
    x[7] *= 1000
    together = linear(x)
    for rows in (slice(0, 1), slice(5, 9), slice(1, 33)):
        assert torch.equal(linear(x[rows]), together[rows])


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_row_gone_wrong_stays_wrong_and_spoils_no_other(weight, wrong):
    linear, x = Int8Product(weight), torch.randn(4, 64)
    expected = linear(x)
    x[2, 5] = wrong
    product = linear(x)
    assert not product[2].isfinite().any()
    others = [0, 1, 3]
    assert torch.equal(product[others], expected[others])


def test_zeros_in_are_zeros_out(weight):
    assert torch.equal(Int8Product(weight)(torch.zeros(2, 64)), torch.zeros(2, 96))


def test_an_output_without_weights_is_zero(weight):
    weight[3] = 0
    assert torch.equal(Int8Product(weight)(torch.randn(2, 64))[:, 3], torch.zeros(2))


def test_the_input_is_left_as_it_was(weight):
    x = torch.randn(2, 64)
    before = x.clone()
    Int8Product(weight)(x)
    assert torch.equal(x, before)


@pytest.mark.parametrize(("outputs", "inputs"), [(1, 1), (3, 31), (5, 33), (97, 65)])
def test_sizes_that_fill_no_whole_vector(outputs, inputs):
    weight, x = torch.randn(outputs, inputs), torch.randn(6, inputs)
    product = Int8Product(weight)(x)
    assert product.shape == (6, outputs)
    assert relative_error(product, x @ weight.T) < 0.02


def test_the_largest_sums_fit():
    weight, x = torch.ones(4, 4096), torch.ones(2, 4096)
    assert relative_error(Int8Product(weight)(x), x @ weight.T) < 1e-5


def test_any_number_of_threads_gives_the_same(weight):
    linear, x = Int8Product(weight), torch.randn(9, 64)
    expected, threads = linear(x), torch.get_num_threads()
    try:
        for count in (2, 3, 50):
            torch.set_num_threads(count)
            assert torch.equal(linear(x), expected)
    finally:
        torch.set_num_threads(threads)


@pytest.fixture
def adapters() -> JoinedAdapters:
    """Of two layers, with 40 and 56 outputs and 6 ranks."""
    torch.manual_seed(1)
    return JoinedAdapters(torch.randn(2, 6, 64), torch.randn(6, 96), (0, 40, 96))


MIX = torch.tensor([[1.0, 1, 0, 0, 0, 0], [0, 0, 0.5, -0.5, 2, 0], [0, 0, 0, 0, 0, 0]])


@pytest.mark.parametrize("tokens", [1, 5])
def test_each_row_gets_its_own_adapters(weight, adapters, tokens):
    x = torch.randn(3 * tokens, 64)
    product, exact = Int8Product(weight)(x, adapters, MIX), FloatProduct(weight)(x, adapters, MIX)
    assert relative_error(product, exact) < 0.02
    assert torch.equal(product[-tokens:], Int8Product(weight)(x[-tokens:]))


def test_a_row_with_adapters_comes_out_the_same_to_the_last_bit_in_any_company(weight, adapters):
    linear, x = Int8Product(weight), torch.randn(3, 64)
    together = linear(x, adapters, MIX)
    for row in range(3):
        assert torch.equal(linear(x[row : row + 1], adapters, MIX[row : row + 1])[0], together[row])


@pytest.mark.parametrize("before", [1, 3, 4, 10])
def test_an_adapter_gives_the_same_to_the_last_bit_wherever_it_stands_in_the_stack(weight, adapters, before):
    linear, x = Int8Product(weight), torch.randn(3, 64)
    down = torch.cat([torch.randn(2, before, 64), adapters.down], dim=1)
    up = torch.cat([torch.randn(before, 96), adapters.up])
    moved, mix = JoinedAdapters(down, up, adapters.bounds), torch.cat([torch.zeros(3, before), MIX], dim=1)
    assert torch.equal(linear(x, moved, mix), linear(x, adapters, MIX))


def test_a_rank_that_a_row_does_not_want_may_hold_anything(weight, adapters):
    linear, x = Int8Product(weight), torch.randn(3, 64)
    expected = linear(x, adapters, MIX)
    adapters.down[:, 5] = float("nan")
    adapters.up[5] = float("nan")
    assert torch.equal(linear(x, adapters, MIX), expected)
