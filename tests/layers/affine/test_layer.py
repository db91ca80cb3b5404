"""The affine layer by hand, an x of any shape, what a spec may say of it, and its words.

Covers layers/affine/words.py as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS

AFFINE = LAYERS["affine"]


@pytest.mark.parametrize("variant", AFFINE.variants)
def test_two_images_of_two_pixels_by_hand(variant):
    known = AFFINE.variants[variant]
    x = np.array([[[1.0, 2.0]], [[3.0, 4.0]]])
    w, b = np.array([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0]]), np.array([0.5, 0.0, -1.0])
    out, cache = known.forward(x, w, b)
    assert out.tolist() == [[5.5, 50.0, 499.0], [11.5, 110.0, 1099.0]]
    dx, dw, db = known.backward(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]]), cache)
    assert dx.tolist() == [[[1.0, 2.0]], [[200.0, 400.0]]]
    assert dw.tolist() == [[1.0, 0.0, 6.0], [2.0, 0.0, 8.0]]
    assert db.tolist() == [1.0, 0.0, 2.0]


def test_an_example_has_one_axis_or_several():
    assert AFFINE.sizes(N=2, D=6, M=3).shapes() == {"x": (2, 6), "w": (6, 3), "b": (3,), "out": (2, 3)}
    assert AFFINE.sizes(N=2, D=(2, 3), M=3).shapes() == {"x": (2, 2, 3), "w": (6, 3), "b": (3,), "out": (2, 3)}


def test_more_axes_than_an_array_can_have_are_named():
    problems = list(AFFINE.sizes(N=1, D=(1,) * 32, M=1).problems())
    assert [p.message for p in problems] == ["D has 32 axes; with that of the batch an array has at most 32"]
    assert not list(AFFINE.sizes(N=1, D=(1,) * 31, M=1).problems())


def test_sizes_are_told_for_rows_and_for_images():
    words = AFFINE.words
    derived = words.derived(AFFINE.sizes(N=2, D=(2, 3), M=4))
    assert derived == {"features": 6, "input_shape": (2, 3), "weight_shape": (6, 4)}
    rows = AFFINE.sizes(N=2, D=6, M=4)
    for D in (6, (2, 3)):
        turned, *others = words.forms(AFFINE.sizes(N=2, D=D, M=4))
        small = turned.sizes.shapes()
        assert small["w"] == (3, 3)
        assert len(small["x"]) == 1 + np.size(D)
        assert [form.sizes for form in others] == [rows] * (4 if D == 6 else 6)
