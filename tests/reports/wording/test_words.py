"""The words for statuses and verdicts, and for how much of a tensor is meant."""

import pytest

from convcheck.checking.result import Finding
from convcheck.reports.report import Tally
from convcheck.reports.wording.words import (
    ORDER,
    STYLES,
    compared_text,
    counts_text,
    expectation,
    gravest_finding,
    reason,
    share_text,
    status_word,
    verdict_style,
    verdict_word,
)
from tests.reports.samples import EVERY, EXPECTED, FAILED, PASSED, SKIPPED, UNEXPECTED, result, tensor

PROBED_TENSOR = tensor("dx", checked=0, directions=4)


def test_every_word_has_a_colour():
    for one in EVERY:
        assert status_word(one) in STYLES
        assert all(verdict_style(each) in STYLES.values() for each in one.tensors)
    assert status_word(SKIPPED) == "skip"


def test_a_verdict_that_rests_on_directions_says_so():
    assert verdict_word(tensor(verdict="within_bound")) == "within bound"
    assert verdict_word(PROBED_TENSOR) == "exact (probed)"
    assert (compared_text(tensor("db", (1,))), compared_text(PROBED_TENSOR)) == ("1 entry", "4 random directions")


def test_the_gravest_status_comes_first():
    tally = Tally()
    for status in ("pass", "undecided", *ORDER):
        tally.add(result(status=status))
    assert counts_text(tally.counts(0)) == "6 checks: 1 pass, 1 fail, 1 error, 2 undecided, 1 skipped"
    assert counts_text(Tally().counts(0)) == "0 checks"


@pytest.mark.parametrize(
    ("one", "said"),
    [(PASSED, ""), (EXPECTED, "(fails as expected)"), (UNEXPECTED, "(expected to fail, and nothing is wrong)")],
)
def test_an_expected_failure_is_told_from_a_pass(one, said):
    assert expectation(one) == said


def test_the_reason_is_in_the_tensors_else_in_the_gravest_finding():
    assert reason(FAILED).startswith("dx wrong in 27 of 384 entries")
    assert reason(result(tensors=(tensor(verdict="wrong"),))) == "dx wrong"
    findings = (Finding("slow", "warning", "too slow"), Finding("raised", "error", "it raised"))
    assert reason(result(findings=findings)) == "it raised"
    assert gravest_finding(result(findings=findings[:1])) == findings[0]
    assert gravest_finding(PASSED) is None
    assert share_text(tensor()) == ""
