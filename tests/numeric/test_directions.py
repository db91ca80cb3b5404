"""Slopes in random directions: of powers of two, exact where the layer is, by a scheme that the code keeps to."""

import numpy as np

from convcheck.numeric.data import Steps
from convcheck.numeric.directions import probe_directions
from convcheck.numeric.plan import DIRECTIONS
from tests.numeric.probed import probing_of


def test_on_exact_data_the_slopes_of_a_linear_function_are_exact(rng):
    x = np.array([0.5, -1.25, 0.75, 1.5])
    probing = probing_of(lambda x: 0.75 * x, x, "linear", dout=np.array([1.0, 0.5, -2.0, 3.0]), steps=Steps(1.0, 2.0))
    directions = probe_directions(probing._replace(noise=np.zeros(4), exact=True))
    assert len(directions.values) == DIRECTIONS
    for direction, value, magnitude in zip(
        directions.directions, directions.values, directions.magnitudes, strict=True
    ):
        assert set(np.abs(direction)) <= {1.0, 0.5, 0.25, 0.125}
        assert value == (direction * 0.75 * probing.dout).sum()
        assert magnitude == np.abs(direction * 0.75 * probing.dout).sum()
    assert (directions.scheme.name, directions.kind, directions.given_up) == ("one-sided difference", "linear", ())


def test_a_claim_that_does_not_hold_is_given_up(rng):
    x = rng.standard_normal(5)
    directions = probe_directions(probing_of(np.exp, x, "linear"))
    assert directions.kind == "smooth"
    assert directions.given_up == ("forward is not linear in x: probed as a smooth function",)
    for direction, value, error in zip(directions.directions, directions.values, directions.errors, strict=True):
        assert abs(value - (direction * np.exp(x)).sum()) <= error + 1e-14


def test_a_kink_that_a_direction_meets_is_marked():
    directions = probe_directions(probing_of(np.abs, np.array([0.0, 1.0]), "kinked", steps=Steps(0.25, 0.25)))
    assert directions.kinked == [True] * DIRECTIONS
    assert not any(probe_directions(probing_of(np.abs, np.array([2.0, 1.0]), "kinked", steps=Steps(0.25, 0.25))).kinked)
