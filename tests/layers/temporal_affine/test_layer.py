"""The temporal affine layer by hand, and the layer that it is at one step.

Covers layers/temporal_affine/readable.py and layers/temporal_affine/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS, mistakes_of

LAYER = LAYERS["temporal_affine"]


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    x = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    w, b = np.array([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0]]), np.array([0.5, 0.0, -1.0])
    out, cache = variant.forward(x, w, b)
    assert out.tolist() == [[[5.5, 50.0, 499.0], [11.5, 110.0, 1099.0]]]
    dx, dw, db = variant.backward(np.array([[[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]]]), cache)
    assert dx.tolist() == [[[1.0, 2.0], [200.0, 400.0]]]
    assert dw.tolist() == [[1.0, 0.0, 6.0], [2.0, 0.0, 8.0]]
    assert db.tolist() == [1.0, 0.0, 2.0]


def test_the_mistakes_of_the_affine_layer_speak_of_steps():
    sentences = {one.sentence + one.mend for mistake in mistakes_of("temporal_affine") for one in [mistake]}
    assert not [said for said in sentences if "example" in said or "batch" in said]


def test_weights_are_looked_at_in_both_orders_where_both_have_one_shape():
    (turned,) = LAYER.words.forms(LAYER.sizes(N=7, T=2, D=5, M=4))
    assert turned.sizes.shapes()["w"] == (3, 3)
    assert LAYER.words.derived(LAYER.sizes(N=7, T=2, D=5, M=4))["weight_shape"] == (5, 4)
