"""The depthwise convolution: a filter for each channel, and no sum over them.

Covers layers/depthwise_conv/readable.py and layers/depthwise_conv/words.py, with the tests of all layers.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, problem, status, write
from tests.layers.cases import ONE_OF_EACH, sizes_of_suite

Depthwise = LAYERS["depthwise_conv"].sizes
CLASS = """
import numpy as np
class DepthwiseConv2d:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, groups=1):
        assert groups == in_channels == out_channels
        self.weight, self.bias = np.zeros((in_channels, 1, *kernel_size)), np.zeros(in_channels)
        self.stride, self.padding = stride, padding
    def forward(self, x):
        p, s, (kh, kw) = self.padding, self.stride, self.weight.shape[2:]
        self.shape, self.xp = x.shape, np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        view = np.lib.stride_tricks.sliding_window_view(self.xp, (kh, kw), axis=(2, 3))
        self.view = view[:, :, ::s, ::s]
        return (self.view * self.weight[:, 0][:, None, None]).sum((4, 5)) + self.bias[:, None, None]
    def backward(self, dout):
        p, s, (kh, kw) = self.padding, self.stride, self.weight.shape[2:]
        self.dweight = np.einsum("nchw,nchwij->cij", dout, self.view)[:, None]
        self.dbias = dout.sum((0, 2, 3))
        dxp = np.zeros_like(self.xp)
        for i, j in np.ndindex(kh, kw):
            back = dout * self.weight[:, 0, i, j, None, None]
            dxp[:, :, i : i + s * dout.shape[2] : s, j : j + s * dout.shape[3] : s] += back
        return dxp[:, :, p : p + self.shape[2], p : p + self.shape[3]]
"""


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_by_hand(variant):
    known = LAYERS["depthwise_conv"].variants[variant]
    x = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]]])
    w = np.array([[[[1.0, 10.0]]], [[[2.0, 0.0]]]])
    out, cache = known.forward(x, w, np.array([0.0, 1.0]), {"stride": 1, "pad": 0})
    assert out.tolist() == [[[[21.0]], [[7.0]]]]
    dx, dw, db = known.backward(np.array([[[[1.0]], [[2.0]]]]), cache)
    assert dx.tolist() == [[[[1.0, 10.0]], [[4.0, 0.0]]]]
    assert dw.tolist() == [[[[1.0, 2.0]]], [[[6.0, 8.0]]]]
    assert db.tolist() == [1.0, 2.0]


def test_a_filter_larger_than_the_padded_image_is_named():
    sizes = Depthwise(**ONE_OF_EACH["depthwise_conv"] | {"W1": 10})
    said = "W1 = 10 is more than W + 2·pad = 7 + 2·1 = 9: no window fits"
    assert [(p.field, p.message) for p in sizes.problems()] == [("W1", said)]


def test_the_shapes_of_the_suite_are_hostile(tmp_path):
    suite = sizes_of_suite("depthwise_conv", tmp_path)
    assert {s.pad for s in suite} == {0, 1, 2}
    assert {s.stride for s in suite} == {1, 2, 3}
    assert {(s.H > s.W) - (s.H < s.W) for s in suite} == {-1, 0, 1}
    assert all(any(getattr(s, letter) == 1 for s in suite) for letter in ("N", "C"))
    assert any(s.H1 != s.W1 for s in suite)
    assert any(min(s.unread()) > 0 for s in suite)


@pytest.mark.parametrize(("old", "new", "expected"), [("", "", "pass"), ("+= back", "+= back.sum(1)[:, None]", "fail")])
def test_a_class_is_told_its_channels_by_each_word_for_them(tmp_path, old, new, expected):
    source = write(tmp_path, CLASS.replace(old, new) if old else CLASS)
    (one,) = found(source)
    assert one.layer == "depthwise_conv"
    assert status(source, one) == expected


def test_an_ordinary_convolution_is_none(tmp_path):
    text = CLASS.replace("DepthwiseConv2d", "PointwiseConv2d")
    assert "PointwiseConv2d" in problem(write(tmp_path, text))
