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


REFUSED = Finding("refused", "warning", "forward raised AssertionError: it must tile")
UNTESTED = Finding("untested", "warning", "these sizes tile")
NO_WORD = Finding("untested", "note", "not seen")


def declined(*results):
    tally = Tally()
    for one in results:
        tally.add(one)
    return tally.warned, tally.declined


def test_a_refusal_where_the_sizes_tile_is_a_counted_warning():
    refused = result(status="skipped", findings=(REFUSED, UNTESTED))
    assert declined(refused, PASSED)[0] == 1
    assert declined(result(status="skipped", findings=(REFUSED, NO_WORD)))[0] == 0


def test_code_that_declined_all_it_was_asked_for_even_sizes_that_tile_is_named():
    hostile = result(status="skipped", findings=(REFUSED,), implementation="pool.py:f,g")
    tiling = result(status="skipped", findings=(REFUSED, NO_WORD), implementation="pool.py:f,g")
    seen = result(implementation="pool.py:f,g")
    assert declined(hostile)[1] == declined(hostile, tiling, seen)[1] == []
    assert declined(hostile, tiling, PASSED)[1] == [("pool.py:f,g", tiling.layer)]
