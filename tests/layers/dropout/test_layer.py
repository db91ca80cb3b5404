"""Dropout by hand; what p is, and in which mode is scaled, is found out and said; and what is wrong with what is drawn.

Covers layers/dropout/layer.py, layers/dropout/words.py and layers/dropout/misdrawn.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.dropout.misdrawn import misdrawn
from convcheck.layers.dropout.words import many
from tests.implementations.files import checked, found, write
from tests.implementations.running import told

LAYER = LAYERS["dropout"]


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
@pytest.mark.parametrize(
    ("p_is", "scaling", "train", "test"),
    [
        ("kept", "train", 4.0, 1.0),
        ("dropped", "train", 4 / 3, 1.0),
        ("kept", "test", 1.0, 0.25),
        ("dropped", "test", 1.0, 0.75),
    ],
)
def test_by_hand(variant, p_is, scaling, train, test):
    x, dout = np.array([[1.0, 2.0, -3.0]]), np.array([[5.0, 6.0, 7.0]])
    mask = np.array([[True, False, True]])
    params = {"p": 0.25, "seed": 1, "p_is": p_is, "scaling": scaling, "mask": mask}
    known = LAYER.variants[variant]
    for mode, factor in (("train", mask * train), ("test", test)):
        out, cache = known.forward(x, params | {"mode": mode})
        np.testing.assert_allclose(out, x * factor)
        np.testing.assert_allclose(known.backward(dout, cache), dout * factor)


FUNCTIONS = """
import numpy as np

def dropout_forward(x, p=0.5, training=True):
    if not training:
        return TESTED, None
    keep = np.random.rand(*x.shape) COMPARED
    mask = keep TRAINED
    return x * mask, mask

def dropout_backward(dout, mask):
    return GRADIENT if mask is None else dout * mask
"""
KEPT = ("< p", "p")
DROPPED = (">= p", "(1 - p)")


def code(compared=KEPT, scaling="train", **changed):
    k = compared[1]
    texts = {"COMPARED": compared[0], "TRAINED": "* 1.0", "TESTED": f"x * {k}", "GRADIENT": f"dout * {k}"}
    if scaling == "train":
        texts |= {"TRAINED": f"/ {k}", "TESTED": "x", "GRADIENT": "dout"}
    text = FUNCTIONS
    for word, value in (texts | changed).items():
        text = text.replace(word, value)
    return text


def result_of(folder, text, **changed):
    source = write(folder, text)
    (one,) = found(source)
    return checked(source, one, **changed)


def said(result):
    return " ".join(finding.message for finding in result.findings)


@pytest.mark.parametrize("p", [0.75, 0.5, 0.3])
@pytest.mark.parametrize("scaling", ["train", "test"])
@pytest.mark.parametrize(("compared", "p_is"), [(KEPT, "kept"), (DROPPED, "dropped")])
def test_what_p_is_and_where_it_is_scaled_is_found_out_and_said(tmp_path, compared, p_is, scaling, p):
    text = code(compared, scaling)
    for mode in ("train", "test"):
        result = result_of(tmp_path, text, mode=mode, p=p)
        assert result.status == "pass", told(result)
        assert (f"checked with p_is = {p_is}, which is built into it" in said(result)) == (p_is != "kept")
        assert (f"checked with scaling = {scaling}, which is built into it" in said(result)) == (scaling != "train")


def test_a_spec_that_asks_for_the_other_is_declined_with_what_could_be_asked(tmp_path):
    result = result_of(tmp_path, code(DROPPED), suite=False, p_is="kept")
    assert result.status == "error"
    assert "takes p for the share that is dropped: p_is = kept cannot be asked of it" in said(result)
    assert result_of(tmp_path, code(DROPPED), suite=False, p_is="dropped").status == "pass"
    result = result_of(tmp_path, code(scaling="test"), suite=False)
    assert "scales the entries in test mode: scaling = train cannot be asked of it" in said(result)


@pytest.mark.parametrize(("trained", "own"), [("/ 0.8", "0.8"), ("* 1.0", "0.8")])
def test_a_p_that_is_written_in_is_found_out(tmp_path, trained, own):
    text = code(COMPARED="< 0.8", TRAINED=trained, TESTED="x" if "/" in trained else "x * 0.8")
    text = text.replace("p=0.5, ", "").replace("GRADIENT", "dout")
    if "*" in trained:
        text = text.replace("return dout if", "return dout * 0.8 if")
    result = result_of(tmp_path, text)
    assert result.status == "pass", told(result)
    assert f"checked with p = {own}, which is built into it" in said(result)
    assert "keeps 0.8 of the entries by itself" in said(result_of(tmp_path, text, suite=False))


@pytest.mark.parametrize(
    ("changed", "status", "why"),
    [
        ({"np.random.rand(": "np.random.randn("}, "fail", "of many entries in train mode, where p = 0.75"),
        ({"COMPARED": "< 0.5"}, "fail", "forward keeps 50.3% of many entries"),
        ({"np.random.rand(*x.shape)": "np.random.rand(x.shape[1])"}, "pass", "all rows have one mask"),
        ({"np.random.rand(*x.shape)": "np.random.rand(x.shape[0], 1)"}, "pass", "whole rows are dropped"),
        ({"else dout * mask": "else dout * (np.random.rand(*dout.shape) < 0.75) / 0.75"}, "fail", "backward draws"),
    ],
)
def test_what_is_wrong_with_what_is_drawn_is_said(tmp_path, changed, status, why):
    text = FUNCTIONS
    for old, new in changed.items():
        text = text.replace(old, new)
    for word, value in {"COMPARED": "< p", "TRAINED": "/ p", "TESTED": "x", "GRADIENT": "dout"}.items():
        text = text.replace(word, value)
    result = result_of(tmp_path, text)
    assert result.status == status, told(result)
    assert why in said(result)


KEEPS = """
import numpy as np

class Dropout:
    def __init__(self, p=0.5):
        self.p, self.mask = p, None

    def forward(self, x, train=True):
        if not train:
            return x
        DRAW
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask
"""
DRAW = "self.mask = (np.random.rand(*x.shape) < self.p) / self.p"


def test_a_mask_that_is_drawn_once_and_kept_is_an_error(tmp_path):
    assert result_of(tmp_path, KEEPS.replace("DRAW", DRAW)).status == "pass"
    result = result_of(tmp_path, KEEPS.replace("DRAW", f"if self.mask is None or len(self.mask) != len(x): {DRAW}"))
    assert result.status == "fail"
    assert "it has drawn one mask, and keeps it" in said(result)
    # Another seed of its own in each forward is no mask that is kept.
    assert result_of(tmp_path, KEEPS.replace("DRAW", f"np.random.seed(3); {DRAW}")).status == "pass"


def test_nothing_is_said_of_shares_that_chance_explains_nor_of_what_fails():
    sizes, params, draws = LAYER.sizes(N=4, D=5), {"p": 0.3, "p_is": "kept", "mode": "train"}, np.random.default_rng(0)

    def kept(shape, second=False):
        return None if second else draws.random(shape) < 0.3

    assert [said for _ in range(50) for said in misdrawn(kept, sizes, params)] == []
    assert [*misdrawn(lambda shape, second=False: None, sizes, params)] == []
    assert [*misdrawn(lambda shape, second=False: np.ones(shape), sizes, params | {"mode": "test"})] == []


@pytest.mark.parametrize("axes", [1, 2, 3, 4, 6, 32])
def test_many_entries_have_axes_of_different_lengths(axes):
    shape = many(axes)
    assert len(set(shape[:4])) == min(axes, 4)
    assert 2**13 < np.prod(shape) < 2**14 * 1.2
