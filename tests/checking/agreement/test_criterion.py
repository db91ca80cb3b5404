"""The bound of an entry: rounding of its terms, the error of its differences, and no less than the mean entry's."""

import numpy as np
import pytest

from convcheck.checking.agreement.criterion import (
    at_least_mean,
    derived_criterion,
    epsilon_of,
    rounding_factor,
    tolerance_criterion,
)

EPS = float(np.finfo(float).eps)


def test_rounding_grows_with_the_terms_and_for_many_as_their_root():
    assert rounding_factor(1) == 9
    assert rounding_factor(10**6) == 8 + 6 * 10**3


def test_an_array_is_held_to_its_own_dtype_where_that_is_coarser():
    narrow, wide = np.zeros(2, "float32"), np.zeros(2)
    assert epsilon_of(narrow, np.dtype("float64")) == epsilon_of(wide, np.dtype("float32")) == 2.0**-23
    assert epsilon_of(wide, np.dtype("float64")) == EPS
    assert epsilon_of(np.zeros(2, "int64"), np.dtype("float64")) == EPS


def test_no_entry_is_allowed_less_than_the_mean_one():
    assert list(at_least_mean(np.array([0.0, 1.0, 5.0]))) == [2.0, 2.0, 5.0]


def test_the_bound_is_rounding_of_the_terms_and_the_error_of_the_scheme():
    criterion = derived_criterion(np.array([1.0, 3.0]), np.array([1e-12, 0.0]), 1, EPS, exact=False)
    assert list(criterion.bound) == [9 * EPS * 2 + 1e-12, 9 * EPS * 3]
    assert not criterion.too_wide.any()
    assert criterion.sentence == "|analytic − numeric| ≤ 9·eps·Σ|terms| + the scheme's error"
    assert criterion.if_equal is None


def test_an_error_that_is_large_beside_the_terms_decides_nothing():
    criterion = derived_criterion(np.array([1.0, 4.0]), np.array([3.9e-3, np.nan]), 1, EPS, exact=False)
    assert list(criterion.too_wide) == [False, True]
    assert derived_criterion(np.array([1.0, 4.0]), np.array([4.1e-3, 0.0]), 1, EPS, exact=False).too_wide[0]


def test_on_exact_data_equality_has_a_sentence_of_its_own():
    criterion = derived_criterion(np.ones(2), np.zeros(2), 4, EPS, exact=True)
    assert criterion.if_equal == "exact arithmetic: equal to the last bit"
    assert criterion.sentence == "exact arithmetic: equal to the last bit, or within 12·eps·Σ|terms|"


@pytest.mark.parametrize(("number", "bound"), [(0.5, 0.1), (20.0, 2.0), (np.nan, 0.1)])
def test_a_tolerance_is_absolute_below_one_and_relative_above(number, bound):
    criterion = tolerance_criterion(0.1, np.array([number]), np.array([0.5]))
    assert criterion.bound == pytest.approx([bound])
    assert "as the tolerance asks" in criterion.sentence
