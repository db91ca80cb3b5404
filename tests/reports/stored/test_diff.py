"""What two runs differ in, what of that is worse (diff.py), and how that is said (changes.py).

Covers reports/stored/changes.py as well.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from convcheck.checking.result import Result
from convcheck.reports.report import Invalid, RunEnd
from convcheck.reports.stored.changes import changes_text
from convcheck.reports.stored.diff import Difference, compare_documents
from tests.reports.documents import document, with_error
from tests.reports.hostile import ALL, HOSTILE
from tests.reports.samples import BROKEN, EXPECTED, FAILED, PASSED, UNDECIDED, WITHIN, result

FAILS = FAILED._replace(id=PASSED.id)


def kinds(difference: Difference) -> dict[str, int]:
    """How many there are of each kind, where there are any."""
    found = {field.name: getattr(difference, field.name) for field in fields(Difference)}
    return {name: value if name == "same" else len(value) for name, value in found.items() if value}


def between(old: Result, new: Result) -> Difference:
    return compare_documents(document(old), document(new))


def test_a_run_is_as_itself() -> None:
    difference = compare_documents(document(*ALL), document(*ALL))
    assert kinds(difference) == {"same": len(ALL)}
    assert not difference.worse
    assert changes_text(difference) == f"not worse: {len(ALL)} unchanged\n"


def test_times_are_no_difference() -> None:
    assert kinds(between(PASSED, PASSED._replace(seconds=99.0))) == {"same": 1}


def status(name: str) -> Result:
    return PASSED._replace(status=name)


@pytest.mark.parametrize(
    ("old", "new", "kind", "worse"),
    [
        ("pass", "fail", "newly_failing", True),
        ("pass", "undecided", "newly_failing", True),
        ("pass", "error", "newly_failing", True),
        ("pass", "skipped", "newly_failing", True),
        ("skipped", "fail", "newly_failing", True),
        ("fail", "pass", "newly_passing", False),
        ("undecided", "pass", "newly_passing", False),
        ("skipped", "pass", "newly_passing", False),
        ("fail", "error", "other_status", False),
        ("error", "fail", "other_status", False),
        ("fail", "skipped", "other_status", False),
    ],
)
def test_another_status(old: str, new: str, kind: str, worse: bool) -> None:
    difference = between(status(old), status(new))
    assert kinds(difference) == {kind: 1}
    assert difference.worse is worse
    [change] = getattr(difference, kind)
    assert (change.id, change.old, change.new) == (PASSED.id, old, new)


def test_what_is_no_longer_checked_is_worse() -> None:
    difference = compare_documents(document(PASSED, WITHIN), document(WITHIN))
    assert kinds(difference) == {"missing": 1, "same": 1}
    assert difference.worse


@pytest.mark.parametrize(("one", "worse"), [(PASSED, False), (status("skipped"), False), (FAILED, True)])
def test_a_new_check_is_worse_where_it_does_not_pass(one: Result, worse: bool) -> None:
    difference = compare_documents(document(), document(one))
    assert kinds(difference) == {"new": 1}
    assert difference.worse is worse


@pytest.mark.parametrize(
    ("old", "new", "grown"),
    [
        (0.01, 0.1, False),
        (0.01, 0.11, True),
        (1e-6, 2e-5, True),
        (0.0, 1e-3, True),
        (0.5, 0.01, False),
        (0.0, 0.0, False),
        (None, 0.5, False),
        (0.5, None, False),
    ],
)
def test_an_error_that_grew_more_than_tenfold(old: float | None, new: float | None, grown: bool) -> None:
    difference = between(with_error(PASSED, old), with_error(PASSED, new))
    assert difference.worse is grown
    assert [(change.tensor, change.old, change.new) for change in difference.grown] == ([("dx", old, new)] * grown)


def test_the_error_of_an_expected_failure_may_grow() -> None:
    assert not between(with_error(EXPECTED, 1.0), with_error(EXPECTED, 1e9)).worse


def test_more_evaluations_are_slower() -> None:
    difference = between(PASSED, PASSED._replace(forward_evaluations=63))
    assert kinds(difference) == {"slower": 1}
    assert difference.worse
    assert not between(PASSED, PASSED._replace(forward_evaluations=61)).worse


def test_one_that_used_to_stop_half_way_is_not_slower() -> None:
    assert kinds(between(BROKEN._replace(id=PASSED.id), PASSED)) == {"newly_passing": 1}


def test_other_sizes_are_not_compared() -> None:
    other = PASSED._replace(spec={**PASSED.spec, "N": 3}, dtype="float32", forward_evaluations=99)
    difference = between(PASSED, other)
    assert kinds(difference) == {"other_settings": 1}
    [change] = difference.other_settings
    assert (change.old, change.new) == ({"N": 2, "dtype": "float64"}, {"N": 3, "dtype": "float32"})
    assert "  N=2 dtype=float64 → N=3 dtype=float32\n" in changes_text(difference)
    assert not difference.worse


def test_another_implementation_takes_the_place_of_the_first() -> None:
    other = FAILS._replace(implementation="vectorized")
    assert kinds(between(PASSED, other)) == {"newly_failing": 1}
    # Of two that came it is not clear which one did.
    assert kinds(compare_documents(document(PASSED), document(other, other._replace(implementation="third")))) == {
        "missing": 1,
        "new": 2,
    }
    assert kinds(compare_documents(document(PASSED, other), document(other, PASSED))) == {"same": 2}


def test_a_new_error_in_a_spec_is_worse_wherever_it_stands() -> None:
    before = RunEnd(errors=(Invalid("bad", "a.yaml", 3, 5),))
    after = RunEnd(errors=(Invalid("bad", "a.yaml", 4, 5), Invalid("worse", "a.yaml", 9, 1)))
    difference = compare_documents(document(ending=before), document(ending=after))
    assert difference.new_errors == ("a.yaml: worse",)
    assert difference.worse
    assert not compare_documents(document(ending=after), document(ending=before)).worse


def test_in_words() -> None:
    slow = result(id="slow", forward_evaluations=1000)
    old = document(PASSED, WITHIN, with_error(result(id="grown"), 0.01), slow, FAILED)
    new = document(FAILS, UNDECIDED, with_error(result(id="grown"), 0.5), slow._replace(forward_evaluations=2000))
    assert changes_text(compare_documents(old, new)).splitlines() == [
        "newly failing",
        f"  {PASSED.id} (naive)  pass → fail",
        "      convcheck run conv.yaml -k 'conv[stride=2]'",
        "missing",
        f"  {WITHIN.id} (naive)  pass",
        f"  {FAILED.id} (naive)  fail",
        "new",
        f"  {UNDECIDED.id} (naive)  undecided",
        "error over its bound grown more than tenfold",
        "  grown (naive) dx  0.01 → 0.5",
        "      convcheck run conv.yaml -k 'grown'",
        "slower: more evaluations of forward",
        "  slow (naive)  1,000 → 2,000",
        "worse: 1 newly failing, 2 missing, 1 new, 1 error over its bound grown more than tenfold, 1 slower, "
        "0 unchanged",
    ]


def test_names_are_shown_and_not_sent() -> None:
    errors = RunEnd(errors=tuple(Invalid(one.id, one.file) for one in HOSTILE))
    text = changes_text(compare_documents(document(), document(*HOSTILE, ending=errors)))
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count("\n") == 2 * len(HOSTILE) + 3
