"""Sizes: output shapes, what is impossible, and what no window reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import FORMS, LAYERS
from convcheck.spec.fields import declared, required
from tests.layers.cases import ONE_OF_EACH, SIZES, data_for, forward

Conv, MaxPool, Relu = (LAYERS[name].sizes for name in ("conv", "max_pool", "relu"))
CONV = {"N": 1, "C": 1, "H": 3, "W": 3, "F": 1, "H1": 3, "W1": 3, "stride": 1, "pad": 0}


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=40, deadline=None)
@given(draw=st.data())
def test_shapes_are_those_of_the_arrays(name, draw):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    inputs, _, params = data_for(layer, sizes, seed=0)
    out, _ = forward(layer.variants["naive"], inputs, params)
    assert sizes.shapes() == {n: a.shape for n, a in zip(layer.input_names, inputs, strict=True)} | {"out": out.shape}
    assert list(sizes.shapes()) == [*layer.input_names, "out"]
    assert list(sizes.problems()) == []


@given(st.integers(1, 12), st.integers(1, 6), st.integers(1, 6), st.integers(0, 3))
def test_output_size_counts_the_windows_that_fit(H, H1, stride, pad):
    sizes = Conv(**CONV | {"H": H, "H1": H1, "stride": stride, "pad": pad})
    room = H + 2 * pad
    if room < H1:
        assert [p.field for p in sizes.problems()] == ["H1"]
        return
    starts = [start for start in range(0, room, stride) if start + H1 <= room]
    assert sizes.shapes()["out"][2] == len(starts)
    read = {start + i for start in starts for i in range(H1)}
    assert sizes.unread()[0] == room - len(read)


def test_unread_counts_leftovers_and_gaps():
    assert Conv(**CONV | {"H": 8, "W": 7, "stride": 2}).unread() == (1, 0)
    assert Conv(**CONV | {"H": 7, "W": 8, "stride": 4}).unread() == (1, 2)
    assert Conv(**CONV | {"pad": 1}).unread() == (0, 0)
    assert MaxPool(N=1, C=1, H=5, W=6, H1=1, W1=2, stride=3).unread() == (3, 2)
    assert Relu(shape=(2, 3)).unread() == (0, 0)


@given(draw=st.data())
def test_unread_entries_are_those_with_gradient_zero(draw):
    sizes = draw.draw(SIZES["max_pool"])
    inputs, dout, params = data_for(LAYERS["conv"], conv := conv_like(sizes), seed=1)
    _, cache = LAYERS["conv"].variants["naive"].forward(*inputs, params)
    dx, _, _ = LAYERS["conv"].variants["naive"].backward(np.abs(dout) + 1, (cache[0], np.ones_like(cache[1]), params))
    rows, columns = np.any(dx != 0, axis=(0, 1, 3)), np.any(dx != 0, axis=(0, 1, 2))
    assert conv.unread() == ((~rows).sum(), (~columns).sum()) == sizes.unread()


def conv_like(pool):
    return Conv(N=1, C=1, F=1, pad=0, H=pool.H, W=pool.W, H1=pool.H1, W1=pool.W1, stride=pool.stride)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"H1": 5}, "H1", "H1 = 5 is more than H + 2·pad = 3 + 2·0 = 3: no window fits"),
        ({"W1": 8, "pad": 2}, "W1", "W1 = 8 is more than W + 2·pad = 3 + 2·2 = 7: no window fits"),
    ],
)
def test_a_filter_larger_than_the_padded_image_is_named(changes, field, message):
    assert [(p.field, p.message) for p in Conv(**CONV | changes).problems()] == [(field, message)]


def test_both_axes_are_reported_at_once():
    assert [p.field for p in Conv(**CONV | {"H1": 4, "W1": 4}).problems()] == ["H1", "W1"]


def test_a_window_larger_than_the_image_is_named():
    problems = list(MaxPool(N=1, C=1, H=3, W=2, H1=3, W1=4, stride=1).problems())
    assert [(p.field, p.message) for p in problems] == [("W1", "W1 = 4 is more than W = 2: no window fits")]


def test_a_shape_of_too_many_axes_is_named():
    problems = list(Relu(shape=(1,) * 40).problems())
    assert [(p.field, p.message) for p in problems] == [("shape", "shape has 40 axes; an array has at most 32")]


def test_padding_wider_than_the_filter_is_legal():
    sizes = Conv(**CONV | {"H1": 1, "W1": 1, "pad": 2})
    assert list(sizes.problems()) == []
    assert sizes.shapes()["out"] == (1, 1, 7, 7)


def test_relu_takes_letters_or_a_shape():
    assert Relu.ways == (("N", "C", "H", "W"), ("shape",))
    assert required(Relu) == ()
    assert Relu(N=2, C=3, H=4, W=5).shapes() == Relu(shape=(2, 3, 4, 5)).shapes()


def test_required_fields_are_the_papers_letters():
    assert required(Conv) == ("N", "C", "H", "W", "F", "H1", "W1", "stride", "pad")
    assert required(MaxPool) == ("N", "C", "H", "W", "H1", "W1", "stride")
    assert required(FORMS["batchnorm"].sizes) == ("N", "D")
    assert required(FORMS["spatial_batchnorm"].sizes) == ("N", "C", "H", "W")


def test_defaults_are_those_of_cs231n():
    sizes = LAYERS["batchnorm"].sizes(N=1, D=1)
    assert (sizes.mode, sizes.eps, sizes.momentum) == ("train", 1e-5, 0.9)
    fields = declared(type(sizes))
    assert fields["mode"].choices == ("train", "test")
    assert (fields["momentum"].minimum, fields["momentum"].maximum) == (0, 1)


def test_workspace_is_what_the_windows_take_when_written_out():
    sizes = Conv(**ONE_OF_EACH["conv"])
    _, _, H2, W2 = sizes.shapes()["out"]
    assert sizes.workspace() == 2 * H2 * W2 * 3 * 3 * 2
    assert MaxPool(N=2, C=3, H=4, W=4, H1=2, W1=2, stride=1).workspace() == 2 * 3 * 9 * 4


def test_workspace_covers_padding_that_outgrows_the_windows():
    assert Conv(**CONV | {"stride": 1000, "pad": 100}).workspace() == 203 * 203
