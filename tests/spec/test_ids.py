"""Every check has an id that can be read, is stable, and is its own.

Covers spec/check.py as well.
"""

from __future__ import annotations

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_text
from tests.spec.conftest import conv

FLOW = "{N: 2, C: 3, H: 8, W: 8, F: 4, H1: 3, W1: 3, stride: 1, pad: 1}"


def ids(text: str, file: str = "a.yaml") -> list[str]:
    reading = read_text(text, file, FORMS)
    assert reading.errors == ()
    return [check.id.removeprefix("a.yaml::") for check in reading.checks]


def test_bare() -> None:
    assert ids(conv(), "a.yaml") == ["conv"]
    assert ids(conv(extra="name: edge\n")) == ["edge"]


def test_file_is_normalised() -> None:
    assert ids(conv(), "./b//../b/c.yaml") == ["b/c.yaml::conv"]
    assert ids(conv(), "-") == ["-::conv"]


def test_matrix_keys_in_the_order_of_the_matrix() -> None:
    text = conv("stride", "pad", extra="matrix:\n  pad: [0, 1]\n  stride: [1, 2]\n")
    assert ids(text) == [f"conv[pad={p},stride={s}]" for p in (0, 1) for s in (1, 2)]


def test_matrix_of_layers_and_names() -> None:
    text = "{N: 2, C: 3, H: 4, W: 4, matrix: {layer: [relu, spatial_batchnorm], dtype: [float32]}}"
    assert ids(text) == ["relu[dtype=float32]", "spatial_batchnorm[dtype=float32]"]
    assert ids(text.replace("{N", "{name: x, N")) == [
        f"x[layer={n},dtype=float32]" for n in ("relu", "spatial_batchnorm")
    ]
    assert ids("{layer: relu, shape: [2], matrix: {name: [a, b]}}") == ["a", "b"]


def test_values_are_readable() -> None:
    assert ids("{layer: relu, matrix: {shape: [[2, 3], [4]]}}") == ["relu[shape=2x3]", "relu[shape=4]"]
    text = "{layer: batchnorm, N: 2, D: 3, matrix: {eps: [1e-5, .5], mode: [train]}}"
    assert ids(text) == ["batchnorm[eps=1e-05,mode=train]", "batchnorm[eps=0.5,mode=train]"]


def test_items_over_defaults_show_what_they_set() -> None:
    text = (
        f"defaults: {FLOW}\nchecks: [stride: 2, {{pad: 0, name: open}}, {{}}, {{seed: 1, matrix: {{stride: [1, 2]}}}}]"
    )
    assert ids(text) == ["conv[stride=2]", "open[pad=0]", "conv", "conv[seed=1,stride=1]", "conv[seed=1,stride=2]"]


def test_items_without_defaults() -> None:
    named = FLOW.replace("{N", "{name: first, N")
    assert ids(f"checks: [{named}, {{layer: batchnorm, N: 2, D: 3}}]") == ["first", "batchnorm[N=2,D=3]"]


def test_merged_keys_are_not_shown() -> None:
    assert ids(f"checks: [&a {FLOW}, {{<<: *a, stride: 2}}]")[1] == "conv[stride=2]"


def test_equal_ids_are_numbered() -> None:
    assert ids("\n---\n".join([conv()] * 3)) == ["conv", "conv#2", "conv#3"]
    named = "\n---\n".join(conv(extra=f"name: {name}\n") for name in ("a", "'a#2'", "a", "a"))
    assert ids(named) == ["a", "a#2", "a#3", "a#4"]


def test_ids_stand_on_one_line() -> None:
    assert ids(conv(extra='name: "a\\nb\\e[0m"\n')) == [r"a\nb\x1b[0m"]


def test_lines() -> None:
    text = f"checks:\n- {FLOW}\n-\n  <<: {FLOW}\n---\n" + conv()
    assert [check.line for check in read_text(text, "a", FORMS).checks] == [2, 4, 6]


@pytest.mark.parametrize("file", ["a.yaml", "b c.yaml"])
def test_file_as_the_user_named_it(file) -> None:
    assert [check.file for check in read_text(conv(), f"./{file}", FORMS).checks] == [f"./{file}"]
