"""How a wrong gradient is described: what it is a multiple of, how it is turned, where it is wrong."""

import numpy as np
import pytest

from convcheck.checking.diagnosis.patterns import find_patterns
from convcheck.layers.catalogue import LAYERS
from tests.checking.variants import findings, run

SIZES = {"N": 4, "C": 3, "H": 5, "W": 5, "F": 2, "H1": 3, "W1": 3, "stride": 2, "pad": 0}
FACTS = LAYERS["conv"].facts(LAYERS["conv"].sizes(**SIZES))
X, W, B = FACTS.inputs


def said(claim, analytic, numeric):
    found = find_patterns(claim, analytic, numeric, analytic != numeric, FACTS.output, SIZES)
    return [f"{f.code}: {f.message}" for f in found]


@pytest.fixture
def dx(rng):
    return rng.standard_normal(X.shape)


@pytest.fixture
def dw(rng):
    return rng.standard_normal(W.shape)


@pytest.mark.parametrize(
    ("factor", "sentence"),
    [
        (1 / 4, "scaled: dx is 0.25 times the right gradient, and 1/N is 0.25 here"),
        (5, "scaled: dx is 5 times the right gradient, and H is 5 here"),
        (-1, "scaled: dx has the wrong sign, and is right otherwise"),
        (0.7, "scaled: dx is 0.7 times the right gradient"),
        (0, "zero: dx is zero everywhere, and should not be"),
    ],
)
def test_a_constant_factor_is_named_by_the_letters_of_the_spec(dx, factor, sentence):
    assert said(X, factor * dx, dx) == [sentence]


def test_a_gradient_divided_by_the_batch_is_named():
    right = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        return tuple(g / 2 for g in right.backward(dout, cache))

    messages = [f.message for f in findings(run("conv", backward=backward), "scaled")]
    assert messages == [f"{g} is 0.5 times the right gradient, and 1/N is 0.5 here" for g in ("dx", "dw", "db")]


def test_a_factor_that_prints_as_one_is_not_worth_a_sentence(dx):
    assert said(X, (1 + 1e-8) * dx, dx) == []


def test_a_factor_that_does_not_hold_everywhere_is_no_factor(dx):
    other = 2 * dx
    other[0, 0, 0, 0] *= 1.01
    assert not [s for s in said(X, other, dx) if s.startswith("scaled")]


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (lambda g: g[..., ::-1, ::-1], "turned by 180° in its last two axes"),
        (lambda g: g[..., ::-1, :], "upside down in its last axis but one"),
        (lambda g: g[..., ::-1], "mirrored in its last axis"),
        (lambda g: g.swapaxes(-1, -2), "transposed in its last two axes"),
    ],
)
def test_a_gradient_in_the_wrong_order_is_recognised(dw, turn, words):
    assert said(W, turn(dw), dw) == [f"turned: dw is the right gradient, {words}"]


def test_assignment_in_place_of_addition_shows_where_windows_overlap(dx):
    wrong = dx.copy()
    wrong[:, :, 2, :] += 1
    wrong[:, :, :, 2] += 1
    assert said(X, wrong, dx)[0] == "overlap: dx is wrong only where windows overlap"


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ((3,), "place: dx is wrong only where n = 3 (the last)"),
        ((slice(2, None),), "place: dx is wrong only where n ≥ 2"),
        ((slice(None), 1), "place: dx is wrong only where c = 1"),
        ((..., 0), "place: dx is wrong only where w = 0 (the first)"),
        ((..., slice(0, 2), 4), "place: dx is wrong only where h ≤ 1 and w = 4 (the last)"),
        ((..., [0, 4]), "place: dx is wrong only where w is 0 or 4"),
        ((..., [1, 2, 3]), "place: dx is wrong only where w is from 1 to 3"),
    ],
)
def test_a_place_is_told_in_the_letters_of_the_axes(dx, where, sentence):
    wrong = dx.copy()
    wrong[where] += 1
    assert said(X, wrong, dx) == [sentence]


def test_errors_everywhere_of_no_known_kind_are_left_to_the_figures(dx, rng):
    assert said(X, dx + rng.standard_normal(dx.shape), dx) == []


def test_nan_in_the_gradient_is_placed_like_any_other_error(dx):
    wrong = dx.copy()
    wrong[2] = np.nan
    assert said(X, wrong, dx) == ["place: dx is wrong only where n = 2"]


def test_a_factor_of_a_single_entry_is_said_only_where_it_means_something():
    claim = LAYERS["conv"].facts(LAYERS["conv"].sizes(**SIZES | {"F": 1})).inputs[2]
    right = np.array([4.0])
    assert said(claim, 0.289683 * right, right) == []
    assert said(claim, -right, right) == ["scaled: db has the wrong sign, and is right otherwise"]
    assert said(claim, right / 4, right) == ["scaled: db is 0.25 times the right gradient, and 1/N is 0.25 here"]
    assert said(claim, 0 * right, right) == ["zero: db is zero everywhere, and should not be"]


def test_nearly_everywhere_is_no_place(dx):
    for wrong_columns, place in [([0, 1, 2, 4], []), ([0, 1, 4], ["place: dx is wrong only where w is 0, 1 or 4"])]:
        wrong = dx.copy()
        wrong[..., wrong_columns] += 1
        assert said(X, wrong, dx) == place


def test_a_few_that_are_wrong_here_and_there_are_no_place(dx):
    wrong = dx.copy()
    for index in ((0, 0, 0, 2), (0, 2, 0, 2), (0, 1, 2, 4), (0, 0, 4, 1)):
        wrong[index] += 1
    assert said(X, wrong, dx) == []
    # Where a gradient is 0 on both sides nothing can be seen of it: of a sparse one, as a max-pool's, the rest counts.
    sparse, place = np.zeros_like(dx), ["place: dx is wrong only where n = 2"]
    sparse[:, :, ::2, ::2] = dx[:, :, ::2, ::2]
    wrong = sparse.copy()
    wrong[2] *= 1.5
    assert said(X, wrong, sparse) == place


def test_an_input_that_forward_does_not_use_is_named():
    right = LAYERS["conv"].variants["vectorized"]

    def forward(x, w, b, conv_param):
        return right.forward(x, w, 0 * b, conv_param)

    result = run("conv", forward)
    assert [f.message for f in findings(result, "unused")] == [
        "forward does not change with b: all differences are 0, but for rounding"
    ]
    assert "unused" not in {
        f.code for f in run("conv", backward=lambda d, c: [0 * g for g in right.backward(d, c)]).findings
    }


def test_an_input_whose_terms_cancel_is_not_called_unused():
    claim, zero = B, np.zeros(B.shape)
    found = find_patterns(claim, zero + 1, zero, zero == 0, FACTS.output, SIZES, zero + 3)
    assert "unused" not in {f.code for f in found}


@pytest.mark.parametrize(
    ("narrowed", "sentence"),
    [
        (lambda g: g.astype(np.float16), "dx is the right gradient, rounded to float16"),
        (lambda g: g.astype(np.float32), "dx is the right gradient, rounded to float32"),
        (lambda g: np.round(g, 4), "dx is the right gradient, rounded to 4 decimals"),
        # It is not the result that is rounded, but what it is made of.
        (
            lambda g: 3.0 * (g / 3.0).astype(np.float32),
            "dx is off by as much as rounding to float32 leaves, one way or the other",
        ),
    ],
)
def test_a_gradient_with_fewer_digits_is_told_so(dx, narrowed, sentence):
    assert said(X, narrowed(dx).astype(np.float64), dx) == [f"rounded: {sentence}"]


def test_a_few_numbers_have_few_digits_by_themselves(dx):
    ones = np.ones(dx.shape)
    assert said(X, ones, ones + 0.03 * np.sign(dx)) == []
    # A term that is missing everywhere is off in one direction.
    assert said(X, dx * (1 - 1e-8), dx * (1 + 1e-9 * np.abs(dx))) == []
