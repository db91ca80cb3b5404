"""A gradient that is wrong on one side of a kink alone fails, whatever the seed, and what is right passes."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from convcheck.checking.check import run_variant
from convcheck.checking.settings import Settings
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from tests.checking.variants import findings, run
from tests.layers.cases import suite_of

RELU, POOL = (LAYERS[name].variants["vectorized"] for name in ("relu", "max_pool"))
SEEDS = range(6)


def changed(right, change):
    """Backward of a layer whose last step is `change` of its gradient, in place."""

    def backward(dout, cache):
        dx = np.array(right.backward(dout, cache))
        change(dx)
        return dx

    return backward


def last_entry_zero(dx):
    dx.flat[-1] = 0


def first_entry_zero(dx):
    dx.flat[0] = 0


def all_zero(dx):
    dx[...] = 0


def middle_entry_doubled(dx):
    dx.flat[dx.size // 2] *= 2


CHANGES = [last_entry_zero, first_entry_zero, all_zero, middle_entry_doubled]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("sizes", [{}, {"shape": (1, 1)}])
def test_an_entry_that_is_wrong_where_it_is_positive_fails_at_every_seed(sizes, dtype, change):
    letters = dict.fromkeys("NCHW") if sizes else {}
    for seed in SEEDS:
        result = run("relu", None, changed(RELU, change), sizes=letters | sizes, dtype=dtype, seed=seed)
        assert (result.status, result.tensors[-1].verdict) == ("fail", "wrong")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("sizes", [{"H": 4, "W": 6}, {"H": 5, "W": 7, "H1": 3, "W1": 3}, {"stride": 1, "W1": 3}])
def test_an_entry_that_is_wrong_where_it_wins_fails_at_every_seed(sizes, change):
    for seed in SEEDS:
        result = run("max_pool", None, changed(POOL, change), Settings(suite=True), sizes, seed=seed)
        assert (result.status, result.tensors[-1].verdict) == ("fail", "wrong")


@pytest.mark.parametrize("layer", ["relu", "max_pool"])
def test_every_check_of_the_suite_that_can_show_it_does(layer, tmp_path):
    right = LAYERS[layer].variants["vectorized"]
    variant = Variant(right.forward, changed(right, all_zero), "")
    for seed in SEEDS:
        for check in suite_of(layer, tmp_path):
            at_seed = check._replace(manner=replace(check.manner, seed=seed))
            assert run_variant(at_seed, LAYERS[layer], variant, Settings(suite=True)).status == "fail", check.id


def threshold(at, above):
    """ReLU whose entries beyond a threshold are treated in another way."""

    def forward(x):
        return np.where(x > at, above(x), 0), x

    return forward, lambda dout, x: dout * (x > at)


@pytest.mark.parametrize(
    "functions",
    [
        threshold(1e-8, lambda x: x),
        threshold(0, lambda x: np.minimum(x, 6)),
        (RELU.forward, lambda dout, x: dout * ((x > 0) & (x < 6))),
        (RELU.forward, lambda dout, x: dout * ((x > 0) & (x < 1e5))),
        (RELU.forward, lambda dout, x: dout * (x > 1e-6)),
        (RELU.forward, lambda dout, x: np.where(x > 0, dout, 0.01 * dout)),
    ],
    ids=["above-1e-8", "clipped-at-6", "mask-below-6", "mask-below-1e5", "mask-above-1e-6", "leaky-backward"],
)
def test_a_threshold_elsewhere_and_a_slope_below_zero_are_seen(functions):
    for seed in SEEDS:
        assert run("relu", *functions, seed=seed).status == "fail"


@pytest.mark.parametrize("start", [-999999, -100, -1, 0])
def test_a_maximum_that_starts_at_a_number_is_seen_at_every_seed(start):
    def forward(x, params):
        out, cache = POOL.forward(x, params)
        return np.maximum(out, out.dtype.type(start)), (out, cache)

    def backward(dout, cache):
        out, cache = cache
        return POOL.backward(dout * (out > start), cache)

    for seed in SEEDS:
        result = run("max_pool", forward, backward, Settings(suite=True), seed=seed)
        assert [t.verdict for t in result.tensors] == ["wrong", "exact"]


def test_it_is_said_that_the_other_side_is_wrong():
    for seed in SEEDS:
        result = run("relu", None, changed(RELU, last_entry_zero), sizes={"N": 1, "C": 1, "H": 1, "W": 2}, seed=seed)
        said = [f.message for f in findings(result, "other-side")]
        assert result.tensors[-1].wrong == 1
        assert said in (
            [],
            ["dx is right at the data drawn first, and wrong where entries have other signs, sizes or ranks"],
        )
        if said:
            return
    raise AssertionError("the last entry was positive at every seed")


@pytest.mark.parametrize("data", ["dyadic", "normal"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("layer", ["relu", "max_pool"])
def test_what_is_right_passes_without_a_word(layer, dtype, data):
    for seed in SEEDS:
        result = run(layer, seed=seed, dtype=dtype, data=data)
        assert result.status == "pass"
        assert [f for f in result.findings if f.code != "unread"] == []


@pytest.mark.parametrize("spelling", [
    lambda x: x * (x > 0), lambda x: (x + abs(x)) / 2, lambda x: np.maximum(0, x), lambda x: np.clip(x, 0, None),
])  # fmt: skip
def test_right_ways_to_write_it_pass_far_from_zero_and_near_it(spelling):
    for dtype in ("float64", "float32"):
        assert run("relu", lambda x: (spelling(x), x), dtype=dtype).status == "pass"


def test_what_no_point_shows_is_counted_and_said():
    result = run("max_pool", sizes={"H": 5, "W": 5, "H1": 5, "W1": 5})
    (note,) = findings(result, "one-side")
    assert result.status == "pass"
    assert note.message == "36 of 100 entries of x were not brought to the other side of their kinks"


def test_an_exception_at_a_further_point_ends_the_check():
    def forward(x):
        if x.max() > 10:
            raise ZeroDivisionError("too large")
        return RELU.forward(x)

    result = run("relu", forward)
    assert result.status == "error"
    assert "too large" in findings(result, "raised")[0].message
    # What was found until then is kept.
    assert [t.verdict for t in result.tensors] == ["exact", "exact"]


@pytest.mark.parametrize(("budget", "looked_at", "evaluations"), [(14, 0, 9), (20, 1, 14), (30, 3, 26), (60, 4, 32)])
def test_over_the_budget_it_is_said_how_many_points_were_looked_at(budget, looked_at, evaluations, monkeypatch):
    """A clock by which every evaluation takes a second."""
    clock = SimpleNamespace(perf_counter=count().__next__)
    monkeypatch.setattr("convcheck.numeric.function.time", clock)
    result = run("max_pool", settings=Settings(budget=budget, suite=True))
    assert result.status == "pass"
    assert (result.scheme, result.forward_evaluations) == ("auto", evaluations)
    said = [(f.severity, f.message) for f in findings(result, "not-every-point")]
    assert said == [(
        "warning",
        f"{looked_at} of 4 further points were looked at, which is all that the budget allows: entries may be wrong on "
        "the other side of their kinks",
    )][: looked_at < 4]  # fmt: skip
