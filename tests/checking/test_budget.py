"""The budget of a check is kept, by counts of calls that were timed once; and what it leaves out is said."""

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.checking.budget import Budget
from convcheck.checking.check import run_bound
from convcheck.checking.settings import Settings
from convcheck.implementations.pair import Pair
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner

SIZES = {
    "conv": {"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1},
    "max_pool": {"N": 2, "C": 3, "H": 8, "W": 8, "H1": 2, "W1": 2, "stride": 2},
    "batchnorm": {"N": 6, "D": 4},
    "relu": {"shape": (3, 4)},
}


class Clock:
    """In place of the module `time`: every call that is timed takes as long as it is told to."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._now = 0.0
        self._running = False

    def perf_counter(self):
        self._now += self.seconds if self._running else 0
        self._running = not self._running
        return self._now


@pytest.fixture
def slow(monkeypatch):
    def calls_take(forward, backward):
        monkeypatch.setattr("convcheck.numeric.function.time", Clock(forward))
        monkeypatch.setattr("convcheck.checking.contract.contract.time", Clock(backward))

    return calls_take


def run(layer, budget, factor=1.0):
    right = LAYERS[layer].variants["vectorized"]

    def binding(params):
        def backward(dout, cache):
            gradients = right.backward(dout, cache)
            first, *others = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
            return (first * factor, *others)

        more = (params,) if params is not None else ()
        return Pair("mine", lambda *inputs: right.forward(*inputs, *more), backward)

    check = Check("a.yaml::a", layer, LAYERS[layer].sizes(**SIZES[layer]), Manner())
    return run_bound(check, LAYERS[layer], binding, Settings(budget=budget, suite=True))


@pytest.mark.parametrize("layer", SIZES)
@pytest.mark.parametrize("budget", [20, 60])
@pytest.mark.parametrize("backward", [1.8, 4.0])
def test_own_loops_of_two_seconds_a_forward_get_a_verdict_within_the_budget(slow, layer, budget, backward):
    slow(1.8, backward)
    right, wrong = run(layer, budget), run(layer, budget, 1.01)
    for result in (right, wrong):
        assert 1.8 * result.forward_evaluations + backward * result.backward_evaluations <= 1.5 * budget
    # To differentiate what is smooth takes twenty evaluations at least.
    unseen = layer == "batchnorm" and budget == 20
    assert (right.status, wrong.status) == (("undecided",) * 2 if unseen else ("pass", "fail"))
    seen = ("exact", "within_bound")
    assert all(t.verdict in seen for t in right.tensors if not (unseen and t.name == "dx"))


def test_what_is_left_out_is_said(slow):
    slow(1.8, 1.8)
    (finding,) = [one for one in run("conv", 20).findings if one.code == "over-budget"]
    assert finding.message == (
        "this check would take about 30.6 s, more than the budget of 20 s: neither pass was called again to see "
        "whether it repeats itself"
    )


def test_what_is_proved_needs_no_time_for_groups(slow):
    slow(1.8, 1.8)
    result = run("conv", 100)
    assert (result.status, result.scheme) == ("pass", "auto")
    assert all(tensor.checked == tensor.entries for tensor in result.tensors)
    assert not result.findings


@pytest.mark.parametrize(("factor", "verdict"), [(1.01, "wrong"), (1 + 2.0**-44, "within_bound")])
def test_what_is_disproved_and_has_no_time_for_groups_is_held_against_directions(slow, factor, verdict):
    """A proof asks for equality; what backward may have rounded is not wrong."""
    slow(1.8, 1.8)
    result = run("conv", 50, factor)
    methods = {t.name: t.method for t in result.tensors[1:]}
    assert methods == {"dx": "directions", "dw": "projection", "db": "groups"}
    dx = result.tensors[1]
    assert (dx.verdict, dx.checked == 0) == (verdict, verdict == "wrong")
    assert (result.status == "fail") == (verdict == "wrong")


def test_a_fast_layer_is_gone_through_whole(slow):
    slow(1e-4, 1e-4)
    result = run("conv", 60)
    assert all(tensor.checked == tensor.entries for tensor in result.tensors)
    assert result.backward_evaluations > 1


@pytest.mark.parametrize("budget", [6, 20, 60])
def test_functions_without_a_layer_keep_to_it_as_well(slow, budget):
    slow(1.8, 1.8)
    for factor in (1, 1.01):
        result = gradcheck(
            np.tanh,
            lambda dout, x, factor=factor: factor * dout * (1 - np.tanh(x) ** 2),
            [np.linspace(-1, 1, 20)],
            budget=budget,
        )
        assert result.status != ("fail" if factor == 1 else "pass")
        assert 1.8 * (result.forward_evaluations + result.backward_evaluations) <= 1.5 * budget + 18 * 1.8


def test_no_budget_leaves_all_that_is_not_needed_for_a_verdict():
    assert run("conv", 0).status == "pass"
    assert run("conv", 0, 1.01).status == "fail"
    assert (run("batchnorm", 0).status, run("batchnorm", 0, 1.01).status) == ("pass", "fail")
    x = np.linspace(-1, 1, 200)
    result = gradcheck(np.tanh, lambda dout, x: dout * (1 - np.tanh(x) ** 2), [x], budget=0)
    assert (result.status, result.tensors[0].method) == ("pass", "directions")


def test_a_scheme_that_was_asked_for_has_no_limit():
    budget = Budget(None, lambda: (0, 0))
    assert budget.not_enough_for(10**9) == []
    assert budget.affords(10**9)


def test_calls_are_counted_and_not_timed_again():
    budget = Budget(10, lambda: (2, 1))
    budget.timed(1, 2)
    assert budget.affords(6)
    assert not budget.affords(7)
    assert budget.affords(2, 2)
    assert not budget.is_exceeded_by(8)
    assert budget.is_exceeded_by(9)


@pytest.mark.parametrize(("budget", "ample"), [(None, True), (16.0, True), (15.0, False), (0.0, False)])
def test_calls_of_unknown_length_are_tried_where_what_was_spent_is_little_of_it(budget, ample):
    assert Budget(budget, lambda: (2, 0)).is_ample_for(2.0) is ample
