"""Average-pooling by hand, with padding counted and not, and what code does with padding by itself.

Covers layers/avg_pool/words.py and layers/window_words.py as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.implementations.files import checked, found, write

AVG = LAYERS["avg_pool"]
AvgPool = AVG.sizes


@pytest.mark.parametrize("variant", AVG.variants)
@pytest.mark.parametrize(("counted", "corner"), [(True, 2.5), (False, 10.0)])
def test_a_corner_of_the_padded_image_by_hand(variant, counted, corner):
    known = AVG.variants[variant]
    param = {"pool_height": 2, "pool_width": 2, "stride": 2, "pad": 1, "count_include_pad": counted}
    out, cache = known.forward(np.array([[[[10.0, 2.0], [3.0, 4.0]]]]), param)
    assert out[0, 0, 0, 0] == corner
    assert known.backward(np.array([[[[1.0, 0.0], [0.0, 0.0]]]]), cache)[0, 0].tolist() == [[corner / 10, 0], [0, 0]]


@pytest.mark.parametrize("variant", AVG.variants)
def test_overlapping_windows_add_up(variant):
    param = {"pool_height": 1, "pool_width": 2, "stride": 1, "pad": 0, "count_include_pad": True}
    out, cache = AVG.variants[variant].forward(np.array([[[[1.0, 9.0, 2.0]]]]), param)
    assert out.tolist() == [[[[5.0, 5.5]]]]
    assert AVG.variants[variant].backward(np.array([[[[2.0, 4.0]]]]), cache).tolist() == [[[[1.0, 3.0, 2.0]]]]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"H1": 6}, "H1 = 6 is more than H = 5: no window fits"),
        ({"W1": 9, "pad": 1}, "W1 = 9 is more than W + 2·pad = 6 + 2·1 = 8: no window fits"),
        ({"pad": 2}, "pad = 2 is not less than H1 = 2: the first window is in the padding"),
    ],
)
def test_windows_that_cannot_be_are_named(changed, said):
    sizes = AvgPool(**{"N": 1, "C": 1, "H": 5, "W": 6, "H1": 2, "W1": 3, "stride": 1, **changed})
    assert said in [problem.message for problem in sizes.problems()]


@pytest.mark.parametrize(
    ("changed", "exact"),
    [({}, True), ({"W1": 3}, False), ({"pad": 1}, True), ({"H1": 4, "pad": 1, "count_include_pad": False}, False)],
)
def test_a_mean_over_a_power_of_two_rounds_nothing(changed, exact):
    sizes = AvgPool(**{"N": 1, "C": 1, "H": 6, "W": 6, "H1": 2, "W1": 2, "stride": 2, **changed})
    assert AVG.facts(sizes).exact == exact


CODE = """
import numpy as np
def number(x, i, j, k, s, pad):
    rows, columns = (np.arange(k) + at * s - pad for at in (i, j))
    inside = ((rows >= 0) & (rows < x.shape[2])).sum() * ((columns >= 0) & (columns < x.shape[3])).sum()
    return COUNTED
def avg_pool_forward(x, size, stride, pad=0):
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    H2, W2 = ((n - size) // stride + 1 for n in xp.shape[2:])
    out = np.zeros((*x.shape[:2], H2, W2), x.dtype)
    for i, j in np.ndindex(H2, W2):
        at = np.s_[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
        out[:, :, i, j] = xp[at].sum((2, 3)) / number(x, i, j, size, stride, pad)
    return out, (x, size, stride, pad)
def avg_pool_backward(dout, cache):
    x, size, stride, pad = cache
    dxp = np.pad(np.zeros_like(x), ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    for i, j in np.ndindex(dout.shape[2:]):
        at = np.s_[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
        dxp[at] += dout[:, :, i, j][..., None, None] / number(x, i, j, size, stride, pad)
    return dxp[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
"""
DICTIONARY = """
import numpy as np
def avg_pool_forward(x, pool_param):
    k, s = pool_param["pool_height"], pool_param["stride"]
    out = x[:, :, ::s, ::s][:, :, : (x.shape[2] - k) // s + 1, : (x.shape[3] - k) // s + 1] * 0
    for i, j in np.ndindex(out.shape[2:]):
        out[:, :, i, j] = x[:, :, i * s : i * s + k, j * s : j * s + k].mean((2, 3))
    return out, (x, k, s)
def avg_pool_backward(dout, cache):
    x, k, s = cache
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dout.shape[2:]):
        dx[:, :, i * s : i * s + k, j * s : j * s + k] += dout[:, :, i : i + 1, j : j + 1] / k**2
    return dx
"""


def result_of(folder, text, suite, **changed):
    sizes = AvgPool(**{"N": 2, "C": 2, "H": 6, "W": 5, "H1": 3, "W1": 3, "stride": 2, **changed})
    source = write(folder, text)
    check = Check("avg_pool", "avg_pool", sizes, Manner(), None, None)
    return run_source(check, source, found(source)[0], Settings(suite=suite))


def told(result):
    return " ".join(finding.message for finding in result.findings)


@pytest.mark.parametrize(("own", "counted"), [("k * k", True), ("inside", False)])
def test_whether_padding_is_counted_is_found_out_and_said(tmp_path, own, counted):
    text = CODE.replace("COUNTED", own)
    assert result_of(tmp_path, text, False, pad=1, count_include_pad=counted).status == "pass"
    other = result_of(tmp_path, text, False, pad=1, count_include_pad=not counted)
    assert other.status == "error"
    assert "the padding in the mean, and has no word for it" in told(other)
    # The suite has asked for neither.
    adopted = result_of(tmp_path, text, True, pad=1, count_include_pad=not counted)
    assert adopted.status == "pass"
    assert f"count_include_pad = {str(counted).lower()}, which is built into it" in told(adopted)


def test_a_mistake_is_one_whatever_is_counted(tmp_path):
    text = CODE.replace("COUNTED", "inside").replace("dxp[at] +=", "dxp[at] =")
    assert result_of(tmp_path, text, True, pad=1).status == "fail"
    text = CODE.replace("COUNTED", "k * k - 1")
    assert result_of(tmp_path, text, True, pad=1).status == "fail"


WITHOUT = CODE.replace("COUNTED", "k * k").replace("(x, size, stride, pad=0):", "(x, size, stride):\n    pad = 0")


@pytest.mark.parametrize(("text", "status"), [(DICTIONARY, "pass"), (WITHOUT, "skipped")], ids=["unread", "no word"])
def test_code_that_reads_no_padding_is_asked_for_none(tmp_path, text, status):
    assert result_of(tmp_path, text, False).status == "pass"
    asked = result_of(tmp_path, text, False, pad=1)
    assert asked.status == "error"
    assert "pad = 1 cannot be asked of it" in told(asked)
    assert result_of(tmp_path, text, True, pad=1).status == status


def test_a_padding_that_is_forgotten_in_the_size_alone_is_a_mistake(tmp_path):
    text = CODE.replace("COUNTED", "k * k").replace("for n in xp.shape[2:])", "for n in x.shape[2:])")
    assert result_of(tmp_path, text, True, pad=1).status == "fail"


NOT_COUNTED = """
import numpy as np
def avg_pool_forward(x, pool_param):
    ph, pw, s, p = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"], pool_param["pad"]
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
    return windows.mean((4, 5)).reshape(N, C, (H - ph) // s + 1, (W - pw) // s + 1), pool_param["pad"]
def avg_pool_backward(dout, pad):
    raise NotImplementedError
"""


def test_a_padding_that_code_reads_is_asked_of_it_though_it_raises_for_it(tmp_path):
    source = write(tmp_path, NOT_COUNTED)
    (one,) = found(source)
    sizes = {"N": 1, "C": 1, "H": 3, "W": 3, "H1": 2, "W1": 2, "stride": 1, "pad": 1}
    result = checked(source, one, suite=True, **sizes)
    assert "forward raised ValueError" in result.findings[-1].message
