"""From a projection that disagrees to the wrong entries: never dearer than a look at each group, and cheap for few."""

from math import ceil, log2

import numpy as np
import pytest

from convcheck.numeric.groups import count_groups
from convcheck.numeric.halving import probe_what_disagrees
from convcheck.numeric.projection import project
from tests.numeric.probed import CONV, conv_probing, pool_probing

PROBINGS = {
    "x of conv": lambda: conv_probing(0, C=4),
    "w of conv": lambda: conv_probing(1, C=4),
    "x of max-pool": pool_probing,
    "x of max-pool, far away": lambda: pool_probing(place=1),
}


def halved(probing, gradient):
    """What halving finds, its evaluations, and the evaluations of a look at every group."""
    projections = project(probing, gradient)
    assert projections.disproved
    function = probing.probe._function
    before = function.evaluations
    found = probe_what_disagrees(probing, projections, gradient, np.zeros(gradient.shape))
    sides = 2 if probing.claim.kind == "kinked" else 1
    groups = count_groups(probing.claim.shape, probing.claim.ties, probing.base.shape)
    return found, (function.evaluations - before) / sides, groups


@pytest.mark.parametrize("make", PROBINGS.values(), ids=PROBINGS)
@pytest.mark.parametrize("entries", [1, 2, 3])
def test_few_wrong_entries_are_found_in_few_evaluations(make, entries):
    probing, right = make()
    for seed in range(5):
        wrong = right.copy()
        wrong.flat[np.random.default_rng(seed).choice(right.size, entries, replace=False)] += 2.0**-9
        found, evaluations, groups = halved(probing, wrong)
        assert np.array_equal(found.gradient.value, right)
        # The way down to each, and one evaluation that tests what was found.
        assert evaluations <= min(entries * ceil(log2(groups)) + 1, groups)


@pytest.mark.parametrize("make", PROBINGS.values(), ids=PROBINGS)
@pytest.mark.parametrize("change", [lambda g: 2 * g + 1, lambda g: g + np.arange(g.size).reshape(g.shape) % 2])
def test_many_wrong_entries_cost_no_more_than_a_look_at_every_group(make, change):
    probing, right = make()
    found, evaluations, groups = halved(probing, change(right))
    assert np.array_equal(found.gradient.value, right)
    assert evaluations <= groups


def test_what_agrees_is_taken_over_and_what_does_not_is_measured_with_its_terms():
    probing, right = conv_probing(0, C=4)
    wrong = right.copy()
    wrong[1, 2, 3, 1] -= 1
    found, _, _ = halved(probing, wrong)
    magnitude, error = found.gradient.magnitude, found.gradient.error
    assert magnitude[1, 2, 3, 1] > np.abs(right[1, 2, 3, 1])
    # In both images, by the same probe.
    assert magnitude[0, 2, 3, 1] > 0
    assert ((magnitude > 0) == (error > 0)).all()
    assert not magnitude[:, [0, 1, 3]].any()
    assert found.gradient.certified
    assert not found.gradient.kinks.any()


def mixing(x, w, b, params):
    """Away from the data, what is added to an image shows in the other as well."""
    at = conv_probing(0)[0].x
    return CONV.variants["vectorized"].forward(at + (x - at)[::-1] + (x - at), w, b, params)


def transposing(x, w, b, params):
    """Away from the data, entries stand for their neighbours."""
    at = conv_probing(0)[0].x
    return CONV.variants["vectorized"].forward(at + np.roll(x - at, 1, axis=3), w, b, params)


@pytest.mark.parametrize("forward", [mixing, transposing])
def test_where_outputs_belong_to_other_entries_than_is_claimed_nothing_is_said(forward):
    probing, right = conv_probing(0, forward=forward)
    found, evaluations, groups = halved(probing, right)
    assert found is None
    assert evaluations <= groups


def test_what_one_direction_overlooks_another_sees_and_nothing_is_said_of_entries():
    probing, right = conv_probing(0, C=4)
    v = project(probing, right).directions[0]
    # The same random numbers once more.
    probing, wrong = conv_probing(0, C=4)
    wrong.flat[[3, 30]] += [v.flat[30], -v.flat[3]]
    projections = project(probing, wrong)
    assert np.array_equal(projections.directions[0], v)
    assert projections.disproved
    assert probe_what_disagrees(probing, projections, wrong, np.zeros(wrong.shape)) is None
