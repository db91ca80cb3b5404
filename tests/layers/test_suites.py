"""The suites: every layer has one, all that is right passes it, and every check of it says what it is there for."""

from __future__ import annotations

import dataclasses

import pytest

from convcheck.checking.check import run_check
from convcheck.layers.catalogue import LAYERS, NAMES, suite_text
from tests.layers.cases import suite_of


def test_every_layer_has_a_suite():
    assert set(NAMES) == set(LAYERS)
    with pytest.raises(KeyError):
        suite_text("softmax")


@pytest.mark.parametrize("layer", NAMES)
@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_what_is_right_passes(layer, variant, tmp_path):
    # The loops take long, and that both implementations agree is held by other tests.
    for check in suite_of(layer, tmp_path)[:: 2 if variant == "naive" else 1]:
        manner = dataclasses.replace(check.manner, implementation=variant)
        assert run_check(check._replace(manner=manner)).status == "pass", check.id


@pytest.mark.parametrize("layer", NAMES)
def test_both_dtypes_and_a_comment_for_every_check(layer, tmp_path):
    assert {c.manner.dtype for c in suite_of(layer, tmp_path)} == {"float64", "float32"}
    lines = suite_text(layer).splitlines()
    starts = [i for i, line in enumerate(lines) if line.lstrip().startswith("- {")]
    blocks = [i for i in starts if not lines[i - 1].strip() or lines[i - 1].lstrip().startswith("#")]
    assert all(lines[i - 1].lstrip().startswith("#") for i in blocks)
