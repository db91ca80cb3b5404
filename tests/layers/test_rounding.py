"""`rounding` bounds the error of sound implementations, and does not bound it by so much that bugs fit in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from tests.layers.batchnorm.staged import STAGED
from tests.layers.cases import SIZES, data_for, passes


def wide(rng, shape, dtype):
    """Columns of very different size, some far from zero."""
    return (rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 3) + 10.0 ** rng.uniform(-2, 1)).astype(dtype)


def coarse(rng, shape, dtype):
    """So few bits that whole columns are equal, and variances zero."""
    return (rng.integers(-2, 3, shape) / 4).astype(dtype)


def small(rng, shape, dtype):
    return (rng.standard_normal(shape) / 1000).astype(dtype)


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=16, deadline=None)
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
    return value.astype(float) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def test_the_sums_of_backward_are_made_when_they_are_asked_for():
    layer = LAYERS["conv"]
    sizes = layer.sizes(N=1, C=2, H=3, W=3, F=2, H1=2, W1=2, stride=1, pad=0)
    inputs, dout, params = data_for(layer, sizes, 0, small, "float64")
    called = []
    right = layer.variants[layer.reference]
    counted = right._replace(backward=lambda *given: called.append("backward") or right.backward(*given))
    watched = layer._replace(variants={layer.reference: counted})
    sums = watched.rounding(watched, layer.facts(sizes), inputs, dout, params)
    assert (list(sums), len(sums)) == (["forward", "dx", "dw", "db"], 4)
    assert (sums["forward"].shape, called) == ((1, 2, 2, 2), [])
    np.testing.assert_allclose(sums["db"], np.abs(dout).sum(axis=(0, 2, 3)))
    assert (sums["dw"].shape, called) == ((2, 2, 2, 2), ["backward"])
