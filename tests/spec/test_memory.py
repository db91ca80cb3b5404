"""What a check would take, and what `--max-memory` may say."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from convcheck.checking.check import run_check
from convcheck.layers.catalogue import FORMS
from convcheck.spec.memory import needed, parse_limit, readable
from convcheck.spec.reader import read_text
from tests.spec.conftest import conv

# Of middle size: what the tests themselves hold is little beside it.
MIDDLE = {
    "conv": "{N: 2, C: 32, H: 28, W: 28, F: 16, H1: 3, W1: 3, stride: 1, pad: 1}",
    "conv, of large windows": "{N: 2, C: 4, H: 64, W: 64, F: 2, H1: 2, W1: 31, stride: 1, pad: 15}",
    "conv, in float32": "{N: 2, C: 16, H: 28, W: 28, F: 64, H1: 1, W1: 1, stride: 1, pad: 0, dtype: float32}",
    "max_pool": "{layer: max_pool, N: 2, C: 8, H: 58, W: 58, H1: 3, W1: 3, stride: 2}",
    "relu": "{layer: relu, N: 2, C: 8, H: 56, W: 56}",
    "spatial_batchnorm": "{layer: spatial_batchnorm, N: 2, C: 16, H: 28, W: 28}",
    "spatial_batchnorm in test mode": "{layer: spatial_batchnorm, N: 2, C: 16, H: 28, W: 28, mode: test}",
}


@pytest.mark.parametrize("spec", MIDDLE.values(), ids=MIDDLE)
def test_a_check_holds_no_more_than_what_is_reckoned_and_not_many_times_less(spec) -> None:
    (check,) = read_text(f"defaults: {{implementation: vectorized}}\nchecks: [{spec}]\n", "a", FORMS).checks
    tracemalloc.start()
    try:
        result = run_check(check)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.status == "pass"
    # A few modules may have been imported for it.
    assert peak - 2 * 2**20 <= needed(check.sizes) <= 3 * peak


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process took is told by Linux")
def test_what_is_reckoned_is_what_a_process_takes() -> None:
    sizes = {"N": 2, "C": 64, "H": 56, "W": 56, "F": 64, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
    reckoned = needed(FORMS["conv"].sizes(**sizes))
    measured = subprocess.run([sys.executable, "-c", MEASURED.format(sizes)], capture_output=True, check=True)
    assert reckoned / 2 <= int(measured.stdout) <= reckoned + 16 * 2**20


# Not ru_maxrss, which begins with what the process held that started this one.
MEASURED = """
from pathlib import Path
from convcheck import check

def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

sizes = {}
check(dict(sizes, N=1, C=1, F=1, H=5, W=5), implementation="vectorized")
before = most()
check(sizes, implementation="vectorized")
print((most() - before) * 1024)
"""


def test_needed_is_of_the_sizes_and_of_the_temporary_arrays_where_these_are_larger() -> None:
    (check,) = read_text("layer: relu\nshape: [2, 3]\n", "a", FORMS).checks
    assert needed(check.sizes) == 8 * 20 * (6 + 6)
    (check,) = read_text("{N: 1, C: 1, H: 1, W: 100, F: 1, H1: 1, W1: 50, stride: 1, pad: 0}", "a", FORMS).checks
    assert needed(check.sizes) == 8 * (14 * (100 + 50 + 1 + 51) + 2 * 50 * 51)


def test_limit_is_the_one_given() -> None:
    (check,) = read_text(conv(), "a", FORMS).checks
    exact = needed(check.sizes)
    assert read_text(conv(), "a", FORMS, max_memory=exact).errors == ()
    assert len(read_text(conv(), "a", FORMS, max_memory=exact - 1).errors) == 1


def test_sizes_beyond_any_number() -> None:
    shape = ", ".join(["2147483647"] * 32)
    (error,) = read_text(f"layer: relu\nshape: [{shape}]\n", "a", FORMS).errors
    assert "(about 10^301 bytes)" in error.message


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
    (error,) = read_text("layer: relu\nshape: [1, 3]\n", "a", FORMS, max_memory=10).errors
    assert error.message.endswith(" bytes, and the limit is 10 bytes")
    assert "(" not in error.message
