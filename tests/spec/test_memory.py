"""What a check would take, and what `--max-memory` may say."""

from __future__ import annotations

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.memory import needed, parse_limit, readable
from convcheck.spec.reader import read_text
from tests.spec.conftest import conv


def test_needed_counts_inputs_output_and_workspace() -> None:
    (check,) = read_text("layer: relu\nshape: [2, 3]\n", "a", FORMS).checks
    assert needed(check.sizes, "float64") == 8 * (4 * 6 + 6 * 6 + check.sizes.workspace())
    assert needed(check.sizes, "float32") * 2 == needed(check.sizes, "float64")


def test_limit_is_the_one_given() -> None:
    (check,) = read_text(conv(), "a", FORMS).checks
    exact = needed(check.sizes, "float64")
    assert read_text(conv(), "a", FORMS, max_memory=exact).errors == ()
    assert len(read_text(conv(), "a", FORMS, max_memory=exact - 1).errors) == 1
    assert read_text(conv(extra="dtype: float32\n"), "a", FORMS, max_memory=exact - 1).errors == ()


def test_sizes_beyond_any_number() -> None:
    shape = ", ".join(["2147483647"] * 32)
    (error,) = read_text(f"layer: relu\nshape: [{shape}]\n", "a", FORMS).errors
    assert "(about 10^300 bytes)" in error.message


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("500MB", 500_000_000),
        ("2GiB", 2**31),
        ("1e9", 10**9),
        ("7", 7),
        (" 1.5 k ", 1500),
        ("2g", 2 * 10**9),
        ("1Mi", 2**20),
    ],
)
def test_parse_limit(text, size) -> None:
    assert parse_limit(text) == size


@pytest.mark.parametrize("text", ["", "lots", "2 GBs", "-1", "nan", "1e", "1_000", "GiB", "0x10", "١GB"])
def test_parse_limit_refuses(text) -> None:
    with pytest.raises(ValueError, match="expected a number of bytes such as 500MB, 2GiB or 1e9, received"):
        parse_limit(text)


@pytest.mark.parametrize("text", ["0", "1e99", "1e-9", "99999999999TiB", "1e999"])
def test_parse_limit_has_a_range(text) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_limit(text)


def test_readable() -> None:
    assert [readable(n) for n in (5, 2048, 3 * 2**29, 2**70)] == ["5 bytes", "2.0 KiB", "1.5 GiB", "1,048,576.0 PiB"]


def test_a_small_limit_is_said_once() -> None:
    (error,) = read_text("layer: relu\nshape: [2, 3]\n", "a", FORMS, max_memory=10).errors
    assert error.message.endswith(" bytes, and the limit is 10 bytes")
    assert "(" not in error.message
