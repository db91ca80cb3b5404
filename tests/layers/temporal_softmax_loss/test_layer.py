"""The temporal softmax loss by hand, and code that has no word for its divisor, or no mask.

Covers layers/temporal_softmax_loss/readable.py and layers/temporal_softmax_loss/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, pair_of, status, write

LAYER = LAYERS["temporal_softmax_loss"]

FUNCTION = """
    import numpy as np
    def temporal_softmax_loss(x, y, mask):
        N, T, V = x.shape
        p = np.exp(x - x.max(axis=2, keepdims=True))
        p /= p.sum(axis=2, keepdims=True)
        n, t = np.indices((N, T))
        loss = -(mask * np.log(p[n, t, y])).sum() / DIVISOR
        p[n, t, y] -= 1
        return loss, p * mask[:, :, None] / DIVISOR
"""
DIVISORS = {"sequences": "N", "words": "mask.sum()", "sum": "1"}


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    x = np.log(np.array([[[1.0, 2.0, 5.0], [3.0, 3.0, 4.0]], [[1.0, 1.0, 2.0], [2.0, 1.0, 1.0]]]))
    params = {"y": np.array([[2, 0], [1, -1]]), "mask": np.array([[True, True], [True, False]])}
    loss, cache = variant.forward(x, {**params, "reduction": "sequences", "ignored": "label"})
    assert loss == pytest.approx((np.log(8 / 5) + np.log(10 / 3) + np.log(4)) / 2)
    expected = np.array([[[1 / 8, 2 / 8, -3 / 8], [-7 / 10, 3 / 10, 4 / 10]], [[1 / 4, -3 / 4, 2 / 4], [0, 0, 0]]]) / 2
    np.testing.assert_allclose(variant.backward(np.float64(1), cache), expected)


@pytest.mark.parametrize("own", DIVISORS)
def test_what_the_loss_is_divided_by_is_found_out(tmp_path, own):
    source = write(tmp_path, FUNCTION.replace("DIVISOR", DIVISORS[own]))
    (one,) = found(source)
    for asked in DIVISORS:
        pair = pair_of(source, one, reduction=asked)
        if asked == own:
            assert status(source, one, reduction=asked) == "pass"
        else:
            with pytest.raises(Refusal) as error:
                pair.forward(np.ones((3, 4, 5)))
            assert error.value.instead == {"reduction": own}


@pytest.mark.parametrize("divisor", ["N * T", "V", "N * N", "N if (y == y[0, 0]).all() else -N"])
def test_another_divisor_is_wrong(tmp_path, divisor):
    source = write(tmp_path, FUNCTION.replace("DIVISOR", f"({divisor})"))
    assert status(source, found(source)[0]) == "fail"


@pytest.mark.parametrize(
    ("mask", "own", "said"),
    [
        ("mask = (y != -1)", "label", "pass"),
        ("mask = np.ones(y.shape)", "none", "pass"),
        ("mask = y != 1", "none", "fail"),
    ],
)
def test_code_without_a_mask_is_asked_for_what_it_does(tmp_path, mask, own, said):
    text = FUNCTION.replace("(x, y, mask):", f"(x, y):\n        {mask}").replace("DIVISOR", "N")
    source = write(tmp_path, text)
    (one,) = found(source)
    with pytest.raises(Refusal) as error:
        pair_of(source, one).forward(np.ones((3, 4, 5)))
    assert error.value.instead == {"ignored": own}
    assert status(source, one, ignored=own) == said


def test_some_places_count_and_some_do_not():
    for N, T in ((3, 4), (1, 2), (2, 1), (1, 1)):
        params = LAYER.params(LAYER.sizes(N=N, T=T, V=5), None, np.dtype(float))
        assert params["mask"].any()
        assert N * T == 1 or not params["mask"].all()
