"""The reader imports neither NumPy nor a layer, and this test would notice."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = "import sys, {}; print(*[m for m in ('numpy', 'convcheck.layers') if m in sys.modules])"


def loaded(module: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", LOADED.format(module)], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize("module", ["reader", "schema", "overrides", "memory"])
def test_reader_stands_alone(module) -> None:
    assert loaded(f"convcheck.spec.{module}") == ""


def test_this_test_can_fail() -> None:
    assert loaded("convcheck.layers.conv.layer") == "numpy convcheck.layers"
