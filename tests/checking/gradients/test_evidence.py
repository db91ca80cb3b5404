"""The order in which evidence is weighed, and what is said of a gradient that no bound can decide.

Covers gradients/evidence.py, gradients/every_entry.py and gradients/analytic.py, with the gradients of
test_gradcheck.py.

Covers checking/gradients/analytic.py and checking/gradients/every_entry.py as well.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.checking.gradients.evidence import weigh_directions, weigh_entries
from convcheck.checking.result import TensorResult


class Steps:
    """Evidence that writes down its steps; one that is in `settles` makes the gradient look right."""

    result = "verdict"

    suffices, is_far_off = True, False

    def __init__(self, looks_wrong=False, settles=(), certified=True, rounding_is_unknown=True, tolerance=None, **more):
        self.looks_wrong, self.certified, self._settles = looks_wrong, certified, settles
        self.__dict__ |= more
        self.gradient = SimpleNamespace(rounding_is_unknown=rounding_is_unknown, tolerance=tolerance)
        self.steps = []

    @property
    def agrees(self):
        return not self.looks_wrong

    @property
    def hangs_on_rounding(self):
        return self.looks_wrong

    def __getattr__(self, step):
        def take(*_):
            self.steps.append(step)
            self.looks_wrong &= step not in self._settles

        return take


BY_LAYER = {"rounding_is_unknown": False}
BY_TOLERANCE = {"rounding_is_unknown": False, "tolerance": 1e-3}


@pytest.mark.parametrize(
    ("evidence", "between"),
    [
        (Steps(), "probe_small_entries"),
        (Steps(looks_wrong=True), "allow_input_rounding probe_small_entries find_patterns"),
        (Steps(looks_wrong=True, settles=["allow_input_rounding"]), "allow_input_rounding probe_small_entries"),
        (Steps(looks_wrong=True, certified=False), "find_patterns"),
        (Steps(**BY_LAYER), ""),
        (Steps(looks_wrong=True, **BY_LAYER), "find_patterns"),
        (Steps(looks_wrong=True, **BY_TOLERANCE), "find_patterns"),
    ],
)
def test_the_steps_for_every_entry(evidence, between):
    assert weigh_entries(evidence) == "verdict"
    assert evidence.steps == ["compare_with_differences", *between.split(), "check_last_digits"]


@pytest.mark.parametrize(
    ("evidence", "steps", "settled"),
    [
        (Steps(), "", True),
        (Steps(suffices=False), "", False),
        (Steps(looks_wrong=True), "allow_input_rounding", False),
        (Steps(looks_wrong=True, is_far_off=True), "", False),
        (Steps(looks_wrong=True, settles=["allow_input_rounding"]), "allow_input_rounding", True),
        (Steps(looks_wrong=True, **BY_LAYER), "", False),
        (Steps(looks_wrong=True, **BY_TOLERANCE), "", False),
    ],
)
def test_what_directions_do_not_settle_is_looked_at_entry_by_entry(evidence, steps, settled):
    evidence.gradient.affordable = lambda evaluations: evaluations == 7
    assert weigh_directions(evidence, 7) is settled
    assert evidence.steps == ["look", *steps.split()]


@pytest.mark.parametrize(
    ("evidence", "steps"),
    [
        (Steps(suffices=False), "tell_what_is_left"),
        (Steps(looks_wrong=True), "allow_input_rounding bisect tell_what_is_left"),
        (Steps(looks_wrong=True, **BY_LAYER), "bisect tell_what_is_left"),
        (Steps(looks_wrong=True, **BY_TOLERANCE), "tell_what_is_left"),
    ],
)
def test_where_entries_would_take_too_long_a_direction_is_halved(evidence, steps):
    evidence.gradient.affordable = lambda evaluations: False
    assert weigh_directions(evidence, 7)
    assert evidence.steps == ["look", *steps.split()]


def test_a_gradient_that_backward_does_not_give_is_wrong_and_is_not_compared():
    result = gradcheck(lambda x, y: x * y, lambda dout, x, y: (dout * y, None), [np.ones(2), np.ones(2)])
    first, second = result.tensors
    assert first.verdict == "exact"
    assert isinstance(second, TensorResult)
    assert (second.verdict, second.wrong, second.checked, second.scheme) == ("wrong", 2, 0, "not compared")


def test_differences_that_do_not_add_up_leave_the_gradient_undecided():
    """x·y² / (x² + y²) has a slope in every direction at 0: none in those of the axes, and one half between them."""

    def forward(v):
        x, y = v - 1
        return np.array([x * y**2 / (x**2 + y**2) if x or y else 0.0])

    result = gradcheck(forward, lambda dout, v: 0 * v, [np.ones(2)])
    assert result.status == "undecided"
    assert "differences-disagree" in {f.code for f in result.findings}
    assert {entry.undecided for entry in result.tensors[0].listed} == {"differences disagree"}


def test_a_tolerance_asks_for_no_further_evidence():
    rough = np.float32(1.0001)
    x = np.linspace(-2, 2, 12, dtype="float32")
    forward, backward = (lambda x: np.sin(50 * x)), (lambda dout, x: dout * 50 * np.cos(50 * x) * rough)
    strict = gradcheck(forward, backward, [x], tolerance=1e-9)
    lenient = gradcheck(forward, backward, [x], tolerance=1e-2)
    assert (strict.status, lenient.status) == ("fail", "pass")
    assert strict.forward_evaluations == lenient.forward_evaluations
