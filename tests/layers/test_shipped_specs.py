"""The specs that ship: one for every layer and variant, and all of them pass."""

from __future__ import annotations

import pytest

import convcheck
from convcheck.checking.check import run_check
from tests.layers.cases import SHIPPED, VARIANTS, shipped


def test_every_variant_of_every_layer_is_in_a_spec():
    assert {(c.layer, c.manner.implementation) for c in shipped()} == set(VARIANTS)


def test_only_the_known_bad_one_is_expected_to_fail():
    expected = [c.manner.implementation for c in shipped() if c.manner.expect == "fail"]
    assert expected == ["reshape_without_swap"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_a_shipped_spec_passes(path):
    results = [run_check(check) for check in convcheck.load(path)]
    assert results
    assert [r.id for r in results if r.status != "pass"] == []
