"""Each forward pass is analytic where it should be, and each backward pass is its derivative."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.batchnorm.rounding import rounding_of_columns
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.spatial_batchnorm.columns import channels_without_swap, columns_without_swap
from tests.layers.cases import CASES, SIZES, VARIANTS, data_for, forward, one, passes

ANALYTIC = [(name, variant) for name, variant in VARIANTS if CASES[name].takes_complex]


def complex_step_gradient(variant, inputs, dout, params, which):
    """Σ dout·Im f(x + ih)/h, one entry at a time: no difference is taken, so nothing cancels."""
    h = 1e-30
    gradient = np.zeros(inputs[which].shape)
    for index in np.ndindex(gradient.shape):
        nudged = [a.astype(complex) if k == which else a for k, a in enumerate(inputs)]
        nudged[which][index] += 1j * h
        out, _ = forward(variant, nudged, params)
        assert out.dtype == complex
        gradient[index] = np.sum(dout * out.imag) / h
    return gradient


def rounding(layer, sizes, inputs, dout, params):
    return layer.rounding(layer, layer.facts(sizes), inputs, dout, params)


def rounding_without_swap(inputs, dout, params):
    """The wrong reshape has other columns, and so other magnitudes."""
    x, gamma, beta = inputs
    scale = rounding_of_columns([columns_without_swap(x), gamma, beta], columns_without_swap(dout), params)
    return scale | {"dx": channels_without_swap(scale["dx"], x.shape)}


@pytest.mark.parametrize(("name", "variant"), ANALYTIC)
@settings(max_examples=5, deadline=None)
@given(draw=st.data(), seed=st.integers(0, 2**32 - 1))
def test_backward_is_the_complex_step_derivative_of_forward(name, variant, draw, seed):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    inputs, dout, params = data_for(layer, sizes, seed)
    results = passes(layer, layer.variants[variant], inputs, dout, params)
    known_bad = layer.variants[variant].known_bad
    scale = rounding_without_swap(inputs, dout, params) if known_bad else rounding(layer, sizes, inputs, dout, params)
    for which, tensor in enumerate(list(results)[1:]):
        numeric = complex_step_gradient(layer.variants[variant], inputs, dout, params, which)
        assert np.all(np.abs(results[tensor] - numeric) <= 1e-13 * scale[tensor]), tensor


@pytest.mark.parametrize(("name", "variant"), ANALYTIC)
def test_complex_numbers_without_imaginary_part_give_the_same_output(name, variant):
    layer, sizes = one(name)
    inputs, _, params = data_for(layer, sizes, seed=0)
    real, _ = forward(layer.variants[variant], inputs, params)
    for which in range(len(inputs)):
        mixed = [a.astype(complex) if k == which else a for k, a in enumerate(inputs)]
        out, _ = forward(layer.variants[variant], mixed, params)
        assert out.dtype == complex
        np.testing.assert_allclose(out, real, rtol=1e-13, atol=1e-13)
