"""One line that says what is wrong with a check, and why."""

from __future__ import annotations

import pytest

from convcheck.checking.result import Finding, Result
from convcheck.reports.headline import headline
from tests.reports.hostile import NAMES, SKIPPED, hostile
from tests.reports.samples import BROKEN, EXPECTED, FAILED, PASSED, UNDECIDED, WITHIN, result, tensor

WRONG = FAILED._replace(findings=())
COUNT = "dx wrong in 27 of 384 entries"


def with_findings(*findings: Finding) -> Result:
    return WRONG._replace(findings=findings)


NOTE = Finding("overlap", "note", "dx is wrong only where windows overlap", "dx")
PLACE = Finding("place", "note", "dx is wrong only where index 0 = 1", "dx")
OTHER = Finding("unread", "note", "no window reads the last row", "dx")
ERROR = Finding("scaled", "error", "dx is 2 times the right gradient", "dx")
ELSEWHERE = Finding("input-overwritten", "error", "backward wrote into x", "x")
WARNING = Finding("refused", "warning", "not these sizes", "dx")


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (with_findings(NOTE, ELSEWHERE, ERROR), f"dx is 2 times the right gradient ({COUNT})"),
        (with_findings(ELSEWHERE, NOTE), f"dx is wrong only where windows overlap ({COUNT})"),
        # Of a place every failing check has to tell, which one check alone cannot know.
        (with_findings(PLACE, NOTE), f"dx is wrong only where windows overlap ({COUNT})"),
        (with_findings(OTHER, ELSEWHERE, WARNING), f"backward wrote into x ({COUNT})"),
        (
            with_findings(OTHER, WARNING),
            f"{COUNT}: worst at [0, 0, 0, 0]: backward gives 0, the differences 0.5, off by 0.5, allowed 0",
        ),
        (result(status="fail", tensors=(tensor(verdict="wrong", wrong=0),)), "dx wrong"),
        (BROKEN, "forward raised IndexError: index 8 is out of bounds for axis 2"),
        (UNDECIDED, "dx undecided in 3 of 4,000 entries"),
        (SKIPPED, "backward raised NotImplementedError"),
        (PASSED, ""),
        (WITHIN, ""),
    ],
)
def test_it_says_how_much_and_what_was_found(one: Result, text: str) -> None:
    assert headline(one) == text


def test_an_expected_failure_says_what_was_found() -> None:
    assert headline(EXPECTED).startswith(
        "forward wrong in 118 of 120 entries: worst at [1, 2, 3, 4]: forward gives -1.5, the"
    )


def test_the_same_is_not_said_twice() -> None:
    assert headline(BROKEN).count("IndexError") == 1


@pytest.mark.parametrize("name", NAMES)
def test_it_is_one_line_that_prints(name: str) -> None:
    assert headline(hostile(name)).isprintable()
