"""Entries off in their last digits where the rest of an exact tensor is equal: said, and not of transforms."""

import numpy as np
import pytest

from convcheck.checking.check import run_variant
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from convcheck.spec.check import Check, Manner
from tests.planted.unusual import RIGHT

CONV = LAYERS["conv"].variants["vectorized"]
SIZES = {"N": 2, "C": 3, "H": 6, "W": 5, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
SLIP = {"float64": 5e-15, "float32": 3e-6}


def run(forward=CONV.forward, backward=CONV.backward, layer="conv", sizes=SIZES, **manner):
    check = Check("last-digits", layer, LAYERS[layer].sizes(**sizes), Manner(**manner))
    result = run_variant(check, LAYERS[layer], Variant(forward, backward, ""))
    return result, [f for f in result.findings if f.code == "last-digits"]


def slipped(array, share):
    slip = array.copy()
    largest = np.unravel_index(np.abs(array).argmax(), array.shape)
    slip[largest] *= array.dtype.type(1 + share)
    return slip


@pytest.mark.parametrize("dtype", SLIP)
def test_one_entry_of_a_gradient_off_in_its_last_digits_is_a_warning(dtype):
    def backward(dout, cache):
        dx, dw, db = CONV.backward(dout, cache)
        return dx, slipped(dw, SLIP[dtype]), db

    result, (finding,) = run(backward=backward, dtype=dtype)
    assert result.status == "pass"
    assert (finding.severity, finding.tensor) == ("warning", "dw")
    assert finding.message.startswith("1 entry differs in the last digits, and 107 of dw are equal to the last bit: [")
    analytic, numeric = finding.message.split(" is ")[1].split(", expected ")
    assert 0 < abs(float(analytic) - float(numeric)) < 2 * SLIP[dtype] * abs(float(numeric))


def test_one_entry_of_the_output_off_in_its_last_digits_is_a_warning():
    def forward(x, w, b, conv_param):
        out, cache = CONV.forward(x, w, b, conv_param)
        return (out if np.iscomplexobj(out) else slipped(out, 5e-15)), cache

    _, findings = run(forward)
    assert "forward" in [f.tensor for f in findings]


@pytest.mark.parametrize("dtype", SLIP)
@pytest.mark.parametrize("planted", RIGHT, ids=lambda planted: planted.name)
def test_right_implementations_are_not_warned_about(planted, dtype):
    manner = {**planted.manner, "dtype": dtype}
    _, findings = run(planted.variant.forward, planted.variant.backward, planted.layer, planted.sizes, **manner)
    assert findings == []


def test_data_that_rounds_tells_nothing_of_last_digits():
    def backward(dout, cache):
        dx, dw, db = CONV.backward(dout, cache)
        return dx, slipped(dw, 5e-15), db

    assert run(backward=backward, data="normal")[1] == []
