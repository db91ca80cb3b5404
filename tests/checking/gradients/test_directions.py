"""Random directions: right code is not called wrong where no layer tells how it rounds, and a wrong entry is named.

Covers gradients/directions.py and gradients/bisect.py.
"""

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from convcheck.checking.check import run_bound
from convcheck.checking.gradcheck import gradcheck
from convcheck.checking.settings import Settings
from convcheck.implementations.pair import Pair
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.conv.layer import ConvSizes
from convcheck.numeric.plan import NEARLY, WISH
from convcheck.spec.check import Check, Manner
from tests.checking.gradients.test_small_entries import FUNCTIONS


def gelu(x):
    c, k = x.dtype.type((2 / np.pi) ** 0.5), x.dtype.type(0.044715)
    return x / 2 * (1 + np.tanh(c * (x + k * x**3)))


def gelu_backward(dout, x):
    c, k = x.dtype.type((2 / np.pi) ** 0.5), x.dtype.type(0.044715)
    t = np.tanh(c * (x + k * x**3))
    return dout * ((1 + t) / 2 + x / 2 * (1 - t * t) * c * (1 + 3 * k * x * x))


SATURATING = {
    "tanh": FUNCTIONS["tanh"],
    "sigmoid": FUNCTIONS["sigmoid"],
    "softmax": FUNCTIONS["softmax"],
    "gelu": (gelu, gelu_backward),
}


def normal(seed, scale, dtype, shape=(3, 4)):
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(dtype)


@pytest.mark.parametrize("scheme", ["auto", "entries"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", SATURATING)
def test_right_code_that_saturates_is_not_accused(name, dtype, scheme):
    forward, backward = SATURATING[name]
    for scale in (5, 30):
        for seed in range(2):
            result = gradcheck(forward, backward, [normal(seed, scale, dtype)], scheme=scheme, seed=seed)
            assert result.status in ("pass", "undecided"), (scale, seed)


@pytest.mark.parametrize("scheme", ["auto", "entries"])
@pytest.mark.parametrize("scale", [1e-3, 1, 30])
def test_code_that_rounds_its_argument_away_is_not_accused(scale, scheme):
    for seed in range(4):
        x = normal(seed, scale, "float64", (4,))
        result = gradcheck(lambda x: np.sin(x + 1e6 - 1e6), lambda d, x: d * np.cos(x), [x], scheme=scheme, seed=seed)
        assert result.status in ("pass", "undecided"), seed


@pytest.mark.parametrize("scheme", ["auto", "entries"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("scale", [1e-3, 1])
@pytest.mark.parametrize("name", SATURATING)
def test_a_thousandth_too_much_is_no_rounding(name, scale, dtype, scheme):
    forward, backward = SATURATING[name]
    too_much = np.dtype(dtype).type(1.001)
    x = normal(1, scale, dtype)
    assert gradcheck(forward, lambda d, x: backward(d, x) * too_much, [x], scheme=scheme).status == "fail"


def without(backward, index):
    def wrong(dout, x):
        gradient = backward(dout, x)
        gradient[index] = 0
        return gradient

    return wrong


@pytest.fixture
def a_second_each(monkeypatch):
    """A clock by which every evaluation of forward takes a second."""
    monkeypatch.setattr("convcheck.numeric.function.time", SimpleNamespace(perf_counter=count().__next__))


@pytest.mark.parametrize("index", [(0, 0), (7, 3), (19, 29)])
def test_a_direction_leads_to_the_entry_that_is_wrong(index, a_second_each):
    forward, backward = SATURATING["tanh"]
    x = normal(2, 1, "float64", (20, 30))
    result = gradcheck(forward, without(backward, index), [x], budget=300)
    assert result.status == "fail"
    (finding,) = [one for one in result.findings if one.code == "wrong-entry"]
    assert f"leads to dx[{index[0]}, {index[1]}]: backward gives 0, the differences" in finding.message
    # No other entry was looked at by itself.
    drawn = result.tensors[0].map
    assert drawn is not None
    assert drawn.states.replace(" ", "") == "!"
    assert np.unravel_index(drawn.states.index("!"), drawn.shape) == index


def test_a_gradient_that_is_not_finite_fails_along_directions_too():
    forward, backward = SATURATING["tanh"]
    x = normal(2, 1, "float64")
    result = gradcheck(forward, lambda d, x: backward(d, x) / np.where(x == x[0, 0], 0.0, 1.0), [x], scheme="auto")
    assert result.status == "fail"
    assert [one.code for one in result.findings if one.severity == "error"] == ["not-finite"]


def test_the_entry_of_a_layer_is_named_as_well(a_second_each):
    right = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        dx, dw, db = right.backward(dout, cache)
        dw = dw.copy()
        dw[2, 1, 0, 2] *= 1.5
        return dx, dw, db

    def binding(params):
        return Pair("mine", lambda x, w, b: right.forward(x, w, b, params), backward)

    sizes = ConvSizes(N=1, C=40, H=3, W=3, F=4, H1=3, W1=3, stride=1, pad=1)
    result = run_bound(Check("c", "conv", sizes, Manner()), LAYERS["conv"], binding, Settings(budget=200))
    assert [one.message.partition(":")[0] for one in result.findings if one.code == "wrong-entry"] == [
        f"halving direction {result.tensors[2].worst.index[0]} leads to dw[2, 1, 0, 2]"
    ]


def times(factor, index=...):
    def wrong(gradient):
        gradient[index] *= factor

    return wrong


def pairs(gradient):
    gradient[3, :2] += [1e-3, -1e-3]


def smallest(gradient):
    gradient.flat[np.abs(gradient).argmin()] *= 1.01


PLANTED = {
    "one entry": times(1.001, (7, 3)),
    "one entry by a little": times(1 + 1e-5, (7, 3)),
    "all by a millionth": times(1 + 1e-6),
    "one zero": times(0, (7, 3)),
    "the last row": times(0, -1),
    "all zero": times(0),
    "one sign": times(-1, (7, 3)),
    "pairs that cancel": pairs,
    "the smallest entry": smallest,
}


# By less than half of the digits of a sum over all entries.
SLIGHT = ("all by a millionth", "one entry by a little", "the smallest entry")


def real_only(forward):
    """Code that complex numbers do not get through."""
    return lambda x: forward(np.asarray(x, dtype=np.float64) + 0 * np.floor(x))


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("name", ["softmax", "gelu"])
def test_by_directions_alone_planted_mistakes_are_seen_and_right_code_passes(name, planted, real):
    forward, backward = SATURATING[name]

    def wrong(dout, x):
        gradient = np.array(backward(dout, x))
        PLANTED[planted](gradient)
        return gradient

    x = normal(3, 1, "float64", (20, 30))
    for seed in range(2):
        code = real_only(forward) if real else forward
        right = gradcheck(code, backward, [x], budget=0, seed=seed)
        assert (right.status, right.tensors[0].method, right.tensors[0].checked) == ("pass", "directions", 600)
        assert right.tensors[0].sees <= 1e-5
        # Without time to look at entries, what is off by less than half of the digits may have been rounded.
        status = gradcheck(code, wrong, [x], budget=0, seed=seed).status
        assert status == "fail" or (status == "undecided" and planted in SLIGHT)


def cross_entropy(x):
    shifted = x - x.max(axis=1, keepdims=True)
    return (np.log(np.exp(shifted).sum(axis=1)) - shifted[:, 0]).mean()


def cross_entropy_backward(dout, x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    gradient = e / e.sum(axis=1, keepdims=True)
    gradient[:, 0] -= 1
    return dout * gradient / len(x)


def test_where_rounding_hides_small_entries_directions_stop_at_nearly_what_is_wished():
    x = normal(4, 1, "float64", (50, 50))
    right = gradcheck(real_only(cross_entropy), cross_entropy_backward, [x], budget=0)
    assert (right.status, right.tensors[0].checked) == ("pass", 2500)
    assert WISH < right.tensors[0].sees <= NEARLY
    assert right.forward_evaluations <= 150
    assert right.tensors[0].directions <= 7

    def wrong(dout, x):
        gradient = cross_entropy_backward(dout, x)
        gradient.flat[np.abs(gradient).argmin()] *= 1.0001
        return gradient

    assert gradcheck(real_only(cross_entropy), wrong, [x[:8]]).status == "fail"


@pytest.mark.parametrize("planted", ["one entry", "one zero", "the last row", "the smallest entry"])
def test_float32_is_held_against_float64_entry_by_entry(planted):
    forward, backward = SATURATING["gelu"]

    def wrong(dout, x):
        gradient = np.array(backward(dout, x))
        if x.dtype == np.float32:
            PLANTED[planted](gradient)
        return gradient

    x = normal(3, 1, "float32", (20, 30))
    right, bad = (gradcheck(forward, code, [x]) for code in (backward, wrong))
    assert (right.status, right.tensors[0].method, bad.status) == ("pass", "directions", "fail")
    assert gradcheck(forward, backward, [x], budget=0).status in ("pass", "undecided")
    assert bad.tensors[0].wrong == (30 if planted == "the last row" else 1)


SPREAD = np.geomspace(1e-24, 1, 96)
MIXED, ANGLES = (np.random.default_rng(0).uniform(0.5, 2, shape) for shape in ((6, 96), 96))


def sum_of_all_sizes(planted=(), factor=1.0):
    """A function of entries of which the outputs show the largest alone, whose gradient is wrong where `planted`."""
    factors = np.ones(96)
    factors[list(planted)] = factor
    return (
        lambda x: 1 + MIXED @ (SPREAD * np.sin(x.real)),
        lambda dout, x: factors * (MIXED.T @ dout) * SPREAD * np.cos(x),
    )


def test_what_directions_leave_open_is_looked_at_by_itself_and_no_more():
    result = gradcheck(*sum_of_all_sizes(), [ANGLES])
    (dx,) = result.tensors
    assert result.status == "pass"
    assert (dx.method, dx.checked, dx.entries) == ("entries", 96, 96)
    assert dx.directions > 0
    assert dx.sees <= NEARLY
    assert "random directions, and" in dx.scheme
    # One by one they would take 18 each.
    assert result.forward_evaluations < 96 * 18 * 0.7
    assert [f.code for f in result.findings] == ["too-small-to-tell"]


@pytest.mark.parametrize(("planted", "factor"), [(95, 1.001), (80, 1.001), (60, 2.0), (50, 1e6), (5, 1e20)])
def test_what_is_wrong_is_seen_along_directions_or_by_itself(planted, factor):
    result = gradcheck(*sum_of_all_sizes([planted], factor), [ANGLES])
    (dx,) = result.tensors
    assert dx.verdict == "wrong"
    assert [entry.index for entry in dx.listed if entry.undecided is None] == [(planted,)]
