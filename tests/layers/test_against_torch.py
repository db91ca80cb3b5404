"""PyTorch, which shares no line with this package, computes the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import CASES, SIZES, SOUND_VARIANTS, data_for, dyadic, normal, passes

pytestmark = pytest.mark.torch

seeds = st.integers(0, 2**32 - 1)


def torch_passes(layer, sizes, inputs, dout, params):
    import torch

    leaves = [torch.tensor(a, requires_grad=True) for a in inputs]
    out = CASES[layer.name].oracle(sizes, params, *leaves)
    gradients = torch.autograd.grad(out, leaves, torch.tensor(dout))
    named = {"d" + n: g.numpy() for n, g in zip(layer.input_names, gradients, strict=True)}
    return {"forward": out.detach().numpy()} | named


@pytest.mark.parametrize(("name", "variant"), SOUND_VARIANTS)
@settings(max_examples=10, deadline=None)
@given(draw=st.data())
def test_passes_agree_with_torch(name, variant, draw):
    pytest.importorskip("torch")
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    kinked = any(claim.kind == "kinked" for claim in layer.facts(sizes).inputs)
    # Where there are kinks the data has ties and zeros, so that their treatment is compared too.
    inputs, dout, params = data_for(layer, sizes, draw.draw(seeds), dyadic if kinked else normal)
    expected = torch_passes(layer, sizes, inputs, dout, params)
    scale = layer.rounding(layer, layer.facts(sizes), inputs, dout, params)
    for tensor, value in passes(layer, layer.variants[variant], inputs, dout, params).items():
        assert value.shape == expected[tensor].shape
        assert np.all(np.abs(value - expected[tensor]) <= 1e-13 * scale[tensor]), tensor
