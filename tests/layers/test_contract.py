"""What the checker asks of every implementation, asked of ours: types, purity, determinism, any memory layout.

The contract itself is `layers/layer.py`.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import ONE_OF_EACH, SIZES, VARIANTS, data_for, forward, one, passes

each_variant = pytest.mark.parametrize(("name", "variant"), VARIANTS)
TRAIN_AND_TEST = [(n, v, {}) for n, v in VARIANTS] + [(n, v, {"mode": "test"}) for n, v in VARIANTS if "batchnorm" in n]


@each_variant
@settings(max_examples=8, deadline=None)
@given(draw=st.data(), dtype=st.sampled_from(["float32", "float64"]))
def test_shapes_and_dtypes_are_those_of_the_inputs_which_are_left_as_they_were(name, variant, draw, dtype):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    inputs, dout, params = data_for(layer, sizes, seed=0, dtype=dtype)
    before = [a.tobytes() for a in (*inputs, dout)]
    for array in (*inputs, dout):
        array.flags.writeable = False
    results = passes(layer, layer.variants[variant], inputs, dout, params)
    shapes = [sizes.shapes()["out"], *(a.shape for a in inputs)]
    assert [a.shape for a in results.values()] == shapes
    assert {a.dtype for a in results.values()} == {np.dtype(dtype)}
    assert [a.tobytes() for a in (*inputs, dout)] == before


@pytest.mark.parametrize(("name", "variant", "mode"), TRAIN_AND_TEST)
def test_the_same_call_gives_the_same_bits_and_so_does_backward_twice_from_one_cache(name, variant, mode):
    layer, sizes = one(name, **mode)
    inputs, dout, params = data_for(layer, sizes, seed=0)
    first, second = (passes(layer, layer.variants[variant], inputs, dout, params) for _ in range(2))
    assert {n: a.tobytes() for n, a in first.items()} == {n: a.tobytes() for n, a in second.items()}
    _, cache = forward(layer.variants[variant], inputs, params)
    first, second = (layer.variants[variant].backward(dout, cache) for _ in range(2))
    assert np.concatenate([*map(np.ravel, first)]).tobytes() == np.concatenate([*map(np.ravel, second)]).tobytes()


def reversed_copy(a):
    """The same values with every stride negative."""
    flipped = (slice(None, None, -1),) * a.ndim
    return a[flipped].copy()[flipped]


def columns_first(a):
    # NumPy's own makes a row of a number.
    return np.asfortranarray(a).reshape(a.shape)


def interleaved_copy(a):
    """The same values with gaps between them."""
    wide = np.full((*a.shape, 2), np.nan, a.dtype)
    wide[..., 0] = a
    return wide[..., 0]


@each_variant
def test_any_memory_layout_is_accepted(name, variant):
    layer, sizes = one(name)
    inputs, dout, params = data_for(layer, sizes, seed=0)
    expected = passes(layer, layer.variants[variant], inputs, dout, params)
    for layout in (columns_first, reversed_copy, interleaved_copy):
        results = passes(layer, layer.variants[variant], [layout(a) for a in inputs], layout(dout), params)
        for tensor, value in results.items():
            np.testing.assert_allclose(value, expected[tensor], rtol=1e-12, atol=1e-13, err_msg=tensor)


@each_variant
@settings(max_examples=5, deadline=None)
@given(draw=st.data())
def test_backward_is_linear_in_dout(name, variant, draw):
    layer = LAYERS[name]
    inputs, dout, params = data_for(layer, draw.draw(SIZES[name]), seed=0)
    other = np.random.default_rng(1).standard_normal(dout.shape)
    of_dout, of_other, of_both = (
        passes(layer, layer.variants[variant], inputs, d, params) for d in (dout, other, 2 * dout - other)
    )
    for tensor in list(of_dout)[1:]:
        expected = 2 * of_dout[tensor] - of_other[tensor]
        np.testing.assert_allclose(of_both[tensor], expected, rtol=1e-9, atol=1e-8, err_msg=tensor)


def lines_run(function):
    """How many lines of convcheck run in a call of `function`."""
    count = 0

    def on_line(frame, event, _):
        nonlocal count
        count += event == "line"
        return on_line

    def on_call(frame, event, _):
        return on_line if "convcheck" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def lines_for(name, variant, sizes):
    layer = LAYERS[name]
    data = data_for(layer, layer.sizes(**sizes), seed=0)
    return lines_run(lambda: passes(layer, layer.variants[variant], *data))


@pytest.mark.parametrize("name", LAYERS)
def test_vectorized_runs_no_loop_over_images_rows_or_columns(name):
    sizes = ONE_OF_EACH[name]
    larger = sizes | {key: 3 * sizes[key] for key in ("N", "H", "W", "D") if key in sizes}
    assert lines_for(name, "vectorized", sizes) == lines_for(name, "vectorized", larger)
    assert lines_for(name, "naive", sizes) < lines_for(name, "naive", larger)
