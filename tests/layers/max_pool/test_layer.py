"""Max-pooling: windows that overlap, that tie and that leave entries unread, and the suite."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, write
from tests.layers.cases import SIZES, data_for, sizes_of_suite, suite_of

Conv, MaxPool = LAYERS["conv"].sizes, LAYERS["max_pool"].sizes


@given(draw=st.data())
def test_unread_entries_are_those_with_gradient_zero(draw):
    sizes = draw.draw(SIZES["max_pool"])
    inputs, dout, params = data_for(LAYERS["conv"], conv := conv_like(sizes), seed=1)
    _, cache = LAYERS["conv"].variants["naive"].forward(*inputs, params)
    dx, _, _ = LAYERS["conv"].variants["naive"].backward(np.abs(dout) + 1, (cache[0], np.ones_like(cache[1]), params))
    rows, columns = np.any(dx != 0, axis=(0, 1, 3)), np.any(dx != 0, axis=(0, 1, 2))
    assert conv.unread() == ((~rows).sum(), (~columns).sum()) == sizes.unread()


def conv_like(pool):
    """A convolution over the padded images, with windows as the pool has them."""
    H, W = pool.H + 2 * pool.pad, pool.W + 2 * pool.pad
    return Conv(N=1, C=1, F=1, pad=0, H=H, W=W, H1=pool.H1, W1=pool.W1, stride=pool.stride)


def test_unread_counts_leftovers_and_gaps():
    assert MaxPool(N=1, C=1, H=5, W=6, H1=1, W1=2, stride=3).unread() == (3, 2)


def test_workspace_is_what_the_windows_take_when_written_out():
    assert MaxPool(N=2, C=3, H=4, W=4, H1=2, W1=2, stride=1).workspace() == 2 * 3 * 9 * 4


def test_a_window_larger_than_the_image_is_named():
    problems = list(MaxPool(N=1, C=1, H=3, W=2, H1=3, W1=4, stride=1).problems())
    assert [(p.field, p.message) for p in problems] == [("W1", "W1 = 4 is more than W = 2: no window fits")]
    problems = list(MaxPool(N=1, C=1, H=3, W=2, H1=3, W1=2, stride=1, pad=2).problems())
    assert [p.message for p in problems] == ["pad = 2 is not less than W1 = 2: the first window is in the padding"]


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_the_first_of_equals_wins_a_window(variant):
    layer = LAYERS["max_pool"]
    _, cache = layer.variants[variant].forward(np.ones((1, 1, 2, 4)), {"pool_height": 2, "pool_width": 2, "stride": 2})
    dx = layer.variants[variant].backward(np.array([[[[3.0, 5.0]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[3, 0, 5, 0], [0, 0, 0, 0]]]])


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_overlapping_windows_add_up(variant):
    layer = LAYERS["max_pool"]
    x = np.array([[[[1.0, 9.0, 2.0]]]])
    _, cache = layer.variants[variant].forward(x, {"pool_height": 1, "pool_width": 2, "stride": 1})
    np.testing.assert_array_equal(layer.variants[variant].backward(np.array([[[[3.0, 5.0]]]]), cache), [[[[0, 8, 0]]]])


def test_the_shapes_of_max_pool_are_hostile(tmp_path):
    pool = sizes_of_suite("max_pool", tmp_path)
    assert {s.stride for s in pool} == {1, 2, 3}
    assert any(s.stride < min(s.H1, s.W1) for s in pool)
    assert any(s.stride > max(s.H1, s.W1) for s in pool)
    assert any(s.H1 != s.W1 for s in pool)
    assert any(min(s.unread()) > 0 and s.stride == s.H1 == s.W1 for s in pool)


def test_each_property_has_a_check_that_code_which_takes_only_windows_that_tile_can_show(tmp_path):
    """Sides that are multiples of the window's and of the stride's, and nothing left over."""

    def tiles(s):
        return s.H % s.H1 == s.W % s.W1 == (s.H - s.H1) % s.stride == (s.W - s.W1) % s.stride == 0

    suite = suite_of("max_pool", tmp_path)
    others = {c.id.partition("::")[2].partition("[")[0] for c in suite if not tiles(c.sizes) and not c.sizes.pad}
    assert others == {"overlap", "left_over"}
    whole = [c.sizes for c in suite if tiles(c.sizes)]
    assert any(s.N > 1 and s.C > 1 and s.H > s.W for s in whole)
    assert any(s.N == 1 and s.H1 == s.W1 == s.stride for s in whole)
    assert any(s.H < s.W for s in whole)
    assert any(s.stride < s.H1 == s.W1 for s in whole)
    assert any(s.stride > s.H1 for s in whole)
    assert any(s.H1 != s.W1 for s in whole)
    assert {c.manner.dtype for c in suite if tiles(c.sizes)} == {"float64", "float32"}
    assert any(c.manner.data == "ties" for c in suite if tiles(c.sizes))


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_padding_never_wins(variant):
    known = LAYERS["max_pool"].variants[variant]
    param = {"pool_height": 2, "pool_width": 2, "stride": 2, "pad": 1}
    out, cache = known.forward(np.array([[[[-3.0, -1.0], [-2.0, -4.0]]]]), param)
    assert out.tolist() == [[[[-3.0, -1.0], [-2.0, -4.0]]]]
    assert known.backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), cache).tolist() == [[[[1.0, 2.0], [3.0, 4.0]]]]


PADS_ZEROS = """
import numpy as np
class MaxPool2d:
    def __init__(self, kernel_size, stride, padding=0):
        self.k, self.stride, self.padding = kernel_size, stride, padding
    def forward(self, x):
        p, k, s = self.padding, self.k, self.stride
        self.shape = x.shape
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=VALUE)
        rows, columns = ((n - k) // s + 1 for n in self.xp.shape[2:])
        self.places = [(i, j, np.s_[:, :, i * s : i * s + k, j * s : j * s + k]) for i, j in np.ndindex(rows, columns)]
        out = np.zeros((*x.shape[:2], rows, columns), x.dtype)
        for i, j, at in self.places:
            out[:, :, i, j] = self.xp[at].max((2, 3))
        return out
    def backward(self, dout):
        p, (_, _, H, W) = self.padding, self.shape
        dxp = np.zeros(self.xp.shape, dout.dtype)
        for i, j, at in self.places:
            mask = self.xp[at] == self.xp[at].max((2, 3), keepdims=True)
            dxp[at] += mask / mask.sum((2, 3), keepdims=True) * dout[:, :, i, j][..., None, None]
        return dxp[:, :, p : p + H, p : p + W]
"""


@pytest.mark.parametrize(("value", "wrong"), [("-np.inf", set()), ("0", {"forward"})])
def test_code_that_pads_with_zeros_is_wrong_where_windows_are_negative(tmp_path, value, wrong):
    sizes = MaxPool(N=2, C=2, H=5, W=6, H1=3, W1=3, stride=2, pad=1)
    source = write(tmp_path, PADS_ZEROS.replace("VALUE", value))
    result = run_source(Check("max_pool", "max_pool", sizes, Manner(), None, None), source, found(source)[0])
    assert {t.name for t in result.tensors if t.verdict == "wrong"} == wrong
    assert result.status == ("fail" if wrong else "pass")


def test_in_the_suite_it_is_a_warning_with_the_mistake(tmp_path):
    source = write(tmp_path, PADS_ZEROS.replace("VALUE", "0"))
    (one,) = found(source)
    assert one.takes == ("pad",)
    for check in suite_of("max_pool", tmp_path):
        if check.sizes.pad:
            result = run_source(check, source, one, Settings(suite=True))
            (said,) = (f for f in result.findings if f.code == "padded-with-zeros")
            assert (result.status, said.severity) == ("pass", "warning")
            assert "padded with zeros for the output" in said.message
