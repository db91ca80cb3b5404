"""Where a gradient is wrong is a conclusion only where every failing check bears it out."""

from convcheck.checking.result import Finding
from convcheck.diagnosis.places import place_of
from tests.reports.samples import result, tensor


def failing(*places):
    wrong = tensor("dx", verdict="wrong", wrong=3)
    findings = tuple(Finding("place", "note", f"dx is wrong only where {place}", "dx") for place in places)
    return result(status="fail", tensors=(wrong,), findings=findings)


def test_one_check_speaks_for_itself():
    assert place_of("dx", [failing("n ≥ 1")]) == "dx is wrong only where n ≥ 1"
    assert place_of("dw", [failing("n ≥ 1")]) == ""


def test_the_last_is_the_last_at_every_size():
    several = [failing("h = 3 (the last) and w ≥ 4"), failing("h = 7 (the last) and w ≥ 4")]
    assert place_of("dx", several) == "dx is wrong only where h is the last and w ≥ 4"


def test_a_place_that_one_failing_check_does_not_bear_out_is_none():
    assert place_of("dx", [failing("h = 3 (the last)"), failing()]) == ""
    assert place_of("dx", [failing("h = 3 (the last)"), failing("h = 0 (the first)")]) == ""
    assert place_of("dx", [failing("n is 0 or 2"), failing("n is 1 or 3")]) == ""
