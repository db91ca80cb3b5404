"""Entries of all sizes are differentiated over steps of their own size, where longer ones leave the domain."""

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.layers.locality import Same

X = np.array([1e-8, 1.0, 1e8])
SCALED = {
    "complex": (np.log, lambda dout, x: dout / x),
    "real": (lambda x: np.log(x.real), lambda dout, x: dout / x),
    "root": (lambda x: np.sqrt(x.real), lambda dout, x: dout / (2 * np.sqrt(x))),
    "reciprocal": (lambda x: 1 / x.real, lambda dout, x: -dout / x**2),
}


@pytest.mark.parametrize("name", SCALED)
def test_right_gradients_at_inputs_far_apart_pass(name):
    forward, backward = SCALED[name]
    for seed in range(4):
        assert gradcheck(forward, backward, [X], seed=seed).status == "pass"


@pytest.mark.parametrize("entry", range(3))
@pytest.mark.parametrize("name", SCALED)
def test_a_thousandth_too_much_in_any_of_them_is_no_pass(name, entry):
    forward, backward = SCALED[name]
    factor = np.where(np.arange(3) == entry, 1.001, 1)
    result = gradcheck(forward, lambda dout, x: factor * backward(dout, x), [X])
    # A slope of 1e-16 may be more where the output is 1e8, unless it is said that it does not depend on this entry.
    if (name, entry) == ("reciprocal", 2):
        assert result.status == "undecided"
        result = gradcheck(forward, lambda dout, x: factor * backward(dout, x), {"x": X}, locality={"x": [Same(0)]})
    assert (result.status, result.tensors[0].wrong) == ("fail", 1)
