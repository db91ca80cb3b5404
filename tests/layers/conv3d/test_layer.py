"""The convolution of volumes by hand, beside that of images, its sizes, and what code does by itself.

Covers layers/conv3d/readable.py and layers/conv3d/words.py as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.conv3d.words import meaning
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, write
from tests.layers.cases import sizes_of_suite

CONV3D = LAYERS["conv3d"]
Conv3d = CONV3D.sizes
SMALL = {"N": 1, "C": 1, "T": 3, "H": 3, "W": 3, "F": 1, "T1": 2, "H1": 2, "W1": 2, "stride": 1, "pad": 0}


@pytest.mark.parametrize("variant", CONV3D.variants)
def test_two_frames_of_one_pixel_by_hand(variant):
    known = CONV3D.variants[variant]
    x, w, b = np.zeros((1, 1, 2, 1, 1)), np.zeros((1, 1, 2, 1, 1)), np.array([7.0])
    x[0, 0, :, 0, 0], w[0, 0, :, 0, 0] = (2, 3), (5, 11)
    out, cache = known.forward(x, w, b, {"stride": 1, "pad": 0})
    assert out.ravel().tolist() == [5 * 2 + 11 * 3 + 7]
    dx, dw, db = known.backward(np.full(out.shape, 10.0), cache)
    assert (dx.ravel().tolist(), dw.ravel().tolist(), db.tolist()) == ([50, 110], [20, 30], [10])


@pytest.mark.parametrize("variant", CONV3D.variants)
def test_filters_of_one_frame_are_a_convolution_of_every_frame(variant):
    rng, conv = np.random.default_rng(0), LAYERS["conv"].variants["vectorized"]
    x, w, b = rng.standard_normal((2, 3, 4, 5, 6)), rng.standard_normal((4, 3, 1, 3, 2)), rng.standard_normal(4)
    out, _ = CONV3D.variants[variant].forward(x, w, b, {"stride": 1, "pad": 0})
    for t in range(4):
        np.testing.assert_allclose(out[:, :, t], conv.forward(x[:, :, t], w[:, :, 0], b, {"stride": 1, "pad": 0})[0])


def test_each_side_of_a_filter_that_is_too_long_is_named():
    problems = [(p.field, p.message) for p in Conv3d(**SMALL | {"T1": 6, "W1": 8, "pad": 1}).problems()]
    assert problems == [
        ("T1", "T1 = 6 is more than T + 2·pad = 3 + 2·1 = 5: no window fits"),
        ("W1", "W1 = 8 is more than W + 2·pad = 3 + 2·1 = 5: no window fits"),
    ]


def test_what_no_window_reads_is_said_of_frames_too(tmp_path):
    assert Conv3d(**SMALL | {"T": 4, "H": 2, "W": 5, "stride": 3, "pad": 0}).unread() == (0, 1, 2)
    result = result_of(tmp_path, "0", T=6, H=6, W=8, stride=2)
    note = "no window reads 1 row, 1 column and 1 frame of the padded input: the gradient there must be zero"
    assert note in [finding.message for finding in result.findings]


def test_the_suite_is_hostile(tmp_path):
    suite = sizes_of_suite("conv3d", tmp_path)
    assert {s.pad for s in suite} == {0, 1, 2}
    assert {s.stride for s in suite} == {1, 2, 3}
    assert all(any(getattr(s, letter) == 1 for s in suite) for letter in ("N", "C", "F", "T", "T1", "H1", "W1"))
    assert any(len({s.T, s.H, s.W, s.T1, s.H1, s.W1}) == 5 for s in suite)
    assert any(min(s.unread()) > 0 for s in suite)
    assert any(s.stride > max(s.T1, s.H1, s.W1) for s in suite)
    assert any(s.stride > 1 and not any(s.unread()) for s in suite)
    assert any(s.F == s.C == s.T1 == s.H1 == s.W1 > 1 for s in suite)


@pytest.mark.parametrize(
    ("word", "beside", "means"),
    [
        ("depth", ("height", "width"), "T"),
        ("d", ("c", "h", "w"), "T"),
        ("filters", ("kernelsize",), "F"),
        ("filters", ("x", "b"), "w"),
        ("kernel", ("filters",), "kernel"),
    ],
)
def test_depth_is_that_of_a_volume_here(word, beside, means):
    assert meaning(word, beside, False) == means


CODE = """
import numpy as np
def conv3d_forward(x, w, b, stride=1):
    p = PADDING
    xp, (A, B, C) = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p))), w.shape[2:]
    size = [(n - k) // stride + 1 for n, k in zip(xp.shape[2:], w.shape[2:])]
    out, s = np.zeros((len(x), len(w), *size), x.dtype), stride
    for t, i, j in np.ndindex(*size):
        at = xp[:, :, t * s : t * s + A, i * s : i * s + B, j * s : j * s + C]
        out[:, :, t, i, j] = np.tensordot(at, w, ((1, 2, 3, 4), (1, 2, 3, 4))) + b
    return out, (x, xp, w, s, p)
def conv3d_backward(dout, cache):
    x, xp, w, s, p = cache
    dxp, dw, (A, B, C), (T, H, W) = np.zeros_like(xp), np.zeros_like(w), w.shape[2:], x.shape[2:]
    for t, i, j in np.ndindex(dout.shape[2:]):
        at = np.s_[:, :, t * s : t * s + A, i * s : i * s + B, j * s : j * s + C]
        dw += np.tensordot(dout[:, :, t, i, j], xp[at], (0, 0))
        dxp[at] += np.tensordot(dout[:, :, t, i, j], w, 1)
    return dxp[:, :, p : p + T, p : p + H, p : p + W], dw, dout.sum((0, 2, 3, 4))
"""


def result_of(folder, padding, text=CODE, **changed):
    sizes = {"N": 2, "C": 2, "T": 4, "H": 3, "W": 5, "F": 3, "T1": 3, "H1": 3, "W1": 3, "stride": 1, "pad": 0}
    source = write(folder, text.replace("PADDING", padding))
    check = Check("conv3d", "conv3d", Conv3d(**sizes | changed), Manner(), None, None)
    return run_source(check, source, found(source)[0], Settings())


@pytest.mark.parametrize(
    ("padding", "pad", "said"),
    [
        ("w.shape[2] // 2", 1, ""),
        ("w.shape[2] // 2", 0, "pads so that a volume keeps its size: pad = 0 cannot be asked of it"),
        ("2", 0, "pads by 2: pad = 0 cannot be asked of it"),
        ("0", 0, ""),
    ],
)
def test_a_padding_that_is_built_in_is_found_out(tmp_path, padding, pad, said):
    result = result_of(tmp_path, padding, pad=pad)
    assert result.status == ("error" if said else "pass")
    assert said in " ".join(finding.message for finding in result.findings)


def test_code_that_takes_one_number_for_the_window_is_not_asked_for_three(tmp_path):
    text = """
import numpy as np
class Conv3D:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.W, self.b = np.zeros((out_channels, in_channels, *[kernel_size + 0] * 3)), np.zeros(out_channels)
    def forward(self, x):
        return np.zeros((len(x), len(self.b), *(n - self.W.shape[2] + 1 for n in x.shape[2:])))
    def backward(self, dout):
        return None
"""
    said = "takes one number for the window: T1 = 1, H1 = 3, W1 = 3 cannot be asked of it"
    assert said in result_of(tmp_path, "", text=text, T1=1).findings[0].message


LAST = """
import numpy as np
def conv3d_forward(x, w, b, stride, pad):
    xp, size = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (pad, pad), (0, 0))), SIZE
    out = np.zeros((len(x), *((n - k) // stride + 1 for n, k in zip(xp.shape[1:4], size)), len(b)))
    for t, i, j in np.ndindex(out.shape[1:4]):
        at = [slice(o * stride, o * stride + k) for o, k in zip((t, i, j), size)]
        out[:, t, i, j] = np.einsum("ndhwc,EQUATION->nf", xp[(slice(None), *at)], w) + b
    return out, None
def conv3d_backward(dout, cache):
    return None, None, None
"""


@pytest.mark.parametrize(
    ("size", "equation"), [("w.shape[:3]", "dhwcf"), ("w.shape[1:4]", "fdhwc"), ("w.shape[2:]", "fcdhw")]
)
def test_code_that_has_its_channels_last_needs_an_adapter(tmp_path, size, equation):
    with pytest.raises(
        CannotOpen, match=r"takes volumes as \(N, T, H, W, C\): what it gives for such volumes is right"
    ):
        result_of(tmp_path, "", text=LAST.replace("SIZE", size).replace("EQUATION", equation))
