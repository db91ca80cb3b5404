"""The convolution of sequences by hand, its sizes, and what code does with padding by itself.

Covers layers/own_padding.py, layers/conv1d/readable.py and layers/conv1d/words.py as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, write
from tests.layers.cases import sizes_of_suite

CONV1D = LAYERS["conv1d"]
Conv1d = CONV1D.sizes
SMALL = {"N": 1, "C": 1, "W": 3, "F": 1, "W1": 2, "stride": 1, "pad": 0}


@pytest.mark.parametrize("variant", CONV1D.variants)
def test_a_sequence_of_three_columns_by_hand(variant):
    known = CONV1D.variants[variant]
    x, w, b = np.array([[[1.0, 2.0, 4.0]]]), np.array([[[3.0, 5.0]]]), np.array([7.0])
    out, cache = known.forward(x, w, b, {"stride": 2, "pad": 1})
    assert out.tolist() == [[[5 * 1 + 7, 3 * 2 + 5 * 4 + 7]]]
    dx, dw, db = known.backward(np.array([[[10.0, 100.0]]]), cache)
    assert dx.tolist() == [[[50, 300, 500]]]
    assert dw.tolist() == [[[100 * 2, 10 * 1 + 100 * 4]]]
    assert db.tolist() == [110]


def test_a_filter_longer_than_the_padded_sequence_is_named():
    problems = Conv1d(**SMALL | {"W1": 8, "pad": 2}).problems()
    assert [(p.field, p.message) for p in problems] == [
        ("W1", "W1 = 8 is more than W + 2·pad = 3 + 2·2 = 7: no window fits")
    ]
    assert list(Conv1d(**SMALL | {"W1": 7, "pad": 2}).problems()) == []


def test_the_suite_is_hostile(tmp_path):
    suite = sizes_of_suite("conv1d", tmp_path)
    assert {s.pad for s in suite} == {0, 1, 2}
    assert {s.stride for s in suite} == {1, 2, 3}
    assert all(any(getattr(s, letter) == 1 for s in suite) for letter in ("N", "C", "F", "W1"))
    assert any(s.stride > s.W1 for s in suite)
    assert any(s.stride > 1 and s.unread() == (0, 0) for s in suite)
    assert any(s.F == s.C == s.W1 > 1 for s in suite)


CODE = """
import numpy as np
def conv1d_forward(x, w, b, stride=1):
    p = PADDING
    xp = np.pad(x, ((0, 0), (0, 0), (p, p)))
    out = np.stack([np.tensordot(xp[:, :, i : i + w.shape[2]], w, ((1, 2), (1, 2))) + b
                    for i in range(0, xp.shape[2] - w.shape[2] + 1, stride)], axis=2)
    return out, (x, w, stride, p)
def conv1d_backward(dout, cache):
    x, w, stride, p = cache
    xp = np.pad(x, ((0, 0), (0, 0), (p, p)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        at = np.s_[:, :, i * stride : i * stride + w.shape[2]]
        dw += np.tensordot(dout[:, :, i], xp[at], (0, 0))
        dxp[at] += np.tensordot(dout[:, :, i], w, 1)
    return dxp[:, :, p : p + x.shape[2]], dw, dout.sum((0, 2))
"""


def result_of(folder, padding, text=CODE, **changed):
    sizes = Conv1d(**{"N": 2, "C": 3, "W": 9, "F": 4, "W1": 5, "stride": 1, "pad": 0, **changed})
    source = write(folder, text.replace("PADDING", padding))
    check = Check("conv1d", "conv1d", sizes, Manner(), None, None)
    return run_source(check, source, found(source)[0], Settings())


@pytest.mark.parametrize(
    ("padding", "pad", "said"),
    [
        ("w.shape[2] // 2", 2, ""),
        ("w.shape[2] // 2", 0, "pads so that a sequence keeps its size: pad = 0 cannot be asked of it"),
        ("1", 0, "pads by 1: pad = 0 cannot be asked of it"),
        ("0", 0, ""),
        ("0", 1, "pad = 1 cannot be asked of it"),
    ],
)
def test_a_padding_that_is_built_in_is_found_out(tmp_path, padding, pad, said):
    result = result_of(tmp_path, padding, pad=pad)
    assert result.status == ("error" if said else "pass")
    assert said in " ".join(finding.message for finding in result.findings)


@pytest.mark.parametrize("pad", [0, 2])
def test_a_causal_convolution_is_another_one_and_not_wrong(tmp_path, pad):
    causal = CODE.replace("(p, p)", "(2 * p, 0)").replace("p : p + x.shape[2]]", "2 * p :]")
    result = result_of(tmp_path, "w.shape[2] // 2", text=causal, pad=pad)
    said = f"pads before the beginning alone, as a causal convolution does: pad = {pad} cannot be asked of it"
    assert said in result.findings[0].message


def test_one_column_too_many_is_a_mistake_and_no_padding(tmp_path):
    result = result_of(tmp_path, "0", text=CODE.replace("(p, p)))\n    out", "(p, p + 1)))\n    out"))
    assert {finding.code for finding in result.findings if finding.severity == "error"} == {"wrong-shape"}


LAST = """
import numpy as np
def conv1d_forward(x, w, b, stride, pad):
    xp, K = np.pad(x, ((0, 0), (pad, pad), (0, 0))), w.shape[AXIS]
    starts = range(0, xp.shape[1] - K + 1, stride)
    return np.stack([np.einsum("nkc,EQUATION->nf", xp[:, i : i + K], w) + b for i in starts], axis=1), None
def conv1d_backward(dout, cache):
    return None, None, None
"""


@pytest.mark.parametrize(("axis", "equation"), [("0", "kcf"), ("1", "fkc"), ("2", "fck")])
def test_code_that_has_its_channels_last_needs_an_adapter(tmp_path, axis, equation):
    with pytest.raises(CannotOpen, match=r"takes sequences as \(N, W, C\): what it gives for such sequences is right"):
        result_of(tmp_path, "", text=LAST.replace("AXIS", axis).replace("EQUATION", equation))
