"""What `check` and `gradcheck` give: true where all is right, its table as text; mistakes in a call are sentences.

Covers api.py and __init__.py.
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


def test_what_a_test_that_fails_shows_of_it_is_one_line():
    assert repr(wrong()).startswith("<fail gradcheck: ")
    assert "wrong in 5 of 5 entries" in repr(wrong())
    assert repr(right()) == "<pass gradcheck>"
    suite = convcheck.suite("relu", lambda x: (np.maximum(x, 0), x), lambda dout, x: dout)
    assert repr(suite).startswith("<4 fail: dx is dout itself")


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
        ({"locality": {"x": "same"}}, TypeError, r"expected a tie for each axis of x, .* received 'same'"),
        (
            {"locality": {"x": convcheck.Same(0)}},
            TypeError,
            r"expected a tie for each axis of x, such as \(Same\(0\),\), received Same\(axis=0\)",
        ),
        ({"locality": {"x": (convcheck.Same("a"),)}}, TypeError, "expected whole numbers, received Same"),
        (
            {"locality": {"x": (convcheck.Window(0, 3, stride=0),)}},
            ValueError,
            "expected a length and a stride of at least 1 and a pad of at least 0, received Window",
        ),
        ({"locality": {"y": ()}}, ValueError, "locality: no input is named 'y'; there is x"),
        (
            {"kinds": "linear"},
            TypeError,
            "kinds: expected a mapping of inputs to linear, kinked or smooth, received 'l",
        ),
        ({"kinds": {"x": "flat"}}, ValueError, "kinds: expected linear, kinked or smooth for x, received 'flat'"),
        ({"scheme": "foo"}, ValueError, "scheme: expected auto, entries or full, received 'foo'"),
        ({"seed": "a"}, TypeError, "seed: expected a whole number, received 'a'"),
        ({"seed": 1.5}, TypeError, "seed: expected a whole number, received 1.5"),
        ({"budget": -1}, ValueError, "budget: expected a number of at least 0, received -1"),
        ({"tolerance": "x"}, TypeError, "tolerance: expected a number, received 'x'"),
        ({"tolerance": float("nan")}, ValueError, "tolerance: expected a finite number of at least 0, received nan"),
        ({"tolerance": float("inf")}, ValueError, "tolerance: expected a finite number of at least 0, received inf"),
        ({"budget": None}, TypeError, "budget: expected a number, received None"),
        ({"seed": None}, TypeError, "seed: expected a whole number, received None"),
        ({"raise_exception": "no"}, TypeError, "raise_exception: expected True or False, received 'no'"),
        ({"dout": "a"}, TypeError, "dout: expected an array of real numbers, received 'a'"),
        ({"dout": X + 1j}, TypeError, "dout: expected an array of real numbers, received an array of complex128"),
        ({"dout": [1.0, [2.0]]}, TypeError, "dout: expected an array for it, received list, of which NumPy makes none"),
        ({"dout": X * np.nan}, ValueError, "dout: expected finite numbers"),
        ({"dout": np.zeros(5)}, ValueError, "dout: expected numbers that are not all 0, with which every gradient is"),
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
        ({"inputs": [None]}, TypeError, "expected float64 or float32, received object for x$"),
        ({"inputs": [np.arange(3)]}, TypeError, r"received int64 for x: use x.astype\(np.float64\)"),
        ({"inputs": [np.ma.masked_array(X, X > 0)]}, TypeError, r"received a masked one: use .filled\(0\)"),
        ({"inputs": {1.0, 2.0}}, TypeError, "inputs: expected a list of arrays .* received set"),
        (
            {"forward": lambda x, w: x * w, "inputs": {"w": X, "x": X}},
            ValueError,
            "inputs: forward is called by position: expected the order x, w, received w, x",
        ),
        ({"inputs": []}, ValueError, "expected at least one array, received none"),
        ({"forward": 3}, TypeError, "forward: expected a function, received int"),
    ],
)
def test_a_mistake_in_a_call_is_told_in_a_sentence(changed, error, message):
    call = {"forward": np.sin, "backward": lambda dout, x: dout * np.cos(x), "inputs": [X]} | changed
    with pytest.raises(error, match=message):
        convcheck.gradcheck(**call)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: convcheck.check(SIZES, sede=1), TypeError, r"check\(\) has no argument 'sede'; did you mean seed\?"),
        (
            lambda: convcheck.check(SIZES, expect="fail"),
            TypeError,
            "'expect'; there are impl.* in the spec",
        ),
        (lambda: convcheck.check(SIZES, seed="a"), ValueError, 'seed: expected a whole number .* received "a"'),
        (lambda: convcheck.check(SIZES, tolerance="x"), ValueError, 'tolerance: expected a number .* received "x"'),
        (lambda: convcheck.check(SIZES, data=X), ValueError, "data: expected dyadic, normal or ties, received"),
        (lambda: convcheck.check(SIZES, implementation=np.sin), TypeError, "implementation: expected the name of one"),
        (lambda: convcheck.check(SIZES, budget="a"), TypeError, "budget: expected a number, received 'a'"),
        (lambda: convcheck.check(SIZES, budget=float("nan")), ValueError, "budget: expected a number of at least 0"),
        (lambda: convcheck.check(SIZES, max_memory="8G"), TypeError, "max_memory: expected a whole number of bytes"),
        (lambda: convcheck.check(SIZES, max_memory=0), ValueError, "max_memory: expected at least 1 byte, received 0"),
        (lambda: convcheck.load(None), TypeError, "path: expected the path of a spec file, received NoneType"),
        (lambda: convcheck.load(["a.yaml"]), TypeError, "path: expected the path of a spec file, received list"),
        (lambda: convcheck.load("a.yaml", max_memory="x"), TypeError, "max_memory: expected a whole number of bytes"),
    ],
)
def test_so_is_one_in_a_call_of_check_and_load(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("count", [1, 3])
def test_a_tuple_that_is_no_output_and_cache_is_a_finding(count):
    result = convcheck.gradcheck(lambda x: (np.sin(x),) * count, lambda dout, x: dout * np.cos(x), [X])
    (finding,) = result.findings
    assert result.status == "fail"
    assert finding.message == (f"forward returned a tuple of {count} as the output, expected an array of real numbers")
    pair = "return out, or (out, cache), where the cache may be a tuple itself"
    assert finding.hint == f"{pair}; several outputs are told by `outputs`, in a spec and in Python"


def test_an_output_without_entries_is_no_pass():
    result = convcheck.gradcheck(lambda x: x[:0], lambda dout, x: 0 * x, [X])
    assert result.status == "fail"
    assert [finding.message for finding in result.findings] == [
        "forward returned an array of shape (0,) as the output, expected an array of real numbers"
    ]


def test_two_arrays_are_an_output_and_a_cache_and_that_is_said():
    result = convcheck.gradcheck(lambda x: (np.sin(x), np.cos(x)), lambda dout, x: dout * np.cos(x), [X])
    (note,) = [finding for finding in result.findings if finding.code == "taken-for-cache"]
    assert note.message == (
        "forward returned two arrays: the first, (5,), was taken for the output, and backward is called with the "
        "second, (5,), as its cache"
    )
    forgotten = convcheck.gradcheck(lambda x: (np.sin(x), np.cos(x)), lambda dout, cache: dout * np.cos(X), [X])
    assert forgotten
    assert [finding.code for finding in forgotten.findings] == ["taken-for-cache"]
    kept = convcheck.gradcheck(lambda x: (np.sin(x), x), lambda dout, x: dout * np.cos(x), [X])
    assert kept
    assert not kept.findings


def test_words_that_were_renamed_work_and_the_caller_is_warned(tmp_path):
    (tmp_path / "a.yaml").write_text("layer: relu\nshape: [3]\nscheme: groups\n")
    calls = (
        lambda: convcheck.check(SIZES, scheme="groups"),
        lambda: convcheck.check(SIZES | {"scheme": "groups"}),
        lambda: right(scheme="groups"),
        lambda: convcheck.check(*convcheck.load(tmp_path / "a.yaml")),
    )
    for call in calls:
        with pytest.warns(DeprecationWarning, match="scheme groups is called entries now") as warned:
            assert call().scheme == "entries"
        assert [one.filename for one in warned] == [__file__]
