"""Code that reads memory in the order in which it lies is found; code that refuses another order is warned about."""

import numpy as np

import convcheck
from convcheck.checking.contract.memory_layout import scattered
from convcheck.layers.catalogue import LAYERS
from tests.checking.variants import findings, run

RELU = LAYERS["relu"].variants["vectorized"]


def test_scattered_arrays_hold_the_same_values_and_are_contiguous_in_no_order(rng):
    x = rng.standard_normal((3, 4, 5))
    view = scattered(x)
    assert (view == x).all()
    assert not view.flags.c_contiguous
    assert not view.flags.f_contiguous


def test_code_that_reads_memory_rather_than_the_array_is_found():
    def forward(x):
        flat = np.lib.stride_tricks.as_strided(x, (x.size,), (x.itemsize,))
        return np.maximum(flat, 0).reshape(x.shape), x

    (finding,) = findings(run("relu", forward), "layout")
    assert finding.severity == "error"
    assert finding.message == "the output differs where the inputs are the same numbers in another memory layout"


def test_code_that_refuses_another_layout_is_warned_about_and_passes():
    def forward(x):
        if not x.flags.c_contiguous:
            raise ValueError("ndarray is not C-contiguous")
        return RELU.forward(x)

    result = run("relu", forward)
    (finding,) = findings(result, "layout")
    assert finding.severity == "warning"
    assert "ndarray is not C-contiguous" in finding.message
    assert result.status == "pass"


def test_what_is_not_finite_in_either_layout_is_no_matter_of_layout():
    result = convcheck.gradcheck(np.sin, lambda dout, x: dout * np.cos(x), [np.array([1.0, np.inf, 2.0])])
    assert "not-finite" in {finding.code for finding in result.findings}
    assert "layout" not in {finding.code for finding in result.findings}


def test_a_warning_of_a_function_without_lines_names_no_line_of_ours():
    result = convcheck.gradcheck(np.sin, lambda dout, x: dout * np.cos(x), [np.array([1.0, np.inf])])
    said = [finding.message for finding in result.findings if finding.code == "warned"]
    assert "RuntimeWarning: invalid value encountered in sin" in said
    assert not any("raised.py" in message for message in said)


def test_what_rounds_nothing_repeats_itself_in_another_layout_and_is_not_called_once_more_for_each():
    spec = {"N": 2, "C": 2, "H": 4, "W": 5, "F": 3, "H1": 3, "W1": 2, "stride": 1, "pad": 1}
    exact, rounded = (convcheck.check(spec | {"data": data}) for data in ("dyadic", "normal"))
    assert exact.status == rounded.status == "pass"
    assert (exact.backward_evaluations, rounded.backward_evaluations) == (5, 6)
