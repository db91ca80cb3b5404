"""ReLU: any shape, and what an infinite gradient does."""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from convcheck.spec.fields import required

Relu = LAYERS["relu"].sizes


def test_a_shape_of_too_many_axes_is_named():
    problems = list(Relu(shape=(1,) * 40).problems())
    assert [(p.field, p.message) for p in problems] == [("shape", "shape has 40 axes; an array has at most 32")]


def test_every_entry_is_read():
    assert Relu(shape=(2, 3)).unread() == (0, 0)


def test_relu_takes_letters_or_a_shape():
    assert Relu.ways == (("N", "C", "H", "W"), ("shape",))
    assert required(Relu) == ()
    assert Relu(N=2, C=3, H=4, W=5).shapes() == Relu(shape=(2, 3, 4, 5)).shapes()


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_an_infinite_gradient_goes_only_where_relu_was_open(variant):
    layer = LAYERS["relu"]
    _, cache = layer.variants[variant].forward(np.array([-1.0, 0.0, 1.0]))
    dx = layer.variants[variant].backward(np.full(3, np.inf), cache)
    np.testing.assert_array_equal(dx, [0, 0, np.inf])
