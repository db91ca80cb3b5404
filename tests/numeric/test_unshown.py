"""Entries that no output shows anything of: told all at once, and never one that is seen by itself."""

import numpy as np
import pytest

from convcheck.numeric.unshown import unshown
from tests.numeric.probed import probing_of

EVERY = np.ones(32, dtype=bool)
# Of these the last four are seen beside outputs of size 1, the others vanish in them.
SIZES = np.array([*np.geomspace(1e-60, 1e-19, 28), 1e-9, 1e-6, 1e-3, 1.0])
X = np.linspace(0.5, 2.0, 32)


def told(forward, sizes=SIZES, entries=EVERY):
    """Which entries are told, in how many evaluations."""
    calls = []
    probing = probing_of(lambda x: calls.append(x) or forward(x), X)
    calls.clear()
    return unshown(probing, sizes, entries), len(calls)


def test_what_vanishes_in_the_outputs_is_told_in_a_few_slopes_and_what_they_show_is_not():
    found, evaluations = told(lambda x: 1 + np.array([SIZES @ np.sin(x), SIZES @ np.cos(x)]))
    assert not found[28:].any()
    assert found.sum() >= 24
    assert evaluations < 28 * 18 / 2


@pytest.mark.parametrize("shown", [0, 13, 27])
def test_an_entry_that_an_output_shows_is_never_told_whatever_size_it_is_said_to_be(shown):
    true = SIZES.copy()
    true[shown] = 1e-12
    found, _ = told(lambda x: 1 + np.array([true @ np.sin(x), SIZES @ np.cos(x)]))
    assert not found[shown]


def test_a_small_output_of_its_own_shows_an_entry():
    found, _ = told(lambda x: np.array([1.0 + x[20:].sum(), 1e-40 * np.sin(x[:20]).sum()]))
    assert not found.any()


def test_an_entry_that_is_said_to_be_larger_than_differences_see_is_not_told_though_none_shows():
    found, _ = told(lambda x: np.ones(2) + 0 * x[:2])
    assert found[:28].sum() >= 24
    assert not found[28:].any()


def test_entries_that_are_not_asked_for_are_not_moved():
    asked = np.arange(32) < 16
    found, _ = told(lambda x: 1 + 0 * x[:2] + x[16:].sum(), entries=asked)
    assert found.tolist() == asked.tolist()


def test_a_kink_is_shown():
    found, _ = told(lambda x: 1 + np.array([np.abs(x - X).sum()]), np.zeros(32))
    assert not found.any()
