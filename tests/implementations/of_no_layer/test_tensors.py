"""PyTorch's Functions, Modules and functions, of no layer. Covers implementations/of_no_layer/tensor_passes.py."""

from __future__ import annotations

import pytest

from tests.implementations.of_no_layer.test_functions import checked
from tests.implementations.running import told, wrong_tensors

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

CODE = """
import torch


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta):
        ctx.save_for_backward(x, beta)
        return x * torch.sigmoid(beta * x)

    @staticmethod
    def backward(ctx, dout):
        x, beta = ctx.saved_tensors
        s = torch.sigmoid(beta * x)
        return dout * (s + beta * x * s * (1 - s)), (dout * x * x * s * (1 - s)).sum()


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x.view_as(x)

    @staticmethod
    def backward(ctx, dout):
        return -ctx.factor * dout, None


class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin(), x.argmax(1), x.cos()

    @staticmethod
    def backward(ctx, dsin, _, dcos):
        (x,) = ctx.saved_tensors
        return dsin * x.cos() - dcos * x.sin()


class Scaled(torch.nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x, power=1):
        return Swish.apply(x, torch.ones((), dtype=x.dtype)) ** power * self.weight


def through(x, beta):
    return Swish.apply(x, beta).sum(0)


def by_hand(x):
    return torch.tanh(x), x


def by_hand_backward(dout, x):
    return dout * (1 - torch.tanh(x) ** 2)
"""

RIGHT = [
    ("Swish", "inputs: {x: [4, 5], beta: []}"),
    ("Reverse", "inputs: {x: [4, 5]}\nsettings: {factor: 0.5}\nscale: -0.5"),
    ("Both", "inputs: {x: [4, 5]}"),
    ("Scaled", "inputs: {x: [4, 5]}\nsettings: {dim: 5, power: 2}"),
    ("through", "inputs: {x: [4, 5], beta: []}"),
    ("by_hand,by_hand_backward", "inputs: {x: [4, 5]}"),
]


@pytest.mark.parametrize(("names", "spec"), RIGHT)
def test_right_code_of_every_style_passes(names, spec, tmp_path):
    result = checked(tmp_path, names, spec, CODE)
    assert result.status == "pass", told(result)
    if names == "Scaled":
        assert [one.name for one in result.tensors] == ["dx", "dweight"]


@pytest.mark.parametrize(
    ("names", "spec", "old", "new", "wrong"),
    [
        (*RIGHT[0], "(dout * x * x * s", "(dout * x * s", {"dbeta"}),
        (*RIGHT[1], "return -ctx.factor * dout", "return -dout", {"dx"}),
        (*RIGHT[2], "- dcos * x.sin()", "+ dcos * x.sin()", {"dx"}),
        (*RIGHT[3], "(s + beta * x * s", "(s + beta * s", {"dx"}),
        (*RIGHT[5], "1 - torch.tanh(x) ** 2", "1 - torch.tanh(x)", {"dx"}),
    ],
)
def test_wrong_code_is_found_whatever_its_style(names, spec, old, new, wrong, tmp_path):
    assert old in CODE
    result = checked(tmp_path, names, spec, CODE.replace(old, new))
    assert wrong_tensors(result) == wrong, told(result)
