"""What a function of no layer takes, where its annotations or its docstring tell the shapes."""

from __future__ import annotations

import pytest

from convcheck.implementations.of_no_layer.told_shapes import told_inputs
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from tests.implementations.running import module_of

DOCUMENTED = '''
def f(x, w, b=None):
    """Scores.

    Inputs:
    - x: Input data, of shape (N, D)
    - w: Weights, of shape (D, 10)
    """
    return x @ w, (x, w)


def g(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout
'''
ANNOTATED = """
def f(x: 'Float[Array, "n d"]', s: 'Float[Array, ""]'):
    return x * s
"""


def documented(names, *lines):
    inside = "\n    ".join(lines)
    return f'def f({names}):\n    """\n    {inside}\n    """\n'


def told(text, tmp_path):
    function = module_of(text, tmp_path).f
    return told_inputs(function, (function,))


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        (DOCUMENTED, ("x=3,4", "w=4,10")),
        (ANNOTATED, ("x=3,4", "s=")),
        (documented("x", "x (ndarray): (B, C, H, W)"), ("x=3,4,5,2",)),
        (documented("x, y", "x: (N, C)", "y: labels, (N,)"), ("x=3,4", "y={shape: [3], dtype: int64, high: 2}")),
        # One that is not told, what stands in brackets for another reason, and axes that are no letters.
        (documented("x, y", "x: (N, C)"), ()),
        (documented("x", "x: the input (optional)"), ()),
        (documented("x", "x: (..., N * C)"), ()),
        ("def f(x):\n    return x\n", ()),
    ],
)
def test_shapes_are_those_that_the_text_tells_of_every_input(text, inputs, tmp_path):
    assert told(text, tmp_path) == inputs


def test_what_is_named_and_of_no_layer_is_found_with_them(tmp_path):
    path = tmp_path / "scores.py"
    path.write_text(DOCUMENTED)
    (one,) = survey(Source(str(path), ("f", "g"))).found
    assert (one.layer, one.inputs) == ("function", ("x=3,4", "w=4,10"))
    path.write_text(DOCUMENTED.replace("(D, 10)", "some shape"))
    assert "or, of a function of no layer, what it takes" in survey(Source(str(path), ("f", "g"))).problem
