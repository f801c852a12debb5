"""The loops between the products compute what torch's operations do."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from inference_worker.engine import lean_kernels

FLOOR = np.float32(1e-6 * 64)


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def rms_norm(x: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
    return functional.rms_norm(x, x.shape[-1:], eps=1e-6) * gain / 8  # the gain holds the root of the size


def test_a_norm():
    x, gain = torch.randn(5, 64) * torch.logspace(-4, 4, 5).unsqueeze(1), torch.randn(64)
    out = lean_kernels.norm(x.numpy(), gain.numpy(), FLOOR)
    torch.testing.assert_close(torch.from_numpy(out), rms_norm(x, gain))


def test_a_norm_is_added():
    x, found, gain = torch.randn(5, 64), torch.randn(5, 64), torch.randn(64)
    expected = x + rms_norm(found, gain)
    lean_kernels.add_norm(x.numpy(), found.numpy(), gain.numpy(), FLOOR)
    torch.testing.assert_close(x, expected)


def test_heads_are_normed_and_turned_and_the_values_left_alone():
    states, gains = torch.randn(3, 4, 64), torch.randn(3, 64)
    cos, sin = torch.randn(3, 64), torch.randn(3, 64)
    normed = rms_norm(states[:, :3], gains)
    turned = normed * cos.unsqueeze(1) + normed.roll(32, dims=-1) * sin.unsqueeze(1)
    expected = torch.cat([turned, states[:, 3:]], dim=1)
    lean_kernels.turn_heads(states.numpy(), gains.numpy(), FLOOR, cos.numpy(), sin.numpy())
    torch.testing.assert_close(states, expected)


@pytest.mark.parametrize("parts", [1, 2, 3, 99])
def test_a_gate_is_as_near_the_exact_one_as_torchs(parts):
    x = torch.cat([torch.linspace(-40, 40, 9001), torch.tensor([0.0, -0.0, 1e30, -1e30, 1e-30])])
    gate_up = torch.stack([torch.cat([x, torch.randn(len(x))]), torch.cat([x.flip(0), torch.randn(len(x))])])
    gate, up = gate_up.chunk(2, dim=-1)
    exact = functional.gelu(gate.double(), approximate="tanh") * up
    out = torch.from_numpy(lean_kernels.gate(gate_up.numpy(), parts))
    torch.testing.assert_close(out.double(), exact, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_gate_hides_no_number_gone_wrong(wrong):
    gate_up = torch.randn(2, 8)
    gate_up[1, 2] = wrong
    out = torch.from_numpy(lean_kernels.gate(gate_up.numpy(), 1))
    assert not out[1, 2].isfinite()
    assert out[0].isfinite().all()


@pytest.mark.parametrize("window", [1, 4, 8, 100])
@pytest.mark.parametrize("parts", [1, 3])
def test_attention_of_rows_of_different_lengths(window, parts):
    kv_heads, group, head_dim, first_row = 2, 3, 16, 1
    states = torch.randn(3, kv_heads * (group + 2), head_dim)
    keys, values = torch.randn(5, kv_heads, 12, head_dim), torch.randn(5, kv_heads, 12, head_dim)
    keys[:, :, 11] = values[:, :, 11] = float("nan")  # what no row sees must not matter
    positions = torch.tensor([0, 4, 10])
    found = lean_kernels.attend(
        states.numpy(), keys.numpy(), values.numpy(), first_row, positions.numpy(), window, np.float32(0.3), parts
    )
    queries, new_keys, new_values = states.split((kv_heads * group, kv_heads, kv_heads), dim=1)
    for row, position in enumerate(positions.tolist()):
        assert torch.equal(keys[first_row + row, :, position], new_keys[row])
        assert torch.equal(values[first_row + row, :, position], new_values[row])
        seen = slice(max(0, position - window + 1), position + 1)
        expected = functional.scaled_dot_product_attention(
            queries[row].unflatten(0, (kv_heads, group)),
            keys[first_row + row, :, seen],
            values[first_row + row, :, seen],
            scale=0.3,
        )
        torch.testing.assert_close(torch.from_numpy(found[row]), expected.flatten())
