"""What no layer tells is measured: functions that are linear elsewhere, zero, of all sizes, or have an end.

Covers numeric/linearity.py, numeric/noise.py and agreement/criterion.py as `gradcheck` uses them.
"""

import numpy as np
import pytest

from convcheck import Same
from convcheck.checking.gradcheck import gradcheck

SEEDS = range(2)
X = np.random.default_rng(0).standard_normal(5)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(dout, x):
    p = softmax(x)
    return p * (dout - (dout * p).sum(axis=-1, keepdims=True))


def statuses(forward, backward, inputs, **more):
    return {gradcheck(forward, backward, inputs, seed=seed, **more).status for seed in SEEDS}


# Straight-through: the gradient of the identity, as one would like it to be.
LINEAR_ELSEWHERE = {
    "pruning": (lambda w: np.where(abs(w) > 0.5, w, 0.0), lambda d, w: d * (abs(w) > 0.5), [0.0, 0, 1, -2, 3]),
    "hard shrink": (lambda x: x * (abs(x) > 0.5), lambda d, x: d * (abs(x) > 0.5), [0.0, 2, 3]),
    "rounding": (np.round, lambda d, x: 0 * d, X),
    "floor": (np.floor, lambda d, x: 0 * d, X),
    "steps in the middle": (
        lambda x: np.where(abs(x) < 1, np.round(4 * x) / 4, x),
        lambda d, x: d * (abs(x) >= 1),
        [0.3, 2, -3],
    ),
}


@pytest.mark.parametrize("name", LINEAR_ELSEWHERE)
def test_what_is_linear_far_away_is_not_taken_for_linear(name):
    forward, backward, x = LINEAR_ELSEWHERE[name]
    assert statuses(forward, backward, [np.array(x)]) == {"pass"}
    assert statuses(forward, lambda dout, x: dout, [np.array(x)]) == {"fail"}


@pytest.mark.parametrize("x", [[0.0], [0.0, 2.0, 3.0]])
@pytest.mark.parametrize("forward", [lambda x: np.maximum(x, 0), np.abs, lambda x: np.where(x > 0, x, x / 10)])
def test_an_entry_at_a_kink_is_undecided_whatever_the_seed(forward, x):
    for backward in (lambda dout, x: dout * (x > 0), lambda dout, x: dout):
        results = [gradcheck(forward, backward, [np.array(x)], seed=seed) for seed in SEEDS]
        assert all(result.status != "pass" and result.tensors[0].undecided == 1 for result in results)


DATA, QUERIES, KEYS, VALUES = (
    np.random.default_rng(i).standard_normal(s) for i, s in enumerate([(6, 3), (3, 4), (5, 4), (5, 2)])
)


def normalised(b):
    y = DATA.astype(b.dtype) + b
    return (y - y.mean(0)) / y.std(0)


def normalised_backward(dout, b):
    h, s = normalised(b), (DATA.astype(b.dtype) + b).std(0)
    return ((dout - dout.mean(0) - h * (dout * h).mean(0)) / s).sum(0)


def attended(b):
    return softmax(QUERIES.astype(b.dtype) @ (KEYS.astype(b.dtype) + b).T / 2) @ VALUES.astype(b.dtype)


def attended_backward(dout, b):
    queries = QUERIES.astype(b.dtype)
    scores = queries @ (KEYS.astype(b.dtype) + b).T / 2
    return (softmax_backward(dout @ VALUES.astype(b.dtype).T, scores).T @ queries / 2).sum(0)


def of_any_size(a):
    y = a * DATA.astype(a.dtype)
    return y / np.sqrt((y * y).sum())


def of_any_size_backward(dout, a):
    y = a * DATA.astype(a.dtype)
    r = np.sqrt((y * y).sum())
    return ((dout - y / r * (dout * y / r).sum()) / r * DATA.astype(a.dtype)).sum(keepdims=True).reshape(1)


ZEROS = {
    "bias before a batch norm": (normalised, normalised_backward, X[:3]),
    "bias of the keys": (attended, attended_backward, X[:4]),
    "size that is normalised away": (of_any_size, of_any_size_backward, np.array([1.7])),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ZEROS)
def test_a_gradient_that_is_zero_is_decided(name, dtype):
    forward, backward, x = ZEROS[name]
    inputs = [x.astype(dtype)]
    assert statuses(forward, backward, inputs) == {"pass"}
    assert statuses(forward, lambda dout, x: np.zeros_like(x), inputs) == {"pass"}
    for wrong in (1, 1e-3):
        added = lambda dout, x, wrong=wrong: backward(dout, x) + wrong * dout.sum().astype(dtype)  # noqa: E731
        assert statuses(forward, added, inputs) == {"fail"}
    assert {t.wrong for t in gradcheck(forward, lambda d, x: 0 * x + d.sum(), inputs).tensors} == {x.size}


@pytest.mark.parametrize("name", ZEROS)
def test_a_gradient_that_is_nothing_but_rounding_is_right_whatever_the_seed(name):
    forward, backward, x = ZEROS[name]
    assert {gradcheck(forward, backward, [x], seed=seed).status for seed in range(16)} == {"pass"}


def test_each_output_has_its_own_noise():
    sizes = np.array([1.0, 1e12])
    forward, backward = lambda x: sizes * np.sin(x.real), lambda dout, x: dout * sizes * np.cos(x)
    x = [np.array([0.5, 0.7])]
    assert statuses(forward, backward, x) == {"pass"}
    for factor in ([1.1, 1], [1, 1.01], [1, 1 + 1e-6]):
        assert statuses(forward, lambda dout, x, f=factor: backward(dout, x) * f, x) == {"fail"}
    # The other output may depend on it by as much: 1e-4 beside 1e12 cannot be seen.
    assert "pass" not in statuses(forward, lambda dout, x: backward(dout, x) * [1.01, 1], x)
    by_itself = {"locality": {"x": [Same(0)]}}
    named = {"x": x[0]}
    assert statuses(forward, lambda dout, x: backward(dout, x) * [1 + 1e-6, 1], named, **by_itself) == {"fail"}


TABLE = np.arange(10.0) ** 2


def looked_up(x):
    i = np.floor(x.real).astype(int)
    return TABLE[i] + (x - i) * (TABLE[i + 1] - TABLE[i])


def asserted(x):
    assert (x.real > 0).all()
    assert (x.real < 10).all(), "out of range"
    return x**2


RATES = {0: 1.0, 1: 4.0, 2: 9.0}


def rated(x):
    return np.array([RATES[int(np.floor(v.real))] * v for v in x])


ENDS = {
    "a key": (rated, lambda dout, x: dout * np.array([RATES[int(v)] for v in x]), [0.3, 1.4, 2.9]),
    "an index": (looked_up, lambda dout, x: dout * (2 * np.floor(x) + 1), [1.3, 8.7]),
    "an assertion": (asserted, lambda dout, x: 2 * dout * x, [0.3, 9.1]),
}


@pytest.mark.parametrize("scheme", ["auto", "entries"])
@pytest.mark.parametrize("name", ENDS)
def test_code_that_raises_beyond_its_domain_is_probed_within(name, scheme):
    forward, backward, x = ENDS[name]
    assert statuses(forward, backward, [np.array(x)], scheme=scheme) == {"pass"}
    assert statuses(forward, lambda d, x: 1.01 * backward(d, x), [np.array(x)], scheme=scheme) == {"fail"}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_masked_logits_are_legal(dtype):
    masked = np.where(np.triu(np.ones((4, 4)), 1) > 0, -np.inf, np.random.default_rng(0).standard_normal((4, 4)))
    inputs = [masked.astype(dtype)]
    assert statuses(softmax, softmax_backward, inputs) == {"pass"}
    assert statuses(softmax, lambda dout, x: softmax_backward(dout, x) + (x == -np.inf), inputs) == {"fail"}
    assert statuses(softmax, lambda dout, x: 1.001 * softmax_backward(dout, x), inputs) == {"fail"}


def in_float32(x):
    return np.tanh(x.astype(np.float32) * np.float32(1.5)).astype(x.dtype)


def in_float32_backward(dout, x):
    return dout * 1.5 * (1 - np.tanh(1.5 * x) ** 2)


@pytest.mark.parametrize("least", [0.0, 1.0])
def test_without_time_for_anything_code_in_float32_inside_is_not_accused(monkeypatch, least):
    monkeypatch.setattr("convcheck.checking.examine_pair.LEAST_FOR_NOISE", least)
    x = np.random.default_rng(1).standard_normal((20, 20))

    def real(x):
        if np.iscomplexobj(x):
            raise TypeError("real numbers only")
        return in_float32(x)

    right = [gradcheck(real, in_float32_backward, [x], seed=seed, budget=0.0).status for seed in range(8)]
    assert {*right} <= {"pass", "undecided"}
    wrong = [
        gradcheck(real, lambda d, x: 1.1 * in_float32_backward(d, x), [x], seed=seed, budget=0.0).status
        for seed in range(8)
    ]
    assert "pass" not in wrong


STEPS = {
    "float32": lambda g: g.astype(np.float32),
    "float16": lambda g: g.astype(np.float16),
    "four decimals": lambda g: np.round(g, 4),
    "steps of a thousandth": lambda g: np.floor(g * 1000) / 1000,
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("wide", [(3, 4), (20, 30)])
def test_a_gradient_that_goes_in_steps_is_not_excused_as_rounding(name, wide):
    """The steps are no more rounding of backward where they are larger than a wrong factor."""
    x = np.random.default_rng(1).standard_normal(wide)
    narrowed = STEPS[name]

    def backward(dout, x):
        return narrowed(2 * x * dout).astype(np.float64)

    assert statuses(lambda x: x**2, backward, [x]) == {"fail"}


def test_a_gradient_without_dout_is_told_so():
    x = np.random.default_rng(1).standard_normal((2, 3))
    result = gradcheck(lambda x: (x**2).mean(), lambda d, x: 2 * x / x.size, [x])
    assert result.status == "fail"
    messages = {finding.code: finding.message for finding in result.findings}
    assert messages["not-linear-in-dout"] == "dx is the same whatever dout is"


def test_nothing_is_called_nearly_right_because_all_of_it_is_small():
    def told(factor):
        result = gradcheck(lambda x: 1e-13 * x**2, lambda d, x: d * 2e-13 * factor * x, [X])
        return [finding.code for finding in result.findings]

    assert told(2) == ["scaled"]
    assert "nearly-right" not in told(np.cos(X))
    assert told(1 + 1e-6 * np.cos(X)) == ["nearly-right"]


def root(x):
    return np.sqrt(np.maximum(x, 0))


def root_backward(factor):
    return lambda d, x: np.where(x > 0, d * factor / np.sqrt(np.where(x > 0, x, 1)), 0)


@pytest.mark.parametrize("seed", range(1, 4))
def test_an_entry_without_a_derivative_leaves_no_other_undecided(seed):
    x = np.array([0.0, 1, -1, 4])
    (right,) = gradcheck(root, root_backward(0.5), [x], seed=seed).tensors
    # From one side alone it has one, and that is 0.
    assert right.wrong == 0
    assert right.undecided <= 1
    wrong = gradcheck(root, root_backward(0.9), [x], seed=seed)
    assert (wrong.status, wrong.tensors[0].wrong) == ("fail", 2)
    assert "dx is 1.8 times the right gradient" in [finding.message for finding in wrong.findings]


def test_entries_that_do_not_add_up_together_stay_undecided():
    """Each moves its own output alone, and two of them the last one together."""

    def forward(x):
        return np.append(x**2, np.floor(abs(x[0] - 0.3) * abs(x[1] + 0.4) * 1e3))

    x = np.array([0.3, -0.4, 1.0])
    result = gradcheck(forward, lambda d, x: d[:3] * 2 * x, [x])
    assert result.status != "fail"
