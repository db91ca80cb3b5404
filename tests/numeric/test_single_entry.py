"""An entry by itself: held to the rounding of the outputs that it reaches, however large the others are."""

import numpy as np
import pytest

from convcheck.layers.locality import Same
from convcheck.numeric.complex_step import COMPLEX_STEP
from convcheck.numeric.plan import ProbePlan
from convcheck.numeric.single_entry import evaluations_for_entries, probe_single_entries
from tests.numeric.probed import probing_of

SCALES = np.array([1e-12, 1.0, 1e6])


def measured(forward, x, kind, scheme, entries=(0, 1, 2)):
    probing = probing_of(forward, x, kind)
    return probe_single_entries(probing, ProbePlan(kind, (Same(0),)), scheme, entries)


def test_small_entries_of_a_linear_function_are_as_sharp_as_large_ones():
    seen = measured(lambda x: SCALES * x, np.array([0.3, -0.7, 1.1]), "linear", "one-sided difference")
    assert (np.abs(seen.value - SCALES) <= seen.error).all()
    assert (seen.error <= 1e-8 * SCALES).all()
    assert not seen.kinks.any()
    assert not seen.chord.any()


@pytest.mark.parametrize("scheme", [COMPLEX_STEP, "Ridders extrapolation"])
def test_small_entries_of_a_smooth_function_are_known_within_their_error(scheme):
    x = np.array([0.3, -0.7, 1.1])
    seen = measured(lambda x: SCALES * np.exp(x), x, "smooth", scheme)
    assert (np.abs(seen.value - SCALES * np.exp(x)) <= seen.error).all()
    assert (seen.error <= 1e-6 * SCALES).all()


def test_where_a_function_saturates_the_chord_tells_the_slope_that_it_has_elsewhere():
    seen = measured(np.tanh, np.array([40.0, 0.1]), "smooth", COMPLEX_STEP, [0])
    assert seen.value[0] < 1e-30  # which the output, 1 to the last bit, does not show
    assert seen.visible[0] == 0
    assert 1 / 40 <= seen.chord[0] <= 1
    assert seen.visible_chord[0] == 0


def test_an_entry_at_a_kink_is_marked():
    seen = measured(np.abs, np.array([0.0, 1.0]), "smooth", "Ridders extrapolation", [0, 1])
    assert list(seen.kinks) == [1, 0]


def test_the_cost_of_an_entry_is_told_by_the_kind_of_plan():
    linear, smooth = (evaluations_for_entries(ProbePlan(kind, ()), 2, 1) for kind in ("linear", "smooth"))
    assert (linear, smooth) == (12, 30)
