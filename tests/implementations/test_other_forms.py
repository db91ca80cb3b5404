"""Code for images whose channels are last is told by what it gives, or by its text, and asked for an adapter."""

import importlib.util

import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, problem, sizes_of, write

# Nothing in it says what the axes are called.
POOL = """
import numpy as np
def run(x, k, s):
    rows, columns = (x.shape[1] - k) // s + 1, (x.shape[2] - k) // s + 1
    out = np.zeros((len(x), rows, columns, x.shape[3]), x.dtype)
    for i, j in np.ndindex(rows, columns):
        out[:, i, j, :] = x[:, i * s : i * s + k, j * s : j * s + k, :].max((1, 2))
    return out
"""
FUNCTIONS = """
def max_pool_forward(x, pool_param):
    return run(x, pool_param["pool_height"], pool_param["stride"]), x
def max_pool_backward(dout, cache):
    return cache
"""
CLASS = """
class MaxPool:
    def __init__(self, size, stride):
        self.size, self.stride = size, stride
    def forward(self, x):
        return run(x, self.size, self.stride)
    def backward(self, dout):
        return dout
"""
TORCH = """
import torch
class MaxPool(torch.nn.Module):
    def __init__(self, size, stride):
        super().__init__()
        self.size, self.stride = size, stride
    def forward(self, x):
        moved = torch.movedim(x, 3, 1)
        return torch.movedim(torch.nn.functional.max_pool2d(moved, self.size, self.stride), 1, 3)
"""
CONV = """
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
def conv_forward(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    x = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    cols = sliding_window_view(x, w.shape[:2], (1, 2))[:, ::s, ::s]
    return np.einsum("nhwcij,ijcf->nhwf", cols, w) + b, x
def conv_backward(dout, cache):
    return dout, dout, dout
"""
NO_TORCH = importlib.util.find_spec("torch") is None


def run(source):
    (one,) = found(source)
    return run_source(Check(one.layer, one.layer, sizes_of(one.layer)), source, one)


@pytest.mark.parametrize(
    ("text", "name", "filters"),
    [
        (POOL + FUNCTIONS, "max_pool_forward", ""),
        (POOL + CLASS, "MaxPool", ""),
        pytest.param(TORCH, "MaxPool", "", marks=pytest.mark.skipif(NO_TORCH, reason="PyTorch is not installed")),
        (CONV, "conv_forward", " and w.transpose(2, 3, 1, 0)"),
        (
            CONV.replace("ijcf", "fijc").replace("w.shape[:2]", "w.shape[1:3]"),
            "conv_forward",
            " and w.transpose(0, 2, 3, 1)",
        ),
    ],
)
def test_what_it_gives_tells_and_an_adapter_is_asked_for(tmp_path, text, name, filters):
    with pytest.raises(CannotOpen) as caught:
        run(write(tmp_path, text))
    assert str(caught.value) == (
        f"{name} takes images as (N, H, W, C): what it gives for such images is right; they are (N, C, H, W) here: "
        f"write an adapter: convcheck init --impl FILE.py; hand it x.transpose(0, 2, 3, 1){filters} there, and turn "
        "back what it returns"
    )


def test_what_is_wrong_in_either_order_is_wrong(tmp_path):
    result = run(write(tmp_path, POOL.replace(".max((1, 2))", ".min((1, 2))") + FUNCTIONS))
    assert "wrong-shape" in {finding.code for finding in result.findings}
    result = run(write(tmp_path, POOL.replace("// s + 1,", "// q + 1,") + FUNCTIONS))
    assert "raised" in {finding.code for finding in result.findings}


def test_a_class_whose_text_tells_is_named_once_and_not_at_every_check(tmp_path):
    text = POOL + CLASS.replace("return run", "n, h, w, c = x.shape\n        return run")
    said = problem(write(tmp_path, text))
    assert "MaxPool (line 10): forward takes images as (N, H, W, C): line 14 calls the axes of x n, h, w, c; " in said


COLUMNS = """
import numpy as np
def linear_forward(A, W, b):
    return np.dot(W, A) + b, (A, W)
def linear_backward(dZ, cache):
    A, W = cache
    return np.dot(W.T, dZ), np.dot(dZ, A.T), dZ.sum(axis=1, keepdims=True)
"""
ROWS = """
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b
    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), dout.sum(axis=0)
        return np.dot(dout, self.W.T)
"""


@pytest.mark.parametrize("sizes", [{}, {"D": 5}, {"N": 4, "D": 4, "M": 4}], ids=str)
def test_examples_as_columns_need_an_adapter(tmp_path, sizes):
    source = write(tmp_path, COLUMNS)
    check = Check("affine", "affine", sizes_of("affine", **sizes), Manner(), None, None)
    with pytest.raises(
        CannotOpen, match=r"linear_forward takes examples as columns, \(D, N\).*: write an adapter"
    ) as said:
        run_source(check, source, found(source)[0])
    assert str(said.value).endswith("; hand it x.T, w.T and b[:, None] there, and turn back what it returns")


@pytest.mark.parametrize("old", ["", "np.dot(dout, self.W.T)"], ids=["right", "dx is wrong"])
def test_code_that_takes_rows_alone_declines_an_x_of_more_axes_and_no_rows(tmp_path, old):
    source = write(tmp_path, ROWS.replace(old, "0 * dout @ self.W.T") if old else ROWS)
    for sizes, status in (({"D": (3, 5)}, "error"), ({"D": (1, 15)}, "error"), ({"D": 15}, "fail" if old else "pass")):
        check = Check("affine", "affine", sizes_of("affine", **sizes), Manner(), None, None)
        result = run_source(check, source, found(source)[0])
        assert result.status == status, sizes
        assert any("takes rows (N, D) alone" in f.message for f in result.findings) == (status == "error")


MADE_AT_FIRST_CALL = """
import numpy as np
class Dense:
    def __init__(self, units):
        self.units, self.W, self.b = units, None, None
    def forward(self, x):
        if self.W is None:
            self.W, self.b = np.zeros((x.shape[-1], self.units)), np.zeros(self.units)
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T
"""


def test_so_does_code_whose_weights_have_another_shape_then(tmp_path):
    source = write(tmp_path, MADE_AT_FIRST_CALL)
    for sizes, status in (({"D": (3, 5)}, "error"), ({"D": 15}, "pass")):
        check = Check("affine", "affine", sizes_of("affine", **sizes), Manner(), None, None)
        result = run_source(check, source, found(source)[0])
        assert result.status == status, sizes
        assert any("takes rows (N, D) alone" in f.message for f in result.findings) == (status == "error")


def test_a_forward_that_is_wrong_for_rows_too_declines_nothing(tmp_path):
    source = write(tmp_path, ROWS.replace("np.dot(x, self.W) + self.b", "np.dot(x, self.W) - self.b"))
    check = Check("affine", "affine", sizes_of("affine", D=(3, 5)), Manner(), None, None)
    assert {f.code for f in run_source(check, source, found(source)[0]).findings} == {"raised"}
