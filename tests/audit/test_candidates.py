"""Where a mistake is looked for that no check notices: the suite, and the sizes beside those of the specs."""

from __future__ import annotations

from convcheck.audit.candidates import candidates
from convcheck.audit.trial import sizes_of_check
from convcheck.layers.catalogue import LAYERS
from tests.audit.specs import checks_of, suite_of

AFFINE = "{layer: affine, N: 1, D: 2, M: 2}"


def sizes_of(checks):
    return [sizes_of_check(one.check) for one in checks]


def test_one_setting_is_changed_at_a_time_then_two_letters():
    checks = checks_of(AFFINE)
    (own,) = sizes_of(checks)
    found = candidates("affine", checks)
    changed = [{k for k in each if each[k] != own[k]} for each in sizes_of(c for c in found.near if not c.of_suite)]
    assert {"N"} in changed
    assert {"dtype"} in changed
    assert {"seed"} in changed
    assert all(len(each) == 1 for each in changed)
    assert {frozenset(k for k in each if each[k] != own[k]) for each in sizes_of(found.pairs)} >= {
        frozenset({"N", "M"}),
    }


def test_the_suite_is_among_them_and_what_the_specs_have_is_not():
    checks = checks_of(AFFINE)
    near = sizes_of(candidates("affine", checks).near)
    assert all(each in near for each in sizes_of(suite_of("affine")))
    assert sizes_of(checks)[0] not in near
    beside = candidates("affine", suite_of("affine"))
    assert not [each for each in sizes_of(suite_of("affine")) if each in sizes_of((*beside.near, *beside.pairs))]


def test_large_sizes_are_made_small_and_all_of_them_can_be():
    checks = checks_of("{N: 2, C: 3, H: 64, W: 64, F: 32, H1: 3, W1: 3, stride: 1, pad: 1}")
    found = candidates("conv", checks)
    beside = [each for one in (*found.near, *found.pairs) if (each := sizes_of_check(one.check))["seed"] == 0]
    assert max(each["H"] for each in beside) < 20
    assert not any(any(one.check.sizes.problems()) for one in (*found.near, *found.pairs))


def test_without_a_check_there_is_the_suite():
    assert len(candidates("relu", []).near) == len(suite_of("relu"))
    assert LAYERS["relu"].name == candidates("relu", []).near[0].check.layer
