"""The loops of the convolution stand beside the equations of the paper."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import convcheck.layers

PACKAGE = Path(convcheck.layers.__file__).parent


@pytest.mark.parametrize("number", ["1.2", "1.5", "1.6", "1.7", "1.8"])
def test_the_naive_convolution_cites_the_papers_equations_where_it_computes_them(number):
    source = (PACKAGE / "conv" / "naive.py").read_text(encoding="utf-8")
    naive = [
        ast.get_source_segment(source, f) for f in ast.parse(source).body if getattr(f, "name", "").endswith("naive")
    ]
    assert any(f"# ({number})" in text for text in naive)
