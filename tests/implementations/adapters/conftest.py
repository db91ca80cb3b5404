"""Adapters in a module, and the code beside them that they adapt."""

import sys
from pathlib import Path

import pytest

from convcheck.implementations.adapters import discover
from convcheck.implementations.loading.load import Loaded


def found_in_adapter(module, layers):
    return discover.found(Loaded(module, Path()), (), layers).found


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """Write cnn.py beside the adapter, and let it be imported."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(text):
        (tmp_path / "cnn.py").write_text(text)
        sys.modules.pop("cnn", None)
        return tmp_path

    yield write
    sys.modules.pop("cnn", None)
