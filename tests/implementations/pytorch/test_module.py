"""An nn.Module is made, its parameters and statistics are set, and what cannot be set is said."""

import numpy as np
import pytest

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.pytorch.discover import bind as bind_torch
from convcheck.implementations.pytorch.discover import found_torch
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from tests.implementations.pytorch.code import EVERY, MODULES, only
from tests.implementations.running import module_of, run_with, sizes_of, told

pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["Conv2d", "ConvLayer", "Convolution", "MaxPool2d", "BatchNorm1d", "BatchNorm2d"])
def test_right_modules_pass(name, dtype, tmp_path):
    module, found = only(MODULES, tmp_path, name)
    result = run_with(bind_torch, module, found, manner={"dtype": dtype})
    assert result.status == "pass", told(result)
    if "Norm" in name:
        for changed in ({"mode": "test"}, {"eps": 0.5}, {"momentum": 0.6}):
            result = run_with(bind_torch, module, found, manner={"dtype": dtype}, **changed)
            assert result.status == "pass", (changed, told(result))
    elif "Conv" in name:
        assert run_with(bind_torch, module, found, manner={"dtype": dtype}, H1=2).status == "pass"


def test_an_eps_that_is_built_in_is_measured(tmp_path):
    module, found = only(MODULES, tmp_path, "BatchNormalization")
    result = run_with(bind_torch, module, found, eps=1e-3)
    assert result.status == "pass", told(result)
    result = run_with(bind_torch, module, found)
    assert any("adds 0.001 to the variance" in f.message for f in result.findings)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("self.W = nn.Parameter(torch.randn(F, C,", "self.W = nn.Parameter(torch.randn(C, F,", "is not guessed"),
        ("self.b = nn", "self.q = nn", "looked for one parameter for b"),
        ("C, F, HH, WW)", "C, F, HH, WW, depthwise)", "it is not known what 'depthwise' is"),
    ],
)
def test_what_cannot_be_guessed(old, new, message, tmp_path):
    text = MODULES.replace(old, new, 1)
    with pytest.raises(CannotOpen, match=message):
        run_with(bind_torch, *only(text, tmp_path, "ConvLayer"))


def test_the_statistics_of_a_module_are_its_state(tmp_path, rng):
    module, found = only(MODULES, tmp_path, "BatchNorm1d")
    layer, sizes = LAYERS["batchnorm"], sizes_of("batchnorm", momentum=0.7)
    params = layer.params(sizes, Draws("any"), np.dtype(np.float64))
    x = rng.standard_normal((5, 4))
    pair = bind_torch(module, found, layer, sizes)(params)
    pair.forward(x, np.ones(4), np.ones(4))
    expected = 0.7 * params["running_mean"] + 0.3 * x.mean(axis=0)
    np.testing.assert_allclose(pair.state()["running_mean"], expected)


LAZY = """
import torch
from torch import nn


class BatchNorm2d(nn.Module):
    def __init__(self, eps=1e-5):
        super().__init__()
        self.gamma = self.beta = None
        self.eps = eps

    def forward(self, x):
        if self.gamma is None:
            self.gamma = nn.Parameter(torch.ones(1, x.shape[1], 1, 1))
            self.beta = nn.Parameter(torch.zeros(1, x.shape[1], 1, 1))
        var, mean = torch.var_mean(x, (0, 2, 3), unbiased=False, keepdim=True)
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
"""


def test_a_module_may_make_its_parameters_at_its_first_call(tmp_path):
    module = module_of(LAZY, tmp_path)
    (found,) = found_torch(module, EVERY)
    result = run_with(bind_torch, module, found)
    assert result.status == "pass", told(result)
