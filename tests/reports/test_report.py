"""How the checks of a run are counted."""

from convcheck.checking.result import Finding
from convcheck.reports.report import Tally
from tests.reports.samples import BROKEN, FAILED, PASSED, SKIPPED, UNDECIDED, result

WARNING = Finding("slow", "warning", "too slow")


def counted(*results, not_run=0):
    tally = Tally()
    for one in results:
        tally.add(one)
    return tally.counts(not_run)


def test_each_check_counts_once_under_its_status():
    assert counted(PASSED, PASSED, FAILED, UNDECIDED, BROKEN, SKIPPED, not_run=3) == {
        "checks": 9, "pass": 2, "fail": 1, "undecided": 1, "error": 1, "skipped": 1, "not_run": 3, "warnings": 0,
    }  # fmt: skip


def test_a_check_with_two_warnings_counts_once_and_the_reason_for_skipping_is_no_warning():
    warned = result(findings=(WARNING, WARNING))
    assert counted(warned, PASSED)["warnings"] == 1
    assert counted(result(status="skipped", findings=(WARNING,)))["warnings"] == 0
