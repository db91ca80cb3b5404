"""The built-in suite: every layer has one, all that is right passes it, and its shapes are as hostile as it says."""

from __future__ import annotations

import dataclasses

import pytest

import convcheck
from convcheck.checking.check import run_check
from convcheck.layers.catalogue import LAYERS, NAMES, suite_text


def checks(layer, tmp_path):
    path = tmp_path / f"{layer}.yaml"
    path.write_text(suite_text(layer), encoding="utf-8")
    return convcheck.load(path)


def sizes(layer, tmp_path):
    return [check.sizes for check in checks(layer, tmp_path)]


def test_every_layer_has_a_suite():
    assert set(NAMES) == set(LAYERS)
    with pytest.raises(KeyError):
        suite_text("softmax")


@pytest.mark.parametrize("layer", NAMES)
@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_what_is_right_passes(layer, variant, tmp_path):
    for check in checks(layer, tmp_path):
        manner = dataclasses.replace(check.manner, implementation=variant)
        assert run_check(check._replace(manner=manner)).status == "pass", check.id


@pytest.mark.parametrize("layer", NAMES)
def test_both_dtypes_and_a_comment_for_every_check(layer, tmp_path):
    assert {c.manner.dtype for c in checks(layer, tmp_path)} == {"float64", "float32"}
    lines = suite_text(layer).splitlines()
    starts = [i for i, line in enumerate(lines) if line.lstrip().startswith("- {")]
    blocks = [i for i in starts if not lines[i - 1].strip() or lines[i - 1].lstrip().startswith("#")]
    assert all(lines[i - 1].lstrip().startswith("#") for i in blocks)


def test_the_shapes_of_conv_are_hostile(tmp_path):
    conv = sizes("conv", tmp_path)
    assert {s.pad for s in conv} == {0, 1, 2}
    assert {s.stride for s in conv} == {1, 2, 3}
    assert {(s.H > s.W) - (s.H < s.W) for s in conv} == {-1, 0, 1}
    assert any(s.H1 != s.W1 for s in conv)
    assert any(s.H1 % 2 == s.W1 % 2 == 0 for s in conv)
    assert any(s.H1 == s.W1 == 1 for s in conv)
    assert all(any(getattr(s, letter) == 1 for s in conv) for letter in ("N", "C", "F"))
    assert any(min(s.unread()) > 0 for s in conv)
    assert any(s.stride > max(s.H1, s.W1) for s in conv)
    # Code that refuses a stride that does not tile still shows what it does with the others.
    assert any(s.stride > 1 and s.unread() == (0, 0) for s in conv)


def test_the_shapes_of_max_pool_are_hostile(tmp_path):
    pool = sizes("max_pool", tmp_path)
    assert {s.stride for s in pool} == {1, 2, 3}
    assert any(s.stride < min(s.H1, s.W1) for s in pool)
    assert any(s.stride > max(s.H1, s.W1) for s in pool)
    assert any(s.H1 != s.W1 for s in pool)
    assert any(min(s.unread()) > 0 and s.stride == s.H1 == s.W1 for s in pool)


@pytest.mark.parametrize("layer", ["batchnorm", "spatial_batchnorm"])
def test_the_settings_of_batchnorm_are_not_the_usual_ones(layer, tmp_path):
    norm = sizes(layer, tmp_path)
    assert {s.mode for s in norm} == {"train", "test"}
    assert any(s.eps == 0.5 for s in norm if s.mode == "train")
    assert any(s.momentum != 0.9 for s in norm)
    assert any(s.N == 1 for s in norm)
