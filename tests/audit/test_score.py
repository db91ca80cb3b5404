"""What becomes of each mistake: noticed, right at these sizes, wrong there and not noticed, right at any sizes.

Covers audit/audit.py and diagnosis/audited.py as well; every layer is in test_every_layer.py.
"""

from __future__ import annotations

import pytest

from convcheck.audit import audit
from convcheck.audit.audit import audit_layer, in_processes
from convcheck.audit.candidates import candidates
from convcheck.audit.mistaken import slips_of
from convcheck.audit.score import Share, outcomes_of
from convcheck.diagnosis.audited import Audit, AuditedLayer, AuditedMistake, by_reason, score_of
from tests.audit.specs import WEAK, checks_of, found_of_weak, suite_of


def of(told, identity):
    return next(one for one in told.mistakes if one.id.startswith(identity))


def test_a_weak_spec_scores_low_and_says_why():
    told = found_of_weak().told
    assert told.score == 22 / 40
    hidden = [one for one in told.mistakes if one.fate == "hidden"]
    assert "mode is train in the one check: shows only where mode is test" in {one.why for one in hidden}
    assert all(one.shows for one in hidden)
    assert {one[4:] for one in told.mistakes if one.fate == "noticed"} == {
        ("noticed", "spec.yaml::dropout", "fail", "", "")
    }


def test_the_most_frequent_reason_comes_first():
    groups = [*by_reason(found_of_weak().told).items()]
    assert groups[0][0] == ("hidden", "mode is train in the one check: shows only where mode is test")
    assert [len(group) for _, group in groups] == sorted((len(group) for _, group in groups), reverse=True)


def test_a_suite_notices_everything():
    told = audit_layer("dropout", suite_of("dropout")).told
    assert (told.score, told.left_out) == (1, {})


def test_what_is_right_at_any_sizes_is_left_out_with_its_reason_and_what_is_not_counts():
    slips = [one for one in slips_of("relu") if one.made.id.startswith("other-function")]
    share = Share("relu", tuple(checks_of("{layer: relu, shape: [7]}")), candidates("relu", []), 0, len(slips))
    given = [one._replace(equivalent="so they say") for one in slips]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("convcheck.audit.score.slips_of", lambda name: given)
        fates = {slip.made.id: one.fate for slip, one in zip(slips, outcomes_of(share), strict=True)}
    assert [name for name, fate in fates.items() if fate == "equivalent"] == ["other-function[x * (x >= 0) * (x == x)]"]
    assert "noticed" in fates.values()
    (said,) = (one.equivalent for one in slips if one.equivalent)
    assert said == "x times whether it is not negative is max(x, 0)"


def test_what_a_tolerance_hides_is_told_from_what_sizes_hide():
    told = audit_layer("dropout", checks_of("{layer: dropout, N: 2, D: 3, tolerance: 1000}")).told
    unseen = next(one for one in told.mistakes if one.fate == "unseen")
    assert unseen.why == "it makes a difference in spec.yaml::dropout, within the tolerance 1000 of that"
    assert told.score < 0.2


def test_a_check_that_is_too_large_or_that_the_layer_does_not_pass_is_left_out_and_said(monkeypatch):
    large, other = checks_of("{layer: dropout, shape: [1000000]}"), checks_of("{layer: dropout, shape: [3]}", "a.yaml")
    monkeypatch.setattr(audit.Trial, "passes", lambda trial: trial.check.sizes.shape != (3,))
    told = audit_layer("dropout", [*large, *other, *suite_of("dropout")]).told
    assert {name.partition(".")[0]: why[:9] for name, why in told.left_out.items()} == {
        "spec": "too large",
        "a": "the layer",
    }
    assert len(told.checks) == len(suite_of("dropout"))


def test_processes_find_what_one_finds():
    with in_processes(2) as run:
        assert audit_layer("dropout", checks_of(WEAK), run).told == found_of_weak().told


def test_the_score_of_several_layers_counts_mistakes():
    one, other = (
        AuditedLayer("a", (), tuple(mistakes), (), {})
        for mistakes in (
            [of_fate(fate) for fate in ("noticed", "noticed", "hidden")],
            [of_fate(fate) for fate in ("noticed", "unseen", "equivalent")],
        )
    )
    assert score_of([one, other]) == 3 / 5
    assert score_of([]) is None
    assert Audit((one, other), least=0.6).is_enough
    assert not Audit((one, other), least=0.61).is_enough
    assert not Audit((), least=0.1).is_enough


def of_fate(fate):
    return AuditedMistake("id", "dx", "sentence", "mend", fate)


@pytest.mark.thorough
def test_a_way_that_makes_no_difference_anywhere_hides_no_other():
    told = audit_layer("layernorm", checks_of("{layer: layernorm, N: 1, D: 2}")).told
    axis = next(one for one in told.mistakes if "over axis 1, which is not the last" in one.sentence)
    assert (axis.fate, axis.shows) == ("hidden", "shape=2×3×5 eps=0.01")
    reasons = {one.why for one in told.mistakes if "the first axis alone" in one.sentence}
    assert reasons == {"shows only where x has more than two axes, and in no check is that so"}


@pytest.mark.thorough
def test_what_right_code_may_do_as_well_is_not_called_small():
    told = audit_layer("batchnorm", checks_of("{layer: batchnorm, N: 2, D: 1}")).told
    # Of two values the sum of squares is twice their mean, and so is the variance over n - 1.
    sentence = "running_var is kept of the sum of squares, not of their mean"
    kept = next(one for one in told.mistakes if one.sentence == sentence)
    assert kept.fate == "unseen"
    assert kept.why.endswith("which right code may make there as well: by rounding, or by another convention")
