"""A step of a GRU by hand, and code of every kind of it.

Covers layers/gru_step/readable.py and layers/gru_step/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.gru_step.words import KINDS, STATES, Kind, after_two
from tests.implementations.files import found, pair_of, status, write

LAYER = LAYERS["gru_step"]

FUNCTIONS = """
    import numpy as np
    def sigmoid(a):
        return (1 + np.tanh(a / 2)) / 2
    def gru_step_forward(x, prev_h, Wx, Wh, b):
        GATES = np.split(x @ Wx + b, 3, axis=1)
        H = len(Wh)
        W = {gate: Wh[:, k * H:(k + 1) * H] for k, gate in enumerate("ORDER")}
        z, r = sigmoid(z + prev_h @ W["z"]), sigmoid(r + prev_h @ W["r"])
        n = np.tanh(n + PRODUCT)
        return NEXT, (x, prev_h, Wx, W, z, r, n)
    def gru_step_backward(dnext_h, cache):
        x, prev_h, Wx, W, z, r, n = cache
        s = SHARE
        dan = dnext_h * s * (1 - n**2)
        daz = dnext_h * (n - prev_h) * SIGN * z * (1 - z)
        PRODUCTS_BACK
        dar = dr * r * (1 - r)
        dprev_h = dnext_h * (1 - s) + back + daz @ W["z"].T + dar @ W["r"].T
        z, r, n = daz, dar, dan
        da = np.hstack([GATES])
        z, r, n = prev_h.T @ daz, prev_h.T @ dar, dWn
        return da @ Wx.T, dprev_h, x.T @ da, np.hstack([GATES]), da.sum(axis=0)
"""


def text(kind):
    before = kind.reset == "before"
    new = kind.z_is == "new"
    back = (
        'drh = dan @ W["n"].T; dr, back, dWn = drh * prev_h, drh * r, (r * prev_h).T @ dan'
        if before
        else 'dr, back, dWn = dan * (prev_h @ W["n"]), (r * dan) @ W["n"].T, prev_h.T @ (r * dan)'
    )
    replaced = {
        "PRODUCTS_BACK": back,
        "PRODUCT": '(r * prev_h) @ W["n"]' if before else 'r * (prev_h @ W["n"])',
        "NEXT": "(1 - z) * prev_h + z * n" if new else "z * prev_h + (1 - z) * n",
        "SHARE": "z" if new else "1 - z",
        "SIGN": "1" if new else "-1",
        "ORDER": kind.gates,
        "GATES": ", ".join(kind.gates),
    }
    made = FUNCTIONS
    for old, now in replaced.items():
        made = made.replace(old, now)
    return made


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    # z and r are 1/2, and n is tanh(0.5 · h · 2).
    x, h, Wx, Wh = np.ones((1, 1)), np.full((1, 1), 0.8), np.zeros((1, 3)), np.array([[0.0, 0.0, 2.0]])
    params = {"gates": "zrn", "z_is": "new", "reset": "before"}
    out, cache = variant.forward(x, h, Wx, Wh, np.zeros(3), params)
    n = np.tanh(0.8)
    np.testing.assert_allclose(out, [[0.4 + n / 2]])
    _, dh, dWx, dWh, db = variant.backward(np.array([[2.0]]), cache)
    dan = 1 - n**2
    np.testing.assert_allclose(db, [2 * (n - 0.8) / 4, dan * 2 * 0.8 / 4, dan])
    np.testing.assert_allclose(dWx[0], db)
    np.testing.assert_allclose(dWh[0], db * [0.8, 0.8, 0.4])
    np.testing.assert_allclose(dh, [[1 + dan * 2 / 2]])


def test_no_two_kinds_come_to_the_same():
    values = np.array([after_two(kind, STATES) for kind in KINDS])
    apart = np.abs(values[:, None] - values).max(axis=2)
    assert (apart[~np.eye(len(KINDS), dtype=bool)] > 0.01).all()


@pytest.mark.parametrize("kind", [KINDS[0], KINDS[-1], Kind("rzn", "old", "after"), Kind("nzr", "new", "after")])
def test_the_kind_is_found_out(tmp_path, kind):
    source = write(tmp_path, text(kind))
    (one,) = found(source)
    assert status(source, one, **kind._asdict()) == "pass"
    other = Kind("rnz", "old" if kind.z_is == "new" else "new", "after" if kind.reset == "before" else "before")
    inputs = [np.ones(shape) for name, shape in LAYER.sizes(N=2, D=4, H=3).shapes().items() if name != "out"]
    for key in Kind._fields:
        asked = kind._replace(**{key: getattr(other, key)})
        pair = pair_of(source, one, **asked._asdict())
        with pytest.raises(Refusal) as error:
            pair.forward(*inputs)
        assert error.value.instead == {key: getattr(kind, key)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(n - prev_h) * 1", "(prev_h - n)"),
        ("drh * prev_h, drh * r", "drh * prev_h, drh"),
        ("(r * prev_h).T @ dan", "prev_h.T @ dan"),
        ("dr * r * (1 - r)", "dr"),
        ("(1 - z) * prev_h + z * n", "prev_h + z * n"),
    ],
)
def test_what_is_wrong_is_no_other_kind_and_fails(tmp_path, old, new):
    right = text(KINDS[0])
    assert old in right
    source = write(tmp_path, right.replace(old, new))
    assert status(source, found(source)[0]) == "fail"
