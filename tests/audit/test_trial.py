"""One check with a mistake: whether a run notices it, and whether the data tells it from what is right."""

from __future__ import annotations

import pytest

from convcheck.audit.mistaken import slips_of
from convcheck.audit.trial import AuditCheck, Trial, check_of_sizes, sizes_of_check
from convcheck.checking.check import run_variant
from tests.audit.specs import checks_of, suite_of


def slip(layer, identity):
    return next(one for one in slips_of(layer) if one.made.id.startswith(identity))


def trial(text, **more):
    (one,) = checks_of(text)
    return Trial(one._replace(**more))


def test_a_check_notices_what_its_data_tells_apart():
    forgotten = slip("affine", "bias-forgotten")
    large = trial("{layer: affine, N: 2, D: 3, M: 4}")
    assert large.passes()
    assert large.differs(forgotten.ways[0])
    assert large.notices(forgotten.ways[0], "bias-forgotten") == "fail"


def test_a_check_does_not_notice_what_is_right_at_its_sizes():
    (repeated,) = (one for one in slips_of("affine") if one.made.id == "bias-otherwise[rows @ w + N * b]")
    one_example, two = trial("{layer: affine, N: 1, D: 3, M: 4}"), trial("{layer: affine, N: 2, D: 3, M: 4}")
    assert not one_example.differs(repeated.ways[0])
    assert one_example.notices(repeated.ways[0], "bias-otherwise") == ""
    assert two.notices(repeated.ways[0], "bias-otherwise") == "fail"


@pytest.mark.parametrize("said", ["implementation: reshape_without_swap, expect: fail", "implementation: naive"])
def test_whatever_a_spec_names_and_expects_the_layer_itself_is_tried(said):
    text = f"{{layer: spatial_batchnorm, N: 2, C: 3, H: 4, W: 3, {said}}}"
    assert trial(text).passes()
    forgotten = next(iter(slips_of("spatial_batchnorm")))
    assert trial(text).notices(forgotten.ways[0], forgotten.made.mistake.name) != ""


def test_a_tolerance_can_hide_a_mistake():
    forgotten = slip("affine", "bias-forgotten").ways[0]
    tolerant = trial("{layer: affine, N: 2, D: 3, M: 4, tolerance: 100}")
    assert tolerant.differs(forgotten)
    assert tolerant.notices(forgotten, "bias-forgotten") == ""


def test_a_check_ends_as_soon_as_something_is_wrong(monkeypatch):
    seen = []

    def watched(*given):
        result = run_variant(*given)
        seen.append(result)
        return result

    monkeypatch.setattr("convcheck.audit.trial.run_variant", watched)
    large = trial("{layer: affine, N: 2, D: 3, M: 4}")
    assert large.notices(slip("affine", "bias-forgotten").ways[0], "bias-forgotten") == "fail"
    # Of the right code alone.
    assert [result.status for result in seen] == ["pass"]


def test_a_mistake_that_the_suite_tolerates_is_noticed_as_a_warning_there_and_fails_a_spec():
    tolerated = slip("batchnorm", "train-formula")
    name = tolerated.made.mistake.name
    (tests,) = ([one for one in suite_of("batchnorm") if "test" in one.check.id],)
    said = {Trial(one).notices(tolerated.ways[0], name) for one in tests}
    assert "warning" in said
    assert "fail" in {Trial(AuditCheck(one.check)).notices(tolerated.ways[0], name) for one in tests}


def test_what_is_made_where_entries_tie_is_held_against_the_reference():
    tied = slip("max_pool", "dx-to-every-winner")
    (ties,) = (one for one in suite_of("max_pool") if one.check.manner.data == "ties")
    assert Trial(ties).notices(tied.ways[0], tied.made.mistake.name) == "fail"


def test_where_readable_code_is_not_right_what_a_mistake_changes_in_it_is_tried():
    # It gives every winner the whole gradient, which a spec looks at and the suite does not.
    assigned = slip("max_pool", "dx-assigned").ways[0]
    for stride, said in ((1, "fail"), (2, "")):
        check = trial(f"{{layer: max_pool, N: 1, C: 1, H: 4, W: 4, H1: 2, W1: 2, stride: {stride}}}")
        assert check.notices(assigned._replace(wrong=assigned.right), "dx-assigned") == ""
        assert check.notices(assigned, "dx-assigned") == said


def test_sizes_that_cannot_be_are_no_check():
    (one,) = checks_of("{layer: affine, N: 2, D: 3, M: 4, dtype: float32}")
    sizes = sizes_of_check(one.check)
    made = check_of_sizes(one.check, {**sizes, "N": 5, "seed": 3}, "a")
    assert (made.sizes.N, made.manner.seed, made.manner.dtype, made.id) == (5, 3, "float32", "a")
    (conv,) = checks_of("{N: 1, C: 1, H: 2, W: 2, F: 1, H1: 2, W1: 2, stride: 1, pad: 0}")
    assert check_of_sizes(conv.check, {**sizes_of_check(conv.check), "H1": 3}, "a") is None
