"""Specs to call the command line with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import Caller
from tests.cli.eager import RUNS

RELU = "layer: relu\nshape: [2, 3]\n"
INVALID = "layer: relu\nshape: [2]\nsede: 3\n"
# As small as it can be and still wrong: a conclusion has nothing to make smaller.
WRONG = "layer: spatial_batchnorm\nN: 1\nC: 2\nH: 1\nW: 2\nimplementation: reshape_without_swap\n"
OWN = """\
import numpy as np

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
SEVERAL = """\
defaults: {layer: relu, shape: [2, 3]}
checks:
  - {name: small}
  - {name: small wide}
  - {name: Other}
"""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Caller:
    """In an empty folder, with nothing decided by the environment."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Caller(capsys)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return _written(tmp_path / "good.yaml", RELU)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    return _written(tmp_path / "wrong.yaml", WRONG)


@pytest.fixture
def invalid(tmp_path: Path) -> Path:
    return _written(tmp_path / "invalid.yaml", INVALID)


@pytest.fixture
def several(tmp_path: Path) -> Path:
    return _written(tmp_path / "several.yaml", SEVERAL)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Code of somebody's own, as it is: one pair of functions, for relu."""
    return _written(tmp_path / "layers.py", OWN)


@pytest.fixture
def runs() -> Iterator[RUNS]:
    started: RUNS = []
    yield started
    for one in started:
        one.kill()
        one.communicate()


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path
