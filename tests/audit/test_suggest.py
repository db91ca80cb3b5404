"""The fewest checks that notice the rest, as a spec file, each tried before it is written."""

from __future__ import annotations

from convcheck.audit.audit import audit_layer
from convcheck.audit.suggest import suggested
from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_text
from tests.audit.specs import WEAK, checks_of, found_of_weak


def test_with_what_is_suggested_the_score_is_one():
    found = found_of_weak()
    more = suggested([found], "more.yaml", "spec.yaml")
    assert (more.left, more.noticed) == (0, found.told.counts()["hidden"])
    reading = read_text(more.text, "more.yaml", FORMS)
    assert reading.errors == ()
    assert len(reading.checks) == more.checks == 3
    # As small as can be.
    assert {(check.sizes.N, check.sizes.D) for check in reading.checks} == {(1, 1)}
    both = [*checks_of(WEAK), *checks_of(more.text, "more.yaml")]
    assert audit_layer("dropout", both).told.score == 1


def test_what_no_candidate_shows_is_left_and_counted():
    found = found_of_weak()
    outcomes = [one._replace(shows=()) if one.fate == "hidden" else one for one in found.outcomes]
    more = suggested([found._replace(outcomes=outcomes)], "more.yaml", "spec.yaml")
    assert (more.checks, more.noticed, more.left) == (0, 0, found.told.counts()["hidden"])


def test_a_check_that_does_not_notice_when_it_is_tried_is_not_written(monkeypatch):
    monkeypatch.setattr("convcheck.audit.trial.Trial.notices", lambda trial, way, name: "")
    more = suggested([found_of_weak()], "more.yaml", "spec.yaml")
    assert (more.checks, more.noticed) == (0, 0)
