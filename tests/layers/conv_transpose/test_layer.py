"""The transposed convolution by hand, beside the convolution whose gradient it is, and what code does by itself.

Covers layers/conv_transpose/words.py and layers/conv_transpose/readable.py as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, write
from tests.layers.cases import sizes_of_suite

LAYER = LAYERS["conv_transpose"]
Transposed = LAYER.sizes
SMALL = {"N": 1, "C": 1, "H": 2, "W": 2, "F": 1, "H1": 2, "W1": 2, "stride": 1, "pad": 0}


@pytest.mark.parametrize("variant", LAYER.variants)
def test_a_row_of_two_pixels_by_hand(variant):
    known = LAYER.variants[variant]
    x, w, b = np.array([[[[2.0, 3.0]]]]), np.array([[[[5.0, 7.0, 11.0]]]]), np.array([100.0])
    out, cache = known.forward(x, w, b, {"stride": 2, "pad": 0, "output_padding": 0})
    assert (out - 100).tolist() == [[[[10, 14, 22 + 15, 21, 33]]]]
    dx, dw, db = known.backward(np.array([[[[1.0, 0.0, 10.0, 0.0, 100.0]]]]), cache)
    assert dx.tolist() == [[[[5 + 110, 50 + 1100]]]]
    assert dw.tolist() == [[[[2 + 30, 0, 20 + 300]]]]
    assert db.tolist() == [111]


@pytest.mark.parametrize("variant", LAYER.variants)
@pytest.mark.parametrize(
    ("pad", "more", "row"), [(1, 0, [14, 37, 21]), (1, 1, [14, 37, 21, 33]), (0, 1, [10, 14, 37, 21, 33, 0])]
)
def test_the_padding_is_cut_off_and_output_padding_is_added_at_the_end(variant, pad, more, row):
    x, w, b = np.zeros((1, 1, 2, 2)), np.zeros((1, 1, 3, 3)), np.array([100.0])
    # Row 0 of the output before it is cut, moved to where the padding leaves it.
    x[0, 0, 0], w[0, 0, pad] = (2, 3), (5, 7, 11)
    out, _ = LAYER.variants[variant].forward(x, w, b, {"stride": 2, "pad": pad, "output_padding": more})
    assert (out[0, 0, 0] - 100).tolist() == row


def test_it_is_the_gradient_of_a_convolution_with_respect_to_its_images():
    rng, conv = np.random.default_rng(0), LAYERS["conv"].variants["naive"]
    images, filters = rng.standard_normal((2, 3, 7, 6)), rng.standard_normal((4, 3, 3, 2))
    out, cache = conv.forward(images, filters, np.zeros(4), {"stride": 2, "pad": 1})
    dout = rng.standard_normal(out.shape)
    dx, _, _ = conv.backward(dout, cache)
    params = {"stride": 2, "pad": 1, "output_padding": 0}
    transposed, _ = LAYER.variants["naive"].forward(dout, filters, np.zeros(3), params)
    np.testing.assert_allclose(transposed, dx)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pad": 2}, "nothing is left of the output: H2 = (H - 1)·stride - 2·pad + H1 = (2 - 1)·1 - 2·2 + 2 = -1"),
        ({"output_padding": 2, "stride": 2}, "output_padding = 2 is not less than stride = 2"),
        ({"pad": 3, "stride": 2, "output_padding": 1}, "H1 + output_padding = (2 - 1)·2 - 2·3 + 2 + 1 = -1"),
    ],
)
def test_outputs_that_cannot_be_are_named(changed, said):
    assert any(said in problem.message for problem in Transposed(**SMALL | changed).problems())


def test_the_suite_is_hostile(tmp_path):
    suite = sizes_of_suite("conv_transpose", tmp_path)
    assert {s.pad for s in suite} == {0, 1, 2, 3}
    assert {s.stride for s in suite} == {1, 2, 3}
    assert all(any(getattr(s, letter) == 1 for s in suite) for letter in ("N", "C", "F", "H1", "W1"))
    assert any(s.stride > max(s.H1, s.W1) for s in suite)
    assert any(s.C == s.F > 1 for s in suite)
    # Some of what is added is reached by filters, and some is not.
    assert any(0 < s.pad < s.output_padding for s in suite)


CODE = """
import numpy as np
def deconv_forward(x, w, b, stride=1):
    _, _, H, W = x.shape
    _, F, kh, kw = w.shape
    full = np.zeros((len(x), F, (H - 1) * stride + kh, (W - 1) * stride + kw))
    for h, v in np.ndindex(H, W):
        full[:, :, h * stride : h * stride + kh, v * stride : v * stride + kw] += np.tensordot(x[:, :, h, v], w, 1)
    CUT
    out = full[:, :, top : full.shape[2] - bottom, left : full.shape[3] - right] + b[:, None, None]
    return out, (x, w, stride, ((0, 0), (0, 0), (top, bottom), (left, right)))
def deconv_backward(dout, cache):
    x, w, stride, around = cache
    full, dx, dw = np.pad(dout, around), np.zeros_like(x), np.zeros_like(w)
    for h, v in np.ndindex(x.shape[2:]):
        at = full[:, :, h * stride : h * stride + w.shape[2], v * stride : v * stride + w.shape[3]]
        dx[:, :, h, v] = np.tensordot(at, w, ((1, 2, 3), (1, 2, 3)))
        dw += np.tensordot(x[:, :, h, v], at, (0, 0))
    return dx, dw, dout.sum((0, 2, 3))
"""
SAME = "top, left = (kh - stride) // 2, (kw - stride) // 2; bottom, right = kh - stride - top, kw - stride - left"


def result_of(folder, cut, text=CODE, **changed):
    sizes = Transposed(**{"N": 2, "C": 3, "H": 3, "W": 4, "F": 2, "H1": 4, "W1": 4, "stride": 2, "pad": 0, **changed})
    source = write(folder, text.replace("CUT", cut))
    check = Check("conv_transpose", "conv_transpose", sizes, Manner(), None, None)
    return run_source(check, source, found(source)[0], Settings())


@pytest.mark.parametrize(
    ("cut", "changed", "said"),
    [
        ("top = bottom = left = right = 0", {}, ""),
        ("top = bottom = left = right = 0", {"pad": 1}, "pad = 1 cannot be asked of it"),
        ("top = bottom = left = right = 0", {"output_padding": 1}, "output_padding = 1 cannot be asked of it"),
        ("top = bottom = left = right = 1", {}, "cuts 1 off each side: pad = 0 cannot be asked of it"),
        ("top = bottom = left = right = 1", {"pad": 1}, ""),
        (SAME, {}, "cuts its output to H·stride rows and W·stride columns: pad = 0 cannot be asked of it"),
        (SAME, {"pad": 1}, ""),
        (SAME, {"pad": 2, "H1": 6, "W1": 6}, ""),
    ],
)
def test_what_is_cut_without_a_word_for_it_is_found_out(tmp_path, cut, changed, said):
    result = result_of(tmp_path, cut, **changed)
    assert result.status == ("error" if said else "pass"), result.findings
    assert said in " ".join(finding.message for finding in result.findings)


def test_a_size_that_is_wrong_is_a_mistake_and_no_cut(tmp_path):
    result = result_of(tmp_path, "top, bottom, left, right = 0, 1, 0, 1")
    assert {finding.code for finding in result.findings if finding.severity == "error"} == {"wrong-shape"}


def test_code_that_takes_a_dictionary_and_reads_no_output_padding_is_asked_for_none(tmp_path):
    cut = "stride = conv_param['stride']; top = bottom = left = right = conv_param['pad']"
    text = (
        CODE.replace("stride=1", "conv_param")
        .replace("    _, _, H", f"    {cut}\n    _, _, H")
        .replace("    CUT\n", "")
    )
    sizes = Transposed(N=2, C=3, H=3, W=4, F=2, H1=4, W1=4, stride=2, pad=1, output_padding=1)
    source = write(tmp_path, text)
    check = Check("conv_transpose", "conv_transpose", sizes, Manner(), None, None)
    result = run_source(check, source, found(source)[0], Settings())
    assert "does not read output_padding: output_padding = 1 cannot be asked of it" in result.findings[0].message
