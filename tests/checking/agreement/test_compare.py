"""The comparison of two arrays: its verdict, its counts, and which entries it lists."""

import numpy as np
import pytest

from convcheck.checking.agreement.compare import LISTED, compare_entries, missing_tensor, verdict_of
from convcheck.checking.agreement.criterion import Criterion

RIGHT = np.array([[1.0, 2.0], [3.0, 0.0]])


def compared(analytic, numeric=RIGHT, bound=0.1, too_wide=False, undecided=None):
    criterion = Criterion(np.full(numeric.shape, bound), np.full(numeric.shape, too_wide), "near", "equal")
    return compare_entries("dx", np.asarray(analytic), numeric, criterion, "scheme", undecided)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [(0.0, "exact"), (0.05, "within_bound"), (-0.2, "wrong"), (np.nan, "wrong"), (-np.inf, "wrong")],
)
def test_one_entry_decides_the_verdict(change, verdict):
    analytic = RIGHT.copy()
    analytic[1, 0] += change
    comparison = compared(analytic)
    result = comparison.result
    assert (result.verdict, result.wrong) == (verdict, int(verdict == "wrong"))
    assert [e.index for e in result.listed] == ([(1, 0)] if verdict == "wrong" else [])
    assert result.criterion == ("equal" if verdict == "exact" else "near")
    assert result.worst.index == (1, 0) if change else (0, 0)


def test_an_entry_without_a_numeric_value_is_undecided_whatever_backward_gives():
    numeric = RIGHT.copy()
    numeric[0, 0] = np.inf
    result = compared(RIGHT + 5, numeric, undecided={"kink": np.array([[False, True], [False, False]])}).result
    assert (result.verdict, result.wrong, result.undecided) == ("wrong", 2, 2)
    assert {e.index: e.undecided for e in result.listed} == {
        (1, 0): None,
        (1, 1): None,
        (0, 0): "overflow",
        (0, 1): "kink",
    }


def test_a_bound_that_is_too_wide_decides_equal_entries_alone():
    analytic = RIGHT.copy()
    analytic[0, 1] += 1
    result = compared(analytic, too_wide=True).result
    assert (result.verdict, result.undecided) == ("undecided", 1)
    assert result.listed[0].undecided == "bound too wide"


def test_the_worst_twenty_are_listed_wrong_ones_first():
    numeric = np.zeros(50)
    result = compared(np.arange(50.0), numeric, undecided={"kink": np.arange(50) > 40}).result
    assert len(result.listed) == LISTED
    assert [e.index[0] for e in result.listed[:3]] == [40, 39, 38]
    assert result.worst == result.listed[0]


def test_the_largest_errors_are_those_of_finite_entries():
    result = compared([[1.0, 2.05], [np.nan, 0.0]]).result
    assert result.max_abs_error == pytest.approx(0.05)
    assert result.max_error_over_bound == pytest.approx(0.5)
    assert result.max_rel_error == pytest.approx(0.05 / 4.05)


def test_a_tensor_that_is_not_there_is_wrong_as_a_whole():
    result = missing_tensor("dw", (2, 3), "not compared")
    assert (result.verdict, result.wrong, result.checked, result.max_abs_error) == ("wrong", 6, 0, None)


def test_the_gravest_verdict_counts():
    no, yes = np.array([False, False]), np.array([False, True])
    assert verdict_of(yes, yes, no) == "wrong"
    assert verdict_of(no, yes, no) == "undecided"
    assert verdict_of(no, no, yes) == "within_bound"
    assert verdict_of(no, no, ~no) == "exact"
