"""Specs that come from Python.

Covers spec/plain.py as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_mapping
from tests.spec.conftest import CONV


def test_mapping() -> None:
    (check,) = read_mapping(CONV, FORMS).checks
    assert (check.id, check.file, check.layer) == ("conv", None, "conv")
    assert {key: getattr(check.sizes, key) for key in CONV} == CONV


def test_a_file_for_its_id() -> None:
    (check,) = read_mapping(CONV, FORMS, file="b.yaml").checks
    assert (check.id, check.file) == ("b.yaml::conv", "b.yaml")


def test_numpy_numbers_and_tuples() -> None:
    spec = {"layer": "relu", "shape": (np.int64(2), np.int32(3)), "tolerance": np.float32(0.5), "seed": np.uint8(3)}
    (check,) = read_mapping(spec, FORMS).checks
    assert check.sizes.shape == (2, 3)
    assert all(type(n) is int for n in check.sizes.shape)
    assert (check.manner.tolerance, check.manner.seed) == (0.5, 3)


def test_small_tolerances_and_odd_names_survive() -> None:
    for name in ("3", "true", "a: b", "- x", "\x1b", "é", "#", "~", " a", "x" * 200, "010", "1e5"):
        (check,) = read_mapping({**CONV, "tolerance": 1e-300, "name": name}, FORMS).checks
        assert (check.manner.name, check.manner.tolerance) == (name, 1e-300)


def test_matrix() -> None:
    assert len(read_mapping({**CONV, "matrix": {"seed": [0, 1, 2]}}, FORMS).checks) == 3


def test_errors_show_the_line_meant() -> None:
    (error,) = read_mapping({**CONV, "stride": 0}, FORMS).errors
    assert error.text().splitlines()[1] == "    stride: 0"
    assert error.headline().startswith("<mapping>:8:9: stride: expected")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"N": np.zeros(2)}, "N: expected a number, a text, a list or a mapping, received a numpy.ndarray"),
        ({"N": object()}, "N: expected a number, a text, a list or a mapping, received a object"),
        ({1: 2}, "a key must be a text, received 1"),
        ({"matrix": {2: 3}}, "matrix: a key must be a text, received 2"),
    ],
)
def test_what_yaml_cannot_say(spec, message) -> None:
    (error,) = read_mapping(spec, FORMS).errors
    assert error.text() == f"<mapping>: {message}"


def test_no_numbers() -> None:
    for value in (float("inf"), float("nan"), None, True):
        assert len(read_mapping({**CONV, "tolerance": value}, FORMS).errors) == 1


def test_cycles_are_refused() -> None:
    spec: dict = {**CONV}
    spec["matrix"] = spec
    (error,) = read_mapping(spec, FORMS).errors
    assert "nested deeper" in error.message


def test_lists_within_lists_are_counted_as_often_as_they_stand_there() -> None:
    bomb: list[Any] = [1]
    for _ in range(15):
        bomb = [bomb] * 10
    (error,) = read_mapping({"shape": bomb}, FORMS).errors
    assert error.message == "shape: more than 250,000 values: write them to a file, or use a matrix"
