"""Code that differentiates by hand, on tensors in place of arrays."""

import pytest

from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.discover import found_classes
from convcheck.implementations.pytorch.discover import found_torch
from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import statuses, write
from tests.implementations.running import module_of, run_with, told, wrong_tensors

pytest.importorskip("torch")
pytestmark = pytest.mark.torch
EVERY = tuple(LAYERS)


def test_functions_on_tensors(tmp_path):
    text = """
    import torch
    def relu_forward(x):
        return torch.clamp(x, min=0), x
    def relu_backward(dout, x):
        return torch.where(x > 0, dout, torch.zeros_like(dout))
    def batchnorm_forward(x, gamma, beta, bn_param):
        mean, var, m = x.mean(0), ((x - x.mean(0)) ** 2).mean(0), bn_param["momentum"]
        bn_param["running_mean"] = m * bn_param["running_mean"] + (1 - m) * mean
        bn_param["running_var"] = m * bn_param["running_var"] + (1 - m) * var
        xhat = (x - mean) / torch.sqrt(var + bn_param["eps"])
        return gamma * xhat + beta, (xhat, gamma, var + bn_param["eps"])
    def batchnorm_backward(dout, cache):
        xhat, gamma, var = cache
        dg, db = (dout * xhat).sum(0), dout.sum(0)
        return gamma / torch.sqrt(var) * (dout - db / len(dout) - xhat * dg / len(dout)), dg, db
    """
    assert statuses(write(tmp_path, text)) == ["pass", "pass"]


STATIC = """
import torch


class Conv(object):
    @staticmethod
    def forward(x, w, b, conv_param):
        S, P = conv_param["stride"], conv_param["pad"]
        H1, W1 = w.shape[2:]
        xp = torch.nn.functional.pad(x, (P, P, P, P))
        windows = xp.unfold(2, H1, S).unfold(3, W1, S)
        out = torch.einsum("nchwij,fcij->nfhw", windows, w) + b[:, None, None]
        return out, (x, w, b, conv_param)

    @staticmethod
    def backward(dout, cache):
        x, w, b, conv_param = cache
        S, P = conv_param["stride"], conv_param["pad"]
        dx = torch.nn.grad.conv2d_input(x.shape, w, dout, S, P)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, dout, S, P)
        return dx, dw, dout.sum(dim=(0, 2, 3))
"""


def test_a_class_that_differentiates_by_hand_on_tensors(tmp_path):
    module = module_of(STATIC, tmp_path)
    (found,) = found_classes(module, EVERY)
    assert not found_torch(module, EVERY)
    for manner in ({}, {"dtype": "float32"}):
        result = run_with(bind_class, module, found, manner=manner)
        assert result.status == "pass", told(result)
    wrong = module_of(STATIC.replace("dout.sum(dim=(0, 2, 3))", "dout.sum(dim=(0, 2, 3)) / len(dout)"), tmp_path)
    assert wrong_tensors(run_with(bind_class, wrong, found)) == {"db"}
