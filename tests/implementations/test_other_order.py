"""Code that keeps w as (M, D) is turned on its way, at sizes of all kinds; which order it is, most of its values tell.

Covers `Pair.notes` in checking/left_out.py as well.
"""

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, pair_of, sizes_of, write
from tests.implementations.running import told, wrong_tensors

FUNCTIONS = """
import numpy as np
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w.T + b, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    return (dout @ w).reshape(x.shape), dout.T @ x.reshape(len(x), -1), dout.sum(0)
"""
CLASS = """
import numpy as np
class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = np.random.randn(out_features, in_features)
        self.bias = np.zeros(out_features)
    def forward(self, x):
        self.x = x.reshape(len(x), -1)
        self.shape = x.shape
        return self.x @ self.weight.T + self.bias
    def backward(self, dout):
        self.dweight = dout.T @ self.x
        self.dbias = dout.sum(0)
        return (dout @ self.weight).reshape(self.shape)
"""
WITHOUT_BIAS = CLASS.replace(" + self.bias", "").replace("        self.bias = np.zeros(out_features)\n", "")
WITHOUT_BIAS = WITHOUT_BIAS.replace(", bias=True", "").replace("        self.dbias = dout.sum(0)\n", "")
TORCH = """
import torch
class MyLinear(torch.nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = torch.nn.Parameter(torch.zeros(out_features))
    def forward(self, x):
        return x.flatten(1) @ self.weight.T + self.bias
"""
KINDS = {
    "functions": FUNCTIONS,
    "class": CLASS,
    "without bias": WITHOUT_BIAS,
    "torch": pytest.param(TORCH, marks=pytest.mark.torch),
}
SIZES = {"different": {}, "square": {"N": 4, "D": 4, "M": 4}, "of one": {"N": 1, "D": 1, "M": 1}}


def result_of(folder, text, *, dtype="float64", **sizes):
    source = write(folder, text)
    check = Check("affine", "affine", sizes_of("affine", **sizes), Manner(dtype=dtype), None, None)
    return run_source(check, source, found(source)[0])


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_what_is_right_passes_and_its_order_is_said(tmp_path, text, sizes):
    if "torch" in text:
        pytest.importorskip("torch")
    result = result_of(tmp_path, text, dtype="float32", **sizes)
    assert result.status == "pass", told(result)
    assert "other-order" in {finding.code for finding in result.findings}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_what_keeps_the_order_of_the_layer_is_not_turned(tmp_path, sizes):
    text = FUNCTIONS.replace("w.T", "w").replace("dout @ w)", "dout @ w.T)")
    text = text.replace("dout.T @ x.reshape(len(x), -1)", "x.reshape(len(x), -1).T @ dout")
    result = result_of(tmp_path, text, **sizes)
    assert result.status == "pass", told(result)
    assert result.findings == ()


MISTAKES = {
    "dx": (CLASS, "(dout @ self.weight)", "(dout @ self.weight.T)", "dx"),
    "dw": (CLASS, "dout.T @ self.x", "self.x.T @ dout", "dw"),
    "dw of functions": (FUNCTIONS, "dout.T @ x.reshape(len(x), -1)", "x.reshape(len(x), -1).T @ dout", "dw"),
    "the output": (FUNCTIONS, "w.T + b", "w + b", "forward"),
    "the output of a class": (CLASS, "self.weight.T + ", "self.weight + ", "forward"),
}


@pytest.mark.parametrize(("text", "old", "new", "wrong"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_one_of_them_does_not_turn_the_others(tmp_path, text, old, new, wrong):
    assert text.count(old) == 1
    result = result_of(tmp_path, text.replace(old, new), N=4, D=4, M=4)
    assert "other-order" in {finding.code for finding in result.findings}
    assert wrong in wrong_tensors(result)
    # A wrong output makes wrong what goes through it.
    assert wrong_tensors(result) == {wrong} or wrong == "forward"


def test_weights_that_are_kept_in_the_other_order_tell_more_than_values(tmp_path):
    text = CLASS.replace("(dout @ self.weight)", "(dout @ self.weight.T)").replace("dout.T @ self.x", "self.x.T @ dout")
    result = result_of(tmp_path, text, N=4, D=5, M=3)
    assert result.status in {"fail", "error"}
    assert "other-order" in {finding.code for finding in result.findings}


def test_what_is_written_into_w_is_seen(tmp_path):
    for place in ("    return x.reshape(len(x), -1) @ w.T", "    return (dout @ w)"):
        result = result_of(tmp_path, FUNCTIONS.replace(place, "    w *= 2\n" + place))
        assert "input-overwritten" in {finding.code for finding in result.findings}


def test_an_instance_is_run_again_with_the_weights_that_it_has(tmp_path):
    source = write(tmp_path, CLASS)
    pair = pair_of(source, found(source)[0], N=2, D=3, M=4)
    x, w, b = np.ones((2, 3)), np.arange(12.0).reshape(3, 4), np.zeros(4)
    out, cache = pair.forward(x, w, b)
    assert out.tolist() == (x @ w).tolist()
    again, cache = pair.again(cache, 2 * x)
    assert again.tolist() == (2 * x @ w).tolist()
    assert pair.backward(np.ones((2, 4)), cache)[1].tolist() == np.full((3, 4), 4.0).tolist()
