"""`convcheck.gradcheck` on functions of every kind: right ones pass, wrong ones do not, the rest is undecided.

Covers checking/gradcheck_arguments.py and api.py as well; `check` and `load` run in most other tests.
"""

import math
import re

import numpy as np
import pytest

import convcheck
from convcheck import All, Same, gradcheck
from convcheck.checking.gradcheck import gradcheck as gradcheck_by


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_backward(dout, x):
    p = softmax(x)
    return p * (dout - (dout * p).sum(axis=1, keepdims=True))


def layernorm(x, gamma, beta):
    centred = x - x.mean(axis=1, keepdims=True)
    root = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    return gamma * centred / root + beta, (centred / root, root, gamma)


def layernorm_backward(dout, cache):
    xhat, root, gamma = cache
    g = dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - xhat * (g * xhat).mean(axis=1, keepdims=True)) / root
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


RIGHT = {
    "square": (lambda x: x**2, lambda dout, x: 2 * x * dout, [(3,)]),
    "sum": (lambda x: x.sum(), lambda dout, x: dout * np.ones_like(x), [(2, 3)]),
    "relu": (lambda x: np.maximum(x, 0), lambda dout, x: dout * (x > 0), [(40,)]),
    "absolute": (np.abs, lambda dout, x: dout * np.sign(x), [(40,)]),
    "softmax": (softmax, softmax_backward, [(4, 5)]),
    "layernorm": (layernorm, layernorm_backward, [(4, 6), (6,), (6,)]),
    "affine": (
        lambda x, w, b: (x @ w + b, (x, w)),
        lambda dout, cache: (dout @ cache[1].T, cache[0].T @ dout, dout.sum(axis=0)),
        [(4, 3), (3, 5), (5,)],
    ),
    "product": (lambda x, y: x * y, lambda dout, x, y: (dout * y, dout * x), [(3, 2), (3, 2)]),
    "no dependence": (lambda x: np.ones(3), lambda dout, x: np.zeros_like(x), [(4,)]),
    "large offset": (lambda x: np.sin(x + 1e6 - 1e6), lambda dout, x: dout * np.cos(x), [(4,)]),
}


FLOAT64_ALONE = {"no dependence", "large offset"}


@pytest.mark.parametrize(
    ("name", "dtype"),
    [(name, "float64") for name in RIGHT] + [(name, "float32") for name in RIGHT if name not in FLOAT64_ALONE],
)
def test_right_gradients_pass(name, dtype, rng):
    forward, backward, shapes = RIGHT[name]
    inputs = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    assert gradcheck(forward, backward, inputs).status == "pass"


@pytest.mark.parametrize("scheme", ["auto", "full", "entries"])
@pytest.mark.parametrize("name", sorted(set(RIGHT) - {"no dependence", "relu", "absolute"}))
def test_one_entry_off_by_a_billionth_is_caught(name, scheme, rng):
    forward, backward, shapes = RIGHT[name]
    inputs = [rng.standard_normal(shape) for shape in shapes]

    def off(dout, *rest):
        gradients = backward(dout, *rest)
        first = (gradients[0] if isinstance(gradients, tuple) else gradients).copy()
        largest = np.unravel_index(np.abs(first).argmax(), first.shape)
        first[largest] *= 1 + (1e-9 if name != "large offset" else 1e-3)
        return (first, *gradients[1:]) if isinstance(gradients, tuple) else first

    result = gradcheck_by(forward, off, inputs, scheme=scheme)
    assert result.status == "fail"
    (wrong,) = [t for t in result.tensors if t.verdict == "wrong"]
    assert wrong.wrong == 1


@pytest.mark.parametrize(
    ("forward", "backward", "x"),
    [
        (np.abs, lambda dout, x: dout * np.sign(x), [-1.0, 0.0, 1.0]),
        (lambda x: np.maximum(x, 0), lambda dout, x: dout * (x > 0), [-1.0, 0.0, 1.0]),
        (lambda x: np.sqrt(np.abs(x)), lambda dout, x: dout / (2 * np.sqrt(np.abs(x) + 1e-300)), [0.0, 0.3]),
        (np.sign, lambda dout, x: 0 * x, [0.0, 2.0]),
    ],
    ids=["abs", "relu", "cusp", "jump"],
)
def test_a_kink_is_undecided_and_never_wrong(forward, backward, x):
    result = gradcheck(forward, backward, [np.array(x)])
    assert result.status == "undecided"
    assert result.tensors[0].undecided >= 1


SCALED = {
    "reciprocal": (lambda x: 1 / x, lambda dout, x: -dout / x**2),
    "logarithm": (lambda x: np.log(np.abs(x)), lambda dout, x: dout / x),
    "root": (lambda x: np.sqrt(np.abs(x)), lambda dout, x: dout * np.sign(x) / (2 * np.sqrt(np.abs(x)))),
    "relu": RIGHT["relu"],
    "leaky relu": (lambda x: np.where(x > 0, x, x / 100), lambda dout, x: dout * np.where(x > 0, 1, 1 / 100)),
    "row maximum": (lambda x: x.max(axis=1), lambda dout, x: dout[:, None] * (x == x.max(axis=1, keepdims=True))),
    "softmax": (softmax, softmax_backward),
    "wave": (lambda x: x + np.sin(x), lambda dout, x: dout * (1 + np.cos(x))),
}


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize(("scale", "offset"), [(1e-8, 0), (1e-3, 0), (1e3, 0), (1, 100), (1, 1e6), (1e8, 0)])
def test_steps_find_the_scale_on_which_a_function_curves(name, scale, offset, rng):
    """A ladder that starts at the size of x and stops short of that scale sees a saturated or averaged function."""
    forward, backward, *_ = SCALED[name]
    x = rng.standard_normal((4, 5)) * scale + offset
    # One is saturated to the last bit, and a wave of 1 on 1e8 is less than the half of all digits.
    expected = "undecided" if (name, scale) in (("softmax", 1e3), ("wave", 1e8)) else "pass"
    # One seed in forty meets a kink there, and says so.
    assert gradcheck(forward, backward, [x], seed=1).status == expected


def eigenvalues_backward(dout, x):
    _, vectors = np.linalg.eigh(x)
    gradient = (vectors * dout) @ vectors.T
    return np.tril(gradient) + np.tril(gradient, -1)


def log_determinant(x):
    return np.asarray(np.linalg.slogdet(x)[1])


EXTREME = {
    "eigenvalues of small differences": (np.linalg.eigvalsh, eigenvalues_backward, lambda a: a + a.T),
    "log determinant": (log_determinant, lambda dout, x: dout * np.linalg.inv(x).T, lambda a: a),
    "determinant": (np.linalg.det, lambda dout, x: dout * np.linalg.det(x) * np.linalg.inv(x).T, lambda a: a),
}


SCALES = ((1e-8, 0), (1e-8, 1), (1, 1e-8), (1, 1e5), (1, 1e6), (1, 1e9), (1e8, 0))


@pytest.mark.parametrize(("number", "name"), [*enumerate(EXTREME)])
@pytest.mark.parametrize("place", range(len(SCALES)))
def test_extremes_are_undecided_where_differences_show_nothing_and_never_wrong(place, number, name):
    forward, backward, made = EXTREME[name]
    scale, diagonal = SCALES[place]
    # Every scheme with every dtype, in turn, each on data of its own.
    dtypes = ("float64", "float32")[:: 1 if (place + number) % 2 else -1]
    for seed, (scheme, dtype) in enumerate(zip(("auto", "entries"), dtypes, strict=True)):
        x = made(np.random.default_rng(seed).standard_normal((4, 4))) * scale + diagonal * np.eye(4)
        result = gradcheck_by(lambda x: np.asarray(forward(x)), backward, [x.astype(dtype)], scheme=scheme)
        assert result.status in ("pass", "undecided")


def test_numbers_below_the_normal_ones_have_lost_digits():
    x = (np.random.default_rng(3).standard_normal((5, 5)) + 2 * np.eye(5)).astype("float32") * np.float32(1e-10)
    backward = lambda dout, x: dout * np.linalg.det(x) * np.linalg.inv(x).T  # noqa: E731
    assert gradcheck(lambda x: np.asarray(np.linalg.det(x)), backward, [x]).status in ("pass", "undecided")


@pytest.mark.parametrize("scheme", ["auto", "entries"])
def test_a_complex_step_that_drops_the_imaginary_part_is_not_taken_for_a_slope_of_zero(scheme):
    x = np.eye(8, dtype="float32") * np.float32(1e-8)
    result = gradcheck_by(log_determinant, lambda dout, x: dout * np.linalg.inv(x).T, [x], scheme=scheme)
    assert result.status in ("pass", "undecided")


@pytest.mark.parametrize("scheme", ["auto", "entries"])
def test_a_scheme_that_is_as_uncertain_as_the_slope_is_large_accuses_nobody(scheme):
    x = np.array([3e-9, 0.5])
    result = gradcheck_by(lambda x: np.abs(x) + 1, lambda dout, x: dout * np.sign(x), [x], scheme=scheme)
    assert result.status != "fail"


@pytest.mark.parametrize("scheme", ["auto", "entries"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["relu", "absolute", "row maximum"])
def test_a_kinked_claim_holds_on_data_that_was_given(name, dtype, scheme, rng):
    """Its steps must not carry one entry past another, or past zero."""
    forward, backward, *_ = (RIGHT | SCALED)[name]
    x = rng.standard_normal((5, 6)).astype(dtype) * 3
    result = gradcheck_by(forward, backward, {"x": x}, kinds={"x": "kinked"}, scheme=scheme)
    assert result.status == "pass"
    assert result.tensors[0].scheme.startswith("two-sided difference")


@pytest.mark.parametrize("locality", [{}, {"x": (Same(0),)}])
def test_a_false_claim_of_kinks_is_found_out_and_given_up(locality, rng):
    x = rng.standard_normal(6)
    backward = lambda dout, x: dout * (1 - np.tanh(x) ** 2)  # noqa: E731
    result = gradcheck(np.tanh, backward, {"x": x}, kinds={"x": "kinked"}, locality=locality)
    assert result.status == "pass"
    assert [f.message for f in result.findings] == ["forward is not kinked in x: probed as a smooth function"]


def test_entries_that_tie_are_undecided_whatever_is_claimed():
    x = np.array([[1.0, 1, 0], [1, 2, 3]])
    backward = lambda dout, x: dout[:, None] * (np.arange(3) == x.argmax(axis=1)[:, None])  # noqa: E731
    for kinds in ({}, {"x": "kinked"}):
        result = gradcheck(lambda x: x.max(axis=1), backward, {"x": x}, kinds=kinds)
        assert result.status == "undecided"
        assert result.tensors[0].undecided == 2


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("size", [1e-8, 1e-7, 1e-6])
def test_a_curve_that_hides_in_the_noise_of_the_steps_is_not_taken_for_a_line(size, seed):
    """0.5 + x/4 - x³/48 at a tiny x: nearly a line, and too much of a curve for steps as large as a line allows."""
    x = np.random.default_rng(seed).standard_normal(8) * size
    for scheme in ("auto", "entries"):
        sigmoid = gradcheck_by(
            lambda x: 1 / (1 + np.exp(-x)), lambda d, x: d / (2 + 2 * np.cosh(x)), [x], scheme=scheme
        )
        assert sigmoid.status == "pass"
        softplus = gradcheck_by(lambda x: np.logaddexp(0, x), lambda d, x: d / (1 + np.exp(-x)), [x], scheme=scheme)
        assert softplus.status == "pass"


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e10])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_linearity_in_dout_is_tested_at_the_size_of_dout(size, dtype, rng):
    x = rng.standard_normal((4, 5)).astype(dtype)
    dout = np.full((4, 5), size, dtype)  # of which softmax's gradient is nothing but rounding
    assert gradcheck(softmax, softmax_backward, [x], dout).status == "pass"
    dout = rng.standard_normal((4, 5)).astype(dtype) * np.dtype(dtype).type(size)
    squared = gradcheck(lambda x: 2 * x, lambda dout, x: np.abs(dout) * np.sign(dout[0, 0]) * 2, [x], dout)
    assert "not-linear-in-dout" in {f.code for f in squared.findings}


STEEP = {
    "fast wave": (lambda x: np.sin(50 * x), lambda dout, x: dout * 50 * np.cos(50 * x), 0),
    "variance far from zero": (lambda x: x.var(axis=0), lambda dout, x: dout * 2 * (x - x.mean(axis=0)) / len(x), 100),
    "softmax far from zero": (softmax, softmax_backward, 100),
    "polynomial": (lambda x: (x - 3) ** 7, lambda dout, x: dout * 7 * (x - 3) ** 6, 3.01),
}


@pytest.mark.parametrize("scheme", ["auto", "entries"])
@pytest.mark.parametrize("name", STEEP)
def test_a_gradient_may_be_off_by_what_rounding_its_inputs_does_to_it(name, scheme):
    forward, backward, offset = STEEP[name]
    for seed in range(2):
        x = (np.random.default_rng(seed).standard_normal((6, 5)) + offset).astype("float32")
        assert gradcheck_by(forward, backward, [x], scheme=scheme).status == "pass"


@pytest.mark.parametrize("name", STEEP)
def test_what_rounding_does_excuses_no_wrong_formula(name, rng):
    forward, backward, offset = STEEP[name]
    x = (rng.standard_normal((6, 5)) + offset).astype("float32")
    result = gradcheck(forward, lambda dout, x: backward(dout, x) * np.float32(1.002), [x])
    assert result.status == "fail"
    assert "how far it moves when the inputs are rounded" in result.tensors[0].criterion


def test_a_function_of_exponential_growth_is_not_taken_for_a_line(rng):
    for scheme in ("auto", "entries"):
        assert gradcheck_by(
            np.exp, lambda dout, x: dout * np.exp(x), [rng.standard_normal(10)], scheme=scheme
        ).status == ("pass")


def test_locality_saves_evaluations_and_changes_nothing_else(rng):
    forward, backward, shapes = RIGHT["affine"]
    inputs = [rng.standard_normal(shape) for shape in shapes]
    ties = {"x": (Same(0), All()), "w": (All(), Same(1)), "b": (Same(1),)}
    alone = gradcheck(forward, backward, inputs)
    grouped = gradcheck(forward, backward, inputs, locality=ties)
    assert grouped.status == alone.status == "pass"
    # One evaluation for each of 3 + 3 + 1 groups in place of one for each of 12 + 15 + 5 entries; and after so many,
    # forward is called again.
    assert alone.forward_evaluations - grouped.forward_evaluations == 25


def test_a_false_claim_of_locality_is_found_out_and_given_up(rng):
    x = rng.standard_normal((5, 5))
    forward, backward = (lambda x: x @ x.T.copy() * 0 + x.cumsum(axis=0)), (lambda d, x: d[::-1].cumsum(axis=0)[::-1])
    result = gradcheck(forward, backward, [x], locality={"x": (Same(0), Same(1))})
    assert result.status == "pass"
    assert [f.code for f in result.findings] == ["claim-lost"]


def test_one_leak_between_two_entries_is_enough_to_lose_locality(rng):
    x = rng.standard_normal(50)

    def leaky(x):
        out = 3 * x
        out[7] += 2**-20 * x[31]
        return out

    result = gradcheck(leaky, lambda dout, x: 3 * dout, [x], locality={"x": (Same(0),)}, kinds={"x": "linear"})
    assert "claim-lost" in {f.code for f in result.findings}
    assert result.status == "fail"
    assert result.tensors[0].worst.index == (31,)


def test_a_false_claim_of_linearity_is_found_out_and_given_up(rng):
    x = rng.standard_normal(6)
    result = gradcheck(np.tanh, lambda dout, x: dout * (1 - np.tanh(x) ** 2), [x], kinds={"x": "linear"})
    assert result.status == "pass"
    assert "not linear" in result.findings[0].message


def test_names_come_from_forward_or_from_the_mapping():
    def scaled(image, weight):
        return image * weight

    def backward(dout, image, weight):
        return dout * weight, dout * image

    by_place = gradcheck(scaled, backward, [np.ones(2), np.ones(2)])
    assert [t.name for t in by_place.tensors] == ["dimage", "dweight"]
    by_name = gradcheck(scaled, backward, {"x": np.ones(2), "w": np.ones(2)})
    assert [t.name for t in by_name.tensors] == ["dx", "dw"]


@pytest.mark.parametrize("scheme", ["auto", "entries"])
@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
        (math.log, lambda x: 1 / x),
        (lambda x: math.exp(40 * x), lambda x: 40 * math.exp(40 * x)),
    ],
    ids=["root", "logarithm", "exponential"],
)
def test_code_that_raises_outside_its_domain_is_probed_inside(forward, backward, scheme, rng):
    def each(f, x):
        return np.array([f(v) for v in x.ravel()]).reshape(x.shape)

    x = rng.uniform(0.1, 2, size=(2, 3))
    result = gradcheck_by(lambda x: each(forward, x), lambda dout, x: dout * each(backward, x), [x], scheme=scheme)
    assert result.status == "pass"


def test_code_that_raises_for_floating_point_errors_does_so_in_itself_alone(rng):
    def strict(x):
        np.seterr(all="raise")
        return np.exp(x)

    def backward(dout, x):
        np.seterr(all="raise")
        return dout * np.exp(x)

    before = np.geterr()
    assert gradcheck(strict, backward, [rng.standard_normal(5) - 300]).status == "pass"
    assert np.geterr() == before


def test_an_exception_is_a_finding_with_its_line():
    def forward(x):
        raise ValueError("no such thing")

    result = gradcheck(forward, lambda dout, x: dout, [np.ones(2)])
    assert result.status == "error"
    (finding,) = result.findings
    assert finding.code == "raised"
    assert finding.message.startswith("forward raised ValueError: no such thing (line ")
    assert "test_gradcheck.py, in forward)" in finding.message


def test_an_exception_in_backward_is_told_apart(rng):
    result = gradcheck(lambda x: x, lambda dout, x: 1 / 0, [np.ones(2)])
    assert result.status == "error"
    assert "backward raised ZeroDivisionError" in result.findings[0].message


def test_what_is_said_of_wrong_entries_leaves_out_those_that_are_undecided():
    x = np.array([-1.0, 0.0, 1.0, 2.0])
    backward = lambda dout, x: dout * np.array([-1.0, 1.0, 1.0, 3.0])  # noqa: E731
    result = gradcheck(np.abs, backward, [x])
    assert [e.index for e in result.tensors[0].listed] == [(3,), (1,)]
    assert [f.message for f in result.findings] == ["dx is wrong only where index 0 = 3 (the last)"]


def test_what_was_found_before_an_exception_is_kept(rng):
    x, y = rng.standard_normal((2, 5))
    kept = y.copy()

    def forward(x, y):
        if np.abs(y - kept).max() > 1e-9:
            raise TypeError("y is fixed")
        return np.tanh(x) * y

    backward = lambda dout, x, y: (2 * dout * y * (1 - np.tanh(x) ** 2), dout * np.tanh(x))  # noqa: E731
    result = gradcheck(forward, backward, {"x": x, "y": y}, kinds={"x": "linear", "y": "linear"})
    assert (result.status, [(t.name, t.verdict) for t in result.tensors]) == ("fail", [("dx", "wrong")])
    assert [f.code for f in result.findings] == ["claim-lost", "scaled", "raised"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"inputs": [np.arange(3)]}, TypeError, "expected float64 or float32, received int64 for x"),
        ({"inputs": [np.ones(3), np.ones(3, "float32")]}, TypeError, "expected one dtype, received"),
        ({"inputs": np.ones(3)}, TypeError, "received one array"),
        ({"inputs": []}, ValueError, "at least one array"),
        ({"inputs": [np.ones((2, 0))]}, ValueError, "no entries to check"),
        ({"inputs": [np.array([1.0, np.nan])]}, ValueError, "entries that are NaN"),
        ({"inputs": [np.ma.masked_less([1.0, 2.0], 2)]}, TypeError, "a masked one: use .filled"),
        ({"inputs": [np.ones(3)], "dout": np.ones(2)}, ValueError, r"dout: expected .* \(3,\), received \(2,\)"),
        ({"inputs": [np.ones(3)], "scheme": "fast"}, ValueError, "expected auto, entries or full, received"),
        ({"inputs": [np.ones(3)], "locality": {"y": (All(),)}}, ValueError, "no input is named 'y'; there is x"),
        ({"inputs": [np.ones(3)], "locality": {"x": ()}}, ValueError, "1 axes"),
        ({"inputs": [np.ones(3)], "locality": {"x": (Same(1),)}}, ValueError, "names an axis that the output"),
        ({"inputs": [np.ones(3)], "kinds": {"x": "flat"}}, ValueError, "expected linear, kinked or smooth"),
    ],
)
def test_arguments_that_cannot_be_say_what_was_expected(arguments, error, message):
    with pytest.raises(error, match=message):
        gradcheck(lambda x, *rest: x, lambda dout, x: dout, **arguments)


def test_the_same_call_gives_the_same_figures(rng):
    forward, backward, shapes = RIGHT["layernorm"]
    inputs = [rng.standard_normal(shape) for shape in shapes]
    assert gradcheck(forward, backward, inputs).tensors == gradcheck(forward, backward, inputs).tensors


def test_the_package_offers_what_it_says():
    for name in convcheck.__all__:
        assert getattr(convcheck, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        convcheck.nothing  # noqa: B018


@pytest.mark.parametrize(
    "out", [None, "a", np.array("a"), [[1.0], [1.0, 2.0]]], ids=["none", "text", "array of text", "ragged"]
)
def test_a_forward_that_gives_no_numbers_is_a_finding(out):
    result = gradcheck(lambda x: out, lambda dout, x: dout, [np.ones(3)])
    assert result.status == "fail"
    assert [finding.code for finding in result.findings] == ["wrong-shape"]
    assert "as the output, expected an array" in result.findings[0].message


def test_a_gradient_that_hides_an_entry_has_one_finding():
    def backward(dout, x):
        return np.ma.masked_array(dout * np.cos(x), [False, True])

    result = gradcheck(np.sin, backward, [np.array([1.0, 2.0])])
    assert result.status == "fail"
    assert [finding.code for finding in result.findings] == ["wrong-type"]


@pytest.mark.parametrize(("forward", "backward"), [("sin", np.cos), (np.sin, None)])
def test_what_is_no_function_is_refused(forward, backward):
    with pytest.raises(TypeError, match=r"(forward|backward): expected a function, received (str|NoneType)"):
        gradcheck(forward, backward, [np.ones(3)])


def product(x, w):
    return x @ w, np.sin(x)


def product_backward(dout, dsin, x, w):
    return dout @ w.T + dsin * np.cos(x), x.T @ dout


def product_jvp(primals, tangents, wrong=0.0):
    (x, w), (dx, dw) = primals, tangents
    return dx @ w + (1 + wrong) * x @ dw, np.cos(x) * dx


def with_outputs(primals, tangents):
    return product(*primals), product_jvp(primals, tangents)


RNG = np.random.default_rng(3)
OF_A_PRODUCT = {"x": RNG.standard_normal((2, 3)), "w": RNG.standard_normal((3, 2))}


@pytest.mark.parametrize("jvp", [product_jvp, with_outputs])
def test_a_jvp_is_held_against_backward_and_without_one_against_the_differences(jvp):
    assert gradcheck(product, product_backward, OF_A_PRODUCT, outputs=2, jvp=jvp)
    assert gradcheck(product, None, OF_A_PRODUCT, outputs=2, jvp=jvp)


def test_a_wrong_jvp_is_told_with_its_input_output_index_and_both_values():
    wrong = lambda primals, tangents: product_jvp(primals, tangents, 1e-6)  # noqa: E731
    outcome = gradcheck(product, product_backward, OF_A_PRODUCT, outputs=2, jvp=wrong)
    assert outcome.status == "fail"
    (said,) = [finding for finding in outcome.findings if finding.code == "forward-mode"]
    assert re.search(r": input 1 \(w\), output 0: at \[\d, \d\] jvp gives \S+, backward \S+$", said.message)
    outcome = gradcheck(product, None, OF_A_PRODUCT, outputs=2, jvp=wrong)
    assert [tensor.verdict for tensor in outcome.tensors if tensor.verdict == "wrong"]
    assert outcome.tensors[1].verdict == "wrong"


def test_a_jvp_that_raises_or_gives_another_shape_is_a_finding_and_one_that_cannot_be_a_type_error():
    x = [np.ones(3)]
    one = np.sin, lambda dout, x: dout * np.cos(x), x
    assert "jvp raised ZeroDivisionError" in str(gradcheck(*one, jvp=lambda primals, tangents: 1 / 0))
    assert "jvp gives tangents of ()" in str(gradcheck(*one, jvp=lambda primals, tangents: tangents[0].sum()))
    assert gradcheck(*one, jvp=lambda primals, tangents: np.cos(primals[0]) * tangents[0])
    # What is not differentiated has no tangent.
    scaled = lambda x, n: x * n, lambda dout, x, n: (dout * n, None), [np.ones(3), np.array(2)]
    assert gradcheck(*scaled, jvp=lambda primals, tangents: tangents[0] * 2 if tangents[1] is None else None)
    with pytest.raises(TypeError, match="jvp: expected a function"):
        gradcheck(*one, jvp=3)
    with pytest.raises(TypeError, match="True is for one function of PyTorch or JAX"):
        gradcheck(*one, jvp=True)
    with pytest.raises(TypeError, match="backward: expected a function"):
        gradcheck(np.sin, None, x)


@pytest.mark.parametrize(
    ("shape", "hint"), [((4,), ".sum(axis=0)"), ((1, 4), ".sum(axis=0, keepdims=True)"), ((), ".sum(axis=(0, 1))")]
)
def test_a_gradient_that_was_not_added_up_is_told_how(shape, hint):
    x, b = np.random.default_rng(0).standard_normal((3, 4)), np.ones(shape)
    result = gradcheck(lambda x, b: x * 2 + b, lambda dout, x, b: (2 * dout, dout), {"x": x, "b": b})
    (finding,) = [finding for finding in result.findings if finding.code == "wrong-shape"]
    assert finding.tensor == "db"
    assert finding.hint == f"where forward broadcasts it, its gradient is added up again: {hint}"


def test_where_no_output_is_finite_nothing_is_asked_for_in_vain():
    result = gradcheck(lambda x: np.log(x).sum(), lambda dout, x: dout / x, [-np.ones((5, 5))])
    assert result.status == "fail"
    assert [(one.verdict, one.undecided, one.criterion) for one in result.tensors] == [
        ("undecided", 25, "the output is not finite")
    ]
    assert result.forward_evaluations < 25
