"""What is a number, and what only looks like one.

Covers spec/scalars.py as well.
"""

from __future__ import annotations

import pytest

from tests.spec.conftest import conv, headlines


@pytest.mark.parametrize(
    ("written", "value"), [("1e-5", 1e-5), ("1E-5", 1e-5), (".5", 0.5), ("2", 2.0), ("+1.e3", 1e3)]
)
def test_numbers(read, written, value) -> None:
    (check,) = read(conv(extra=f"tolerance: {written}\n")).checks
    assert check.manner.tolerance == value
    assert isinstance(check.manner.tolerance, float)


def test_a_large_whole_number_is_a_number(read) -> None:
    (check,) = read(conv(extra=f"tolerance: {10**60}\n")).checks
    assert check.manner.tolerance == 1e60


@pytest.mark.parametrize("written", ["1" + "0" * 5000, "1e999", "-" + "9" * 400])
def test_numbers_beyond_floats_are_refused(read, written) -> None:
    assert len(read(conv(extra=f"tolerance: {written}\n")).errors) == 1


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("010", "is octal in YAML 1.1 and decimal in YAML 1.2"),
        ("0x10", "is hexadecimal"),
        ("0o7", "is octal"),
        ("0b11", "is binary"),
        ("1_000", "has underscores (in YAML 1.2: a text)"),
        ("1,000", "has commas (in YAML: a text)"),
        ("1:30", "is a number to base 60 in YAML 1.1"),
        (".inf", "is not a finite number"),
        ("-.INF", "is not a finite number"),
        (".nan", "is not a finite number"),
    ],
)
def test_unclear_numbers(read, written, why) -> None:
    for key in ("seed", "tolerance"):
        (line,) = headlines(read(conv(extra=f"{key}: {written}\n")))
        assert line.endswith(f"received {written}, which {why}")


@pytest.mark.parametrize("written", ["true", "False", "null", "~", "3", "1.5", "010", "[a]", "{a: 1}", "''", "'  '"])
def test_no_names(read, written) -> None:
    assert len(read(conv(extra=f"name: {written}\n")).errors) == 1


@pytest.mark.parametrize("written", ["on", "yes", "'3'", "a b", "2024-01-01", "größe"])
def test_names(read, written) -> None:
    (check,) = read(conv(extra=f"name: {written}\n")).checks
    assert check.manner.name == written.strip("'")


def test_shape_is_a_tuple(read) -> None:
    (check,) = read("layer: relu\nshape: [2, 3]\n").checks
    assert check.sizes.shape == (2, 3)


def test_merge_keys_are_overridden_and_earlier_merges_win(read) -> None:
    text = "checks:\n- &a {N: 1, C: 1}\n- &b {N: 2, D: 7, layer: batchnorm}\n- {<<: [*b, *a], D: 3}\n"
    (check,) = [c for c in read(text.replace("C: 1", "D: 1, layer: batchnorm")).checks if c.line == 4]
    assert (check.sizes.N, check.sizes.D) == (2, 3)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        # 1 would be a tolerance that passes anything.
        ("tolerance: loose", "write a number such as 1e-5"),
        ("seed: first", "write a number such as 1"),
        # Quotes would not make a type of it.
        ("dtype: .inf", "write float64 or float32"),
    ],
)
def test_what_is_recommended_would_do(read, line, hint) -> None:
    (error,) = read(conv(extra=f"{line}\n")).errors
    assert error.hint == hint


def test_a_word_that_was_renamed_is_read_and_told_once_and_stays_in_the_id(read) -> None:
    reading = read(f"{conv(extra='matrix: {scheme: [groups, auto, probe]}')}\n---\n{conv(extra='scheme: groups')}")
    assert headlines(reading) == []
    assert [check.manner.scheme for check in reading.checks] == ["entries", "auto", "auto", "entries"]
    assert [check.id.rpartition("::")[2] for check in reading.checks] == [
        "conv[scheme=groups]", "conv[scheme=auto]", "conv[scheme=probe]", "conv",
    ]  # fmt: skip
    assert [remark.headline() for remark in reading.remarks] == [
        "a.yaml:10:19: scheme groups is called entries now",
        "a.yaml:10:33: scheme probe is called auto now",
    ]
