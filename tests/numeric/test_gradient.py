"""The certificate of a gradient: entries that do not add up to the slope in a random direction are not believed.

Covers gradient.py and entries.py, with the claims that test_gradcheck.py gives up.

Covers numeric/probing.py as well.
"""

import numpy as np
import pytest

from convcheck.layers.locality import Same
from convcheck.numeric.differences import OneSided
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.gradient import numeric_gradient
from convcheck.numeric.groups import no_locality
from convcheck.numeric.slope import Slope

EPS = float(np.finfo(float).eps)
X = np.array([0.5, -0.75, 1.25, 2.0])
TRIAL = np.array([0.5, 1.0, -0.25, 0.75])
ELEMENTWISE = (Same(0),)


def certified(f, x=X, ties=ELEMENTWISE, trial=TRIAL, change=lambda slope, direction: slope):
    line = InputProbe(Function(lambda x: (f(x), None)), [x], 0)
    base = f(x)
    scheme = OneSided(line, base, 1.0, 8 * EPS * np.abs(base), 8 * EPS)

    def changed(direction):
        return change(scheme(direction), direction)

    return numeric_gradient(changed, x.shape, ties, np.ones(base.shape), trial, changed(trial), EPS).certified


def test_what_is_claimed_and_true_is_certified():
    assert certified(lambda x: 3 * x)
    assert certified(lambda x: x.cumsum(), ties=no_locality(X.shape))


@pytest.mark.parametrize("weight", [1.0, 1e-6, 1e-12])
def test_a_leak_within_a_group_is_not(weight):
    def leaky(x):
        out = 3 * x
        out[3] += weight * x[0]
        return out

    assert not certified(leaky)
    assert certified(leaky, ties=no_locality(X.shape))


def test_a_leak_that_cancels_along_the_direction_shows_where_nothing_should_be_reached():
    def leaky(x):
        return np.append(x, TRIAL[1] * x[0] - TRIAL[0] * x[1])

    # The last output belongs to no entry: Same(0) ties index i to output i.
    assert not certified(leaky)


def test_a_curve_is_not_a_line():
    assert not certified(lambda x: x + 1e-9 * x**2)


def test_a_slope_along_the_direction_that_is_unknown_proves_nothing():
    def blind(slope, direction):
        if (direction == TRIAL).all():
            return Slope(0 * slope.value, np.full(slope.value.shape, np.inf), np.ones(slope.value.shape, bool))
        return slope

    assert not certified(lambda x: 3 * x, change=blind)


def test_a_kink_that_an_entry_has_is_left_to_that_entry():
    def kinked(slope, direction):
        first = np.arange(4) == 0
        return Slope(slope.value + np.where(first, 7.0, 0.0), slope.error, first)

    assert certified(lambda x: 3 * x, change=kinked)
