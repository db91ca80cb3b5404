"""Further points of a kinked input: each entry is brought to both sides of its kinks.

Covers layers/windows.py as well.
"""

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.layers.points import ABOUT_ZERO, LARGE, MOST_POINTS, TINY, between, times
from convcheck.layers.windows import indices_read, indices_unread, windows_of
from convcheck.numeric.data import draw, near_steps

POOL = LAYERS["max_pool"]


def pool(**sizes):
    return POOL.sizes(**{"N": 2, "C": 2, "H": 7, "W": 6, "H1": 2, "W1": 3, "stride": 1} | sizes)


def points_of(sizes, kind="dyadic", dtype="float64"):
    facts = POOL.facts(sizes)
    x = draw(facts, kind, np.dtype(dtype), Draws("any")).inputs[0]
    (claim,) = facts.inputs
    return x, claim.points, list(claim.points.draw(x, Draws("other")))


SIZES = [
    {},
    {"stride": 2},
    {"stride": 3, "H1": 2, "W1": 2},
    {"H1": 3, "W1": 3, "stride": 2},
    {"H1": 4, "W1": 4},
    {"H1": 1, "W1": 2},
    {"H1": 7, "W1": 1},
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["dyadic", "normal"])
@pytest.mark.parametrize("letters", SIZES)
def test_every_place_of_every_window_wins_at_one_point_and_loses_at_the_others(letters, kind, dtype):
    sizes = pool(**letters)
    x, points, drawn = points_of(sizes, kind, dtype)
    assert points.missed == 0
    assert points.total == len(drawn) == sizes.H1 * sizes.W1
    won = np.zeros((*sizes.shapes()["out"], sizes.H1 * sizes.W1), int)
    for each in drawn:
        assert each.shape == x.shape
        assert each.dtype == x.dtype
        assert np.unique(each).size == each.size
        windows = windows_of(each, (sizes.H1, sizes.W1), sizes.stride)
        winner = windows.reshape(*windows.shape[:4], -1).argmax(axis=4)
        won += np.arange(won.shape[-1]) == winner[..., None]
    assert (won == 1).all()


def test_every_other_point_lies_below_zero():
    _, _, drawn = points_of(pool())
    assert [bool((each < 0).all()) for each in drawn] == [False, True] * 3


def test_a_window_of_one_entry_has_no_kink():
    assert points_of(pool(H1=1, W1=1))[1:] == ((0, *POOL.facts(pool(H1=1, W1=1)).inputs[0].points[1:]), [])


def test_of_a_large_window_the_entries_that_are_not_brought_to_win_are_counted():
    sizes = pool(H=7, W=6, H1=6, W1=5, stride=2)
    _, points, drawn = points_of(sizes)
    won = np.zeros(sizes.shapes()["x"], bool)
    for each in drawn:
        won |= np.isin(each, windows_of(each, (6, 5), 2).max(axis=(4, 5)))
    assert points.total == len(drawn) == MOST_POINTS
    # Row 6 and column 5 lie in no window.
    assert points.missed == int((~won[..., :6, :5]).sum()) == 2 * 2 * (30 - MOST_POINTS)


def test_about_zero_every_entry_has_both_signs_and_values_are_far_above_and_below_any_threshold():
    x = np.array([0.25, -1.0])
    mirrored, large, tiny = ABOUT_ZERO.draw(x, Draws("any"))
    np.testing.assert_array_equal(mirrored, -x)
    np.testing.assert_array_equal(large, x * LARGE)
    np.testing.assert_array_equal(tiny, -x * TINY)
    assert ABOUT_ZERO.total == 3


def test_so_many_times_as_large():
    points = times(-1, 4)
    assert points.total == 2
    np.testing.assert_array_equal(list(points.draw(np.float32([1, -3]), Draws("any"))), [[-1, 3], [4, -12]])
    assert all(x.dtype == np.float32 for x in points.draw(np.float32([1]), Draws("any")))


@pytest.mark.parametrize("size", [1, 60])
def test_every_entry_is_brought_between_any_two_kinks_and_beyond_the_outer_ones_and_no_step_reaches_across(size):
    kinks = (-3.0, 0.5, 3.0)
    x, points = Draws("any").uniform(-2, 2, (size,)), between(kinks)
    drawn = np.array(list(points.draw(x, Draws("other"))))
    assert points.total == len(drawn) == 4
    assert points.kinks == (0.0, *kinks)
    # One entry is in each of the intervals once.
    np.testing.assert_array_equal(
        np.sort(np.searchsorted(kinks, drawn), axis=0), np.arange(4)[:, None] + np.zeros(size)
    )
    for each in drawn:
        step = near_steps(each, points.kinks).step
        assert (np.searchsorted(kinks, each - step) == np.searchsorted(kinks, each + step)).all()
    # Not all of them in the same at once, and some near to a kink.
    if size > 1:
        assert (np.ptp(np.searchsorted(kinks, drawn), axis=1) == 3).all()
        assert np.abs(drawn[..., None] - kinks).min() < 0.2


@pytest.mark.parametrize(("length", "window", "stride"), [(7, 2, 2), (8, 2, 3), (5, 5, 1), (9, 4, 3)])
def test_the_indices_read_are_those_that_are_not_unread(length, window, stride):
    read = indices_read(length, window, stride)
    assert read.size - read.sum() == indices_unread(length, window, stride)
    assert read[:window].all()
