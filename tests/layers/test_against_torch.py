"""PyTorch, which shares no line with this package, computes the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import SIZES, SOUND_VARIANTS, data_for, dyadic, normal, passes

pytestmark = pytest.mark.torch

seeds = st.integers(0, 2**32 - 1)


def torch_conv(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.conv2d(x, w, b, stride=sizes.stride, padding=sizes.pad)


def torch_max_pool(sizes, params, x):
    import torch

    return torch.nn.functional.max_pool2d(x, (sizes.H1, sizes.W1), sizes.stride)


def torch_relu(sizes, params, x):
    import torch

    return torch.relu(x)


def torch_batchnorm(sizes, params, x, gamma, beta):
    import torch

    mean, var = torch.tensor(params["running_mean"]), torch.tensor(params["running_var"])
    training = sizes.mode == "train"
    return torch.nn.functional.batch_norm(x, mean, var, gamma, beta, training=training, eps=sizes.eps)


ORACLES = {
    "conv": torch_conv,
    "max_pool": torch_max_pool,
    "relu": torch_relu,
    "batchnorm": torch_batchnorm,
    "spatial_batchnorm": torch_batchnorm,
}


def torch_passes(layer, sizes, inputs, dout, params):
    import torch

    leaves = [torch.tensor(a, requires_grad=True) for a in inputs]
    out = ORACLES[layer.name](sizes, params, *leaves)
    gradients = torch.autograd.grad(out, leaves, torch.tensor(dout))
    named = {"d" + n: g.numpy() for n, g in zip(layer.input_names, gradients, strict=True)}
    return {"forward": out.detach().numpy()} | named


@pytest.mark.parametrize(("name", "variant"), SOUND_VARIANTS)
@settings(max_examples=60, deadline=None)
@given(draw=st.data())
def test_passes_agree_with_torch(name, variant, draw):
    pytest.importorskip("torch")
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    shapes = sizes.shapes()
    if "gamma" in shapes:
        # PyTorch refuses a batch of one value a channel, whose variance means nothing.
        assume(np.prod(shapes["x"]) > np.prod(shapes["gamma"]))
    kinked = name in {"max_pool", "relu"}
    # Where there are kinks the data has ties and zeros, so that their treatment is compared too.
    inputs, dout, params = data_for(layer, sizes, draw.draw(seeds), dyadic if kinked else normal)
    expected = torch_passes(layer, sizes, inputs, dout, params)
    scale = layer.rounding(layer, layer.facts(sizes), inputs, dout, params)
    for tensor, value in passes(layer, layer.variants[variant], inputs, dout, params).items():
        assert value.shape == expected[tensor].shape
        assert np.all(np.abs(value - expected[tensor]) <= 1e-13 * scale[tensor]), tensor
