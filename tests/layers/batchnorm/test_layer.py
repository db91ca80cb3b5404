"""Batch normalisation: modes, running statistics, one row, and the suite; the spatial one where it is the same."""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from convcheck.spec.fields import declared
from tests.layers.cases import data_for, one, passes, sizes_of_suite


def test_defaults_are_those_of_cs231n():
    sizes = LAYERS["batchnorm"].sizes(N=1, D=1)
    assert (sizes.mode, sizes.eps, sizes.momentum) == ("train", 1e-5, 0.9)
    fields = declared(type(sizes))
    assert fields["mode"].choices == ("train", "test")
    assert (fields["momentum"].minimum, fields["momentum"].maximum) == (0, 1)


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
def test_an_unknown_mode_is_refused(name):
    layer, sizes = one(name)
    inputs, _, params = data_for(layer, sizes, seed=0)
    for variant in layer.variants.values():
        with pytest.raises(ValueError, match="mode is 'eval'; it must be 'train' or 'test'"):
            variant.forward(*inputs, params | {"mode": "eval"})


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_running_statistics_are_replaced_not_overwritten(variant):
    layer, sizes = one("batchnorm", momentum=0.5)
    inputs, _, params = data_for(layer, sizes, seed=0)
    mean, var = params["running_mean"].copy(), params["running_var"].copy()
    passed = dict(params)
    layer.variants[variant].forward(*inputs, passed)
    np.testing.assert_array_equal(params["running_mean"], mean)
    np.testing.assert_allclose(passed["running_mean"], (mean + inputs[0].mean(axis=0)) / 2, rtol=1e-12)
    np.testing.assert_allclose(passed["running_var"], (var + inputs[0].var(axis=0)) / 2, rtol=1e-12)


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_test_mode_leaves_the_running_statistics_alone(variant):
    layer, sizes = one("batchnorm", mode="test")
    inputs, _, params = data_for(layer, sizes, seed=0)
    passed = dict(params)
    layer.variants[variant].forward(*inputs, passed)
    assert all(passed[key] is params[key] for key in params)


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_bn_param_without_running_statistics_starts_them_from_zero(variant):
    layer, sizes = one("batchnorm")
    inputs, _, _ = data_for(layer, sizes, seed=0)
    passed = {"mode": "train", "eps": 1e-5}
    layer.variants[variant].forward(*inputs, passed)
    np.testing.assert_allclose(passed["running_mean"], 0.1 * inputs[0].mean(axis=0), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_one_row_has_no_variance_and_no_gradient(variant, dtype):
    layer = LAYERS["batchnorm"]
    inputs, dout, params = data_for(layer, layer.sizes(N=1, D=3, eps=1e-30), seed=0, dtype=dtype)
    results = passes(layer, layer.variants[variant], inputs, dout, params)
    np.testing.assert_array_equal(results["forward"][0], inputs[2])
    np.testing.assert_array_equal(results["dx"], np.zeros((1, 3)))
    np.testing.assert_array_equal(results["dgamma"], np.zeros(3))


@pytest.mark.torch
@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_running_mean_follows_as_in_torch(variant):
    torch = pytest.importorskip("torch")
    layer = LAYERS["batchnorm"]
    inputs, _, params = data_for(layer, layer.sizes(N=7, D=3, momentum=0.75), seed=5)
    mean, var = torch.tensor(params["running_mean"]), torch.tensor(params["running_var"])
    torch.nn.functional.batch_norm(torch.tensor(inputs[0]), mean, var, training=True, momentum=0.25)
    before = params["running_var"].copy()
    layer.variants[variant].forward(*inputs, params)
    np.testing.assert_allclose(params["running_mean"], mean.numpy(), rtol=1e-13)
    # PyTorch keeps the unbiased variance, CS231n the biased one.
    unbiased_part = (var.numpy() - 0.75 * before) * 6 / 7
    np.testing.assert_allclose(params["running_var"], 0.75 * before + unbiased_part, rtol=1e-13)


@pytest.mark.parametrize("layer", ["batchnorm", "spatial_batchnorm"])
def test_the_settings_of_batchnorm_are_not_the_usual_ones(layer, tmp_path):
    norm = sizes_of_suite(layer, tmp_path)
    assert {s.mode for s in norm} == {"train", "test"}
    assert any(s.eps == 0.5 for s in norm if s.mode == "train")
    assert any(s.momentum != 0.9 for s in norm)
    assert any(s.N == 1 for s in norm)
