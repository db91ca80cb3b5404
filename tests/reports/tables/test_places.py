"""Where a gradient is wrong is said once, and only where every failing check bears it out."""

from convcheck.checking.result import Finding
from convcheck.reports.report import Appearance
from tests.reports.rendering import ENDING, render
from tests.reports.samples import result, tensor


def failing(name, *places, implementation="mine.py"):
    wrong = tensor("dx", verdict="wrong", wrong=3)
    findings = tuple(Finding("place", "note", f"dx is wrong only where {place}", "dx") for place in places)
    return result(id=name, status="fail", implementation=implementation, tensors=(wrong,), findings=findings)


def places(*results):
    text = render(list(results), Appearance(width=None), ending=ENDING)
    blocks, _, summary = text.partition("Did not pass")
    assert "only where" not in blocks
    return [line.strip() for line in summary.splitlines() if "only where" in line]


def test_one_check_speaks_for_itself():
    assert places(failing("a", "h = 3 (the last)")) == ["dx is wrong only where h = 3 (the last)"]


def test_the_last_is_the_last_at_every_size():
    said = places(failing("a", "h = 3 (the last) and w ≥ 4"), failing("b", "h = 7 (the last) and w ≥ 4"))
    assert said == ["dx is wrong only where h is the last and w ≥ 4, in all 2 checks at which it is wrong"]


def test_a_place_that_one_failing_check_does_not_bear_out_is_none():
    assert places(failing("a", "h = 3 (the last)"), failing("b")) == []
    assert places(failing("a", "h = 3 (the last)"), failing("b", "h = 0 (the first)")) == []
    assert places(failing("a", "n is 0 or 2"), failing("b", "n is 1 or 3")) == []


def test_each_implementation_has_its_own():
    said = places(failing("a", "h = 3 (the last)"), failing("b", "n ≥ 1", implementation="yours.py"), failing("c"))
    assert said == ["yours.py: dx is wrong only where n ≥ 1"]
