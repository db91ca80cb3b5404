"""The paper's mistake, chapter 2: a forward pass that is wrong with a gradient that is right for it.

What it has in common with the batchnorm of rows is tested there.
"""

from __future__ import annotations

import numpy as np
import pytest

import convcheck
from convcheck.checking.check import run_check
from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import CONFIGS, VARIANTS, data_for, passes

LAYER = LAYERS["spatial_batchnorm"]


WRONG, RIGHT = LAYER.variants["reshape_without_swap"], LAYER.variants["vectorized"]


def test_it_is_the_only_variant_known_to_be_bad():
    bad = [(name, v) for name, v in VARIANTS if LAYERS[name].variants[v].known_bad]
    assert bad == [("spatial_batchnorm", "reshape_without_swap")]


def test_its_forward_pass_is_wrong():
    inputs, dout, params = data_for(LAYER, LAYER.sizes(N=2, C=3, H=3, W=4), seed=0)
    wrong, right = (passes(LAYER, v, inputs, dout, params)["forward"] for v in (WRONG, RIGHT))
    assert np.mean(np.abs(wrong - right) > 1e-3) > 0.9


@pytest.mark.torch
def test_its_forward_pass_is_not_that_of_torch():
    torch = pytest.importorskip("torch")
    inputs, dout, params = data_for(LAYER, LAYER.sizes(N=2, C=3, H=3, W=4), seed=0)
    x, gamma, beta = (torch.tensor(a) for a in inputs)
    expected = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-5).numpy()
    np.testing.assert_allclose(passes(LAYER, RIGHT, inputs, dout, params)["forward"], expected, atol=1e-12)
    assert not np.allclose(passes(LAYER, WRONG, inputs, dout, params)["forward"], expected, atol=1e-3)


def test_its_gradient_is_that_of_its_forward_pass():
    inputs, dout, params = data_for(LAYER, LAYER.sizes(N=2, C=3, H=3, W=4), seed=0)
    results = passes(LAYER, WRONG, inputs, dout, params)
    for which, tensor in enumerate(["dx", "dgamma", "dbeta"]):
        direction = np.random.default_rng(10 + which).standard_normal(inputs[which].shape)
        nudged = [a + 1e-30j * direction if k == which else a for k, a in enumerate(inputs)]
        out, _ = WRONG.forward(*nudged, dict(params))
        slope = np.sum(dout * out.imag) / 1e-30
        np.testing.assert_allclose(np.sum(results[tensor] * direction), slope, rtol=1e-11)


def test_one_channel_hides_it():
    inputs, dout, params = data_for(LAYER, LAYER.sizes(N=2, C=1, H=3, W=4), seed=0)
    wrong, right = (passes(LAYER, v, inputs, dout, params) for v in (WRONG, RIGHT))
    for tensor in wrong:
        np.testing.assert_allclose(wrong[tensor], right[tensor], atol=1e-12)


def test_the_known_bad_one_fails_for_its_forward_pass_alone():
    (check,) = convcheck.load(CONFIGS / "known_bad.yaml")
    verdicts = {t.name: t.verdict for t in run_check(check).tensors}
    assert verdicts.pop("forward") == "wrong"
    assert "wrong" not in verdicts.values()
