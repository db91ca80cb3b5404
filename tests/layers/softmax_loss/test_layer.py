"""The softmax loss: by hand, at large scores, and what there is to say of code that is right but for its range.

Covers layers/labels.py, layers/softmax_loss/layer.py and layers/svm_loss/layer.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.labels import labels

RIGHT = np.array([2, 0])


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_by_hand(variant):
    x = np.log(np.array([[1.0, 2.0, 5.0], [3.0, 3.0, 4.0]]))
    params = {"y": RIGHT, "reduction": "mean", "eps": 0.0}
    known = LAYERS["softmax_loss"].variants[variant]
    loss, cache = known.forward(x, params)
    assert loss == pytest.approx((np.log(8 / 5) + np.log(10 / 3)) / 2)
    expected = np.array([[1 / 8, 2 / 8, -3 / 8], [-7 / 10, 3 / 10, 4 / 10]]) / 2
    np.testing.assert_allclose(known.backward(np.float64(1), cache), expected)


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_the_svm_loss_by_hand(variant):
    x = np.array([[1.0, 2.5, 2.0], [3.0, 1.5, 4.0]])
    params = {"y": RIGHT, "reduction": "sum", "delta": 1.0}
    known = LAYERS["svm_loss"].variants[variant]
    loss, cache = known.forward(x, params)
    assert loss == 1.5 + 2.0
    np.testing.assert_array_equal(known.backward(np.float64(1), cache), [[0, 1, -1], [-1, 0, 1]])


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_large_scores_overflow_nothing(variant, dtype):
    x = np.array([[1000.0, -1000.0, 0.0]], dtype)
    known = LAYERS["softmax_loss"].variants[variant]
    loss, cache = known.forward(x, {"y": np.array([0]), "reduction": "mean", "eps": 0.0})
    assert loss == 0
    np.testing.assert_array_equal(known.backward(np.asarray(1, dtype), cache), [[0, 0, 0]])


def test_labels_are_the_same_at_the_same_sizes_and_classes_all():
    assert labels(4, 5).tolist() == labels(4, 5).tolist()
    assert set(labels(200, 5)) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("delta", [1.0, 0.3, 0.0, 2.5])
def test_no_margin_of_the_data_that_is_drawn_is_near_its_kink(delta):
    from convcheck.layers.draws import Draws

    layer = LAYERS["svm_loss"]
    (claim,) = layer.facts(layer.sizes(N=30, C=20, delta=delta)).inputs
    x, gap = claim.drawn(Draws("any"))
    y = labels(30, 20)
    margins = x - x[np.arange(30), y][:, None] + delta
    margins[np.arange(30), y] = 1
    assert np.abs(margins).min() >= gap * (1 - 1e-9)
    assert (margins > 0).any()
    assert delta > 2 or (margins < 0).any()
