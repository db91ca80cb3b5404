"""What all reports for people say of a check and of the end of a run, word for word."""

from convcheck.checking.result import Finding
from convcheck.reports.report import Invalid, RunEnd, Tally
from convcheck.reports.wording.sentences import (
    cut_short_text,
    grouped_findings,
    outcome_text,
    problem_lines,
    undecided_text,
    why,
    wrong_text,
)
from tests.reports.samples import EXPECTED, FAILED, PASSED, UNDECIDED, result, tensor


def wrong(one):
    return next(each for each in one.tensors if each.verdict == "wrong")


def test_a_wrong_tensor_is_told_with_its_worst_entry():
    assert wrong_text(wrong(FAILED)) == (
        "dx: 27 of 384 entries, worst at [0, 0, 0, 0]: backward gives 0, the differences 0.5, off by 0.5, allowed 0"
    )
    assert wrong_text(tensor("dx", verdict="wrong")) == "dx"


def test_the_output_is_held_against_the_reference():
    text = wrong_text(wrong(FAILED)._replace(name="forward"))
    assert "forward gives 0, the reference 0.5" in text


def test_what_is_undecided_has_its_reasons():
    assert [undecided_text(each) for each in UNDECIDED.tensors if each.undecided] == [
        "3 of 4,000 entries (kink, overflow)"
    ]
    assert undecided_text(tensor()) == ""


def test_a_check_that_passed_has_no_problems_and_notes_are_none():
    assert problem_lines(PASSED) == []
    assert problem_lines(result(findings=(Finding("built-in", "note", "so"),))) == []
    assert why(PASSED) == ""


def test_every_problem_has_a_line_and_its_hint_another():
    finding = Finding("slow", "warning", "too\tslow", "dx", "be quick")
    lines = problem_lines(FAILED._replace(findings=(finding, finding._replace(tensor="dw"))))
    assert lines[0].startswith("wrong dx: 27 of 384 entries")
    assert lines[1:] == [r"warning slow (dx, dw): too\tslow", "hint: be quick"]
    assert problem_lines(EXPECTED)[0] == "(fails as expected)"


def test_the_same_finding_of_several_tensors_is_one():
    findings = [Finding("slow", "warning", "too slow", name) for name in ("dx", "dw")]
    other = Finding("lost", "note", "gone")
    grouped = grouped_findings([findings[0], other, findings[1]])
    assert [(each.text(), each.names) for each in grouped] == [
        ("slow (dx, dw): too slow", ("dx", "dw")),
        ("lost: gone", ()),
    ]


def test_a_run_that_was_not_finished_says_why_unless_somebody_asked_for_it():
    assert cut_short_text(RunEnd(not_run=2, interrupted=True)) == "interrupted: 2 checks not run"
    assert cut_short_text(RunEnd(not_run=1, fault=True)) == "a fault in convcheck itself: 1 check not run"
    assert cut_short_text(RunEnd(not_run=2)) == ""


def test_the_last_line_counts_checks_and_errors():
    tally = Tally()
    for one in (PASSED, PASSED, FAILED):
        tally.add(one)
    ending = RunEnd((Invalid("bad"), Invalid("worse")), interrupted=True, fault=True)
    assert outcome_text(tally.counts(0), ending) == (
        "3 checks: 2 pass, 1 fail, 2 errors in specs or options, interrupted, stopped by a fault in convcheck itself"
    )
