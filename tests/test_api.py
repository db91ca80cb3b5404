"""What `check` and `gradcheck` give: true where all is right, its table as text; mistakes in a call are sentences.

Covers __init__.py as well.
"""

import subprocess
import sys

import numpy as np
import pytest

import convcheck

X = np.random.default_rng(0).standard_normal(5)
SIZES = {"layer": "relu", "shape": [2, 3]}


def right(**more):
    return convcheck.gradcheck(np.sin, lambda dout, x: dout * np.cos(x), [X], **more)


def wrong(**more):
    return convcheck.gradcheck(np.sin, lambda dout, x: dout * np.sin(x), [X], **more)


def undecided(**more):
    return convcheck.gradcheck(np.abs, lambda dout, x: dout * np.sign(x), [np.zeros(1)], **more)


def test_an_outcome_is_true_where_all_is_right_and_nowhere_else():
    assert right()
    assert not wrong()
    assert not undecided()
    assert not convcheck.gradcheck(lambda x: None, lambda dout, x: dout, [X])
    assert convcheck.check(SIZES)
    assert not convcheck.check(SIZES | {"expect": "fail"})


def test_it_is_a_result_all_the_same():
    assert isinstance(wrong(), convcheck.Result)
    assert wrong()._asdict()["status"] == "fail"


def test_its_text_is_the_table_of_the_command():
    text = str(wrong())
    assert "gradcheck" in text.splitlines()[0]
    assert "dx" in text
    assert "wrong" in text
    assert "\x1b" not in text


def test_a_notebook_shows_it():
    page = wrong()._repr_html_()
    assert "<table" in page
    assert "dx" in page


def test_an_outcome_that_is_no_pass_can_be_raised():
    right().raise_for_status()
    right(raise_exception=True)
    for make in (wrong, undecided):
        with pytest.raises(convcheck.CheckFailed, match="dx") as caught:
            make().raise_for_status()
        assert caught.value.outcome.status in str(caught.value)
        assert isinstance(caught.value, AssertionError)
        with pytest.raises(convcheck.CheckFailed):
            make(raise_exception=True)


def test_tables_are_not_imported_for_those_who_look_at_figures_alone():
    call = "assert convcheck.gradcheck(numpy.sin, lambda d, x: d * numpy.cos(x), [numpy.ones(3)])"
    code = f"import convcheck, sys, numpy; {call}; print('rich' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_the_package_lists_its_names():
    assert set(convcheck.__all__) <= set(dir(convcheck))


class Tensor:
    """A tensor that requires a gradient, as far as NumPy sees of it."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")

    def detach(self):
        return self


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"locality": "x"}, TypeError, "locality: expected a mapping of inputs to ties, axis by axis, received 'x'"),
        ({"locality": {"x": "same"}}, TypeError, "locality: expected a tie for each axis of x, received 'same'"),
        ({"locality": {"y": ()}}, ValueError, "locality: no input is named 'y'; there is x"),
        (
            {"kinds": "linear"},
            TypeError,
            "kinds: expected a mapping of inputs to linear, kinked or smooth, received 'l",
        ),
        ({"kinds": {"x": "flat"}}, ValueError, "kinds: expected linear, kinked or smooth for x, received 'flat'"),
        ({"scheme": "foo"}, ValueError, "scheme: expected auto, full or probe, received 'foo'"),
        ({"seed": "a"}, TypeError, "seed: expected a whole number, received 'a'"),
        ({"seed": 1.5}, TypeError, "seed: expected a whole number, received 1.5"),
        ({"budget": -1}, ValueError, "budget: expected a number of at least 0, received -1"),
        ({"tolerance": "x"}, TypeError, "tolerance: expected a number, received 'x'"),
        ({"tolerance": float("nan")}, ValueError, "tolerance: expected a number of at least 0, received nan"),
        ({"dout": "a"}, TypeError, "dout: expected an array of numbers, received 'a'"),
        ({"dout": np.ones(3)}, ValueError, "dout: expected the shape of forward's output"),
        ({"sede": 1}, TypeError, "sede"),
        ({"inputs": 3.0}, TypeError, "inputs: expected a list of arrays .* received float"),
        ({"inputs": None}, TypeError, "inputs: expected a list of arrays .* received NoneType"),
        ({"inputs": "abc"}, TypeError, "inputs: expected a list of arrays .* received str"),
        ({"inputs": X}, TypeError, "received one array"),
        (
            {"inputs": [Tensor()]},
            TypeError,
            r"received Tensor, of which NumPy makes none \(.*\): use .detach\(\).numpy\(\)",
        ),
        ({"inputs": [None]}, TypeError, "expected float64 or float32, received object"),
        ({"inputs": []}, ValueError, "expected at least one array, received none"),
        ({"forward": 3}, TypeError, "forward: expected a function, received int"),
    ],
)
def test_a_mistake_in_a_call_is_told_in_a_sentence(changed, error, message):
    call = {"forward": np.sin, "backward": lambda dout, x: dout * np.cos(x), "inputs": [X]} | changed
    with pytest.raises(error, match=message):
        convcheck.gradcheck(**call)


def test_two_arrays_are_an_output_and_a_cache_and_that_is_said():
    result = convcheck.gradcheck(lambda x: (np.sin(x), np.cos(x)), lambda dout, x: dout * np.cos(x), [X])
    (note,) = [finding for finding in result.findings if finding.code == "taken-for-cache"]
    assert note.message == (
        "forward returned two arrays: the first, (5,), was taken for the output, and backward is called with the "
        "second, (5,), as its cache"
    )
    kept = convcheck.gradcheck(lambda x: (np.sin(x), x), lambda dout, x: dout * np.cos(x), [X])
    assert kept
    assert not kept.findings
