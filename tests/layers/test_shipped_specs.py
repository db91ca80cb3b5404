"""The specs that ship: one for every layer and variant, and all of them pass."""

from __future__ import annotations

from pathlib import Path

import pytest

import convcheck
from convcheck.checking.check import run_check
from tests.layers.cases import VARIANTS

CONFIGS = Path(__file__).parents[2] / "configs"
SPECS = sorted(CONFIGS.glob("*.yaml"))


def checks():
    return [check for path in SPECS for check in convcheck.load(path)]


def test_the_simplest_spec_is_the_nine_letters_alone():
    lines = (CONFIGS / "conv.yaml").read_text(encoding="utf-8").splitlines()
    expected = ["N: 2", "C: 3", "H: 8", "W: 8", "F: 4", "H1: 3", "W1: 3", "stride: 1", "pad: 1"]
    assert [line for line in lines if line and not line.startswith("#")] == expected


def test_every_variant_of_every_layer_is_in_a_spec():
    assert {(c.layer, c.manner.implementation) for c in checks()} == set(VARIANTS)


def test_the_matrix_covers_strides_pads_shapes_and_sizes_of_one():
    sizes = [c.sizes for c in checks() if c.layer == "conv"]
    assert {(s.stride, s.pad) for s in sizes} >= {(stride, pad) for stride in (1, 2, 3) for pad in (0, 1, 2)}
    assert {s.H1 == s.W1 for s in sizes} == {s.H == s.W for s in sizes} == {True, False}
    assert all(any(getattr(s, letter) == 1 for s in sizes) for letter in ("N", "C", "F"))
    assert any(s.unread() != (0, 0) for s in sizes)


def test_only_the_known_bad_one_is_expected_to_fail():
    expected = [c.manner.implementation for c in checks() if c.manner.expect == "fail"]
    assert expected == ["reshape_without_swap"]


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_a_shipped_spec_passes(path):
    results = [run_check(check) for check in convcheck.load(path)]
    assert results
    assert [r.id for r in results if r.status != "pass"] == []


def test_the_known_bad_one_fails_for_its_forward_pass_alone():
    (check,) = convcheck.load(CONFIGS / "known_bad.yaml")
    verdicts = {t.name: t.verdict for t in run_check(check).tensors}
    assert verdicts.pop("forward") == "wrong"
    assert "wrong" not in verdicts.values()
