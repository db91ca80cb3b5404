"""A torch.autograd.Function is given its inputs in the places where it has them."""

import pytest

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.pytorch.discover import bind as bind_torch
from tests.implementations.pytorch.code import only
from tests.implementations.running import run_with, told

pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("x, weight", "takes 2 inputs, and conv has x, w, b"),
        ("x, place, weight, bias", "it is not known what 'place' is"),
    ],
)
def test_a_function_that_has_not_the_layers_inputs_in_their_places(parameters, message, tmp_path):
    text = f"""
import torch

class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, {parameters}):
        return x * weight.sum()

    @staticmethod
    def backward(ctx, dout):
        return dout, dout
"""
    with pytest.raises(CannotOpen, match=message):
        run_with(bind_torch, *only(text, tmp_path, "Conv2dFunction"))


def test_a_function_with_its_inputs_in_other_places_is_given_them_by_name(tmp_path):
    text = """
import torch

class BatchNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, r_mean, r_var, gamma, beta, train, eps):
        mean, var = (x.mean(0), x.var(0, correction=0)) if train else (r_mean, r_var)
        std = torch.sqrt(var + eps)
        ctx.save_for_backward((x - mean) / std, std, gamma)
        ctx.train = train
        return (x - mean) / std * gamma + beta

    @staticmethod
    def backward(ctx, dout):
        hat, std, gamma = ctx.saved_tensors
        d = dout * gamma
        dx = (d - d.mean(0) - hat * (d * hat).mean(0)) / std if ctx.train else d / std
        return dx, None, None, (dout * hat).sum(0), dout.sum(0), None, None
"""
    for mode in ("train", "test"):
        result = run_with(bind_torch, *only(text, tmp_path, "BatchNormFunction"), mode=mode)
        assert {t.name for t in result.tensors if t.verdict in ("exact", "within bound", "within_bound")} == {
            "forward", "dx", "dgamma", "dbeta"}, told(result)  # fmt: skip


def test_a_number_that_forward_saves_comes_as_a_tensor(tmp_path):
    text = """
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
"""
    result = run_with(bind_torch, *only(text, tmp_path, "Swish"))
    assert result.status == "pass", told(result)
