"""`rounding` bounds the error of sound implementations, and does not bound it by so much that bugs fit in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from tests.layers.cases import SIZES, data_for, passes


def staged_forward(x, gamma, beta, bn_param):
    """One operation a line, as the course has it."""
    N = x.shape[0]
    mu = 1 / N * np.sum(x, axis=0)
    xmu = x - mu
    var = 1 / N * np.sum(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + bn_param["eps"])
    ivar = 1 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var, bn_param["eps"])


def staged_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N = dout.shape[0]
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dsqrtvar = -1 / sqrtvar**2 * divar
    dvar = 0.5 / np.sqrt(var + eps) * dsqrtvar
    dxmu = dxhat * ivar + 2 * xmu * dvar / N
    dmu = -np.sum(dxmu, axis=0)
    return dxmu + dmu / N, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


STAGED = Variant(staged_forward, staged_backward, "one operation at a time")


def wide(rng, shape, dtype):
    """Columns of very different size, some far from zero."""
    return (rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 3) + 10.0 ** rng.uniform(-2, 1)).astype(dtype)


def coarse(rng, shape, dtype):
    """So few bits that whole columns are equal, and variances zero."""
    return (rng.integers(-2, 3, shape) / 4).astype(dtype)


def small(rng, shape, dtype):
    return (rng.standard_normal(shape) / 1000).astype(dtype)


@pytest.mark.parametrize("name", ["conv", "max_pool", "relu", "batchnorm", "spatial_batchnorm"])
@settings(max_examples=150, deadline=None)
@given(draw=st.data(), seed=st.integers(0, 2**32 - 1), kind=st.sampled_from([wide, coarse, small]))
def test_float32_errs_by_a_small_multiple_of_eps_times_the_scale(name, draw, seed, kind):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    facts = layer.facts(sizes)
    inputs, dout, params = data_for(layer, sizes, seed, kind, "float32")
    scale = layer.rounding(layer, facts, inputs, dout, params)
    doubles = [a.astype(float) for a in inputs]
    params64 = None if params is None else {k: as_double(v) for k, v in params.items()}
    exact = passes(layer, layer.variants[layer.reference], doubles, dout.astype(float), params64)
    sound = [v for v in layer.variants.values() if not v.known_bad]
    if name == "batchnorm" and sizes.mode == "train":
        sound.append(STAGED)
    for variant in sound:
        for tensor, value in passes(layer, variant, inputs, dout, params).items():
            bound = (8 + 6 * np.sqrt(facts.sums[tensor].terms)) * np.finfo("float32").eps * scale[tensor]
            assert np.all(np.abs(value - exact[tensor]) <= bound), (tensor, variant.summary)


def as_double(value):
    return value.astype(float) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
def test_scale_is_of_the_size_of_the_result_for_ordinary_data(name):
    layer = LAYERS[name]
    size = {"N": 32, "D": 4} if name == "batchnorm" else {"N": 4, "C": 3, "H": 3, "W": 3}
    sizes = layer.sizes(**size)
    inputs, dout, params = data_for(layer, sizes, seed=0)
    scale = layer.rounding(layer, layer.facts(sizes), inputs, dout, params)
    for tensor, value in passes(layer, layer.variants["vectorized"], inputs, dout, params).items():
        assert np.median(scale[tensor]) < 200 * np.median(np.abs(value)), tensor


@pytest.mark.parametrize("mode", ["train", "test"])
def test_batchnorm_scale_is_float64_whatever_the_inputs(mode):
    layer = LAYERS["batchnorm"]
    sizes = layer.sizes(N=1, D=3, mode=mode)
    inputs, dout, params = data_for(layer, sizes, seed=0, dtype="float32")
    scale = layer.rounding(layer, layer.facts(sizes), inputs, dout, params)
    assert {a.dtype for a in scale.values()} == {np.dtype("float64")}
    assert all(np.all(np.isfinite(a)) for a in scale.values())
