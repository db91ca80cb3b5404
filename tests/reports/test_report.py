"""How the checks of a run are counted."""

from convcheck.checking.result import Finding
from convcheck.reports.report import Tally
from tests.reports.samples import BROKEN, FAILED, PASSED, SKIPPED, UNDECIDED, result

WARNING = Finding("slow", "warning", "too slow")


def counted(*results, skipped=0):
    tally = Tally()
    for one in results:
        tally.add(one)
    return tally.counts(skipped)


def test_each_check_counts_once_under_its_status():
    assert counted(PASSED, PASSED, FAILED, UNDECIDED, BROKEN, SKIPPED, skipped=3) == {
        "checks": 9, "pass": 2, "fail": 1, "undecided": 1, "error": 1, "skipped": 4, "warnings": 0,
    }  # fmt: skip


def test_a_check_with_two_warnings_counts_once_and_the_reason_for_skipping_is_no_warning():
    warned = result(findings=(WARNING, WARNING))
    assert counted(warned, PASSED)["warnings"] == 1
    assert counted(result(status="skipped", findings=(WARNING,)))["warnings"] == 0
