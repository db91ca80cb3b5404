"""Mistakes as people make them, each planted alone, in the functions that run, and shown in one line."""

import ast

import pytest

from convcheck.audit.mutants import mutants_of


def after(statement, head="def f(x, w, b, pad, stride, H, W, N, C):"):
    """What each mutant of a function of this one statement says, by its kind."""
    return {(one.kind, one.after) for one in mutants_of(f"{head}\n    {statement}\n")}


@pytest.mark.parametrize(
    ("statement", "kind", "planted"),
    [
        ("y = x + b", "operator", "y = x - b"),
        ("y = x + b", "term left out", "y = x"),
        ("y = x + b", "term left out", "y = b"),
        ("y = x - b", "term left out", "y = -b"),
        ("y = x - b", "operands swapped", "y = b - x"),
        ("y = 2 * x", "factor left out", "y = x"),
        ("y = 2 * x", "operator", "y = 2 / x"),
        ("y = x ** 2", "operator", "y = x * 2"),
        ("y = x @ w", "operands swapped", "y = w @ x"),
        ("y = x.T @ w", "call left out", "y = x @ w"),
        ("y = (H - W) // stride", "rounding", "y = -(-(H - W) // stride)"),
        ("y = -x", "sign", "y = x"),
        ("y = x > 0", "comparison", "y = x >= 0"),
        ("y = x > 0", "constant", "y = x > 1"),
        ("y += x", "= for +=", "y = x"),
        ("y += x", "operator", "y -= x"),
        ("y[0] = x", "statement left out", "pass"),
        ("y[N] = x", "+= for =", "y[N] += x"),
        ("x = x - x.max()", "statement left out", "pass"),
        ("np.add.at(y, x, w)", "statement left out", "pass"),
        ("y = x[N, C]", "index", "y = x[C, N]"),
        ("y = x[0]", "index", "y = x[1]"),
        ("y = x[pad:H]", "bound of a slice", "y = x[:H]"),
        ("y = x[pad:H]", "bound of a slice", "y = x[pad:]"),
        ("y = x[pad:H]", "bound of a slice", "y = x[pad:H - 1]"),
        ("y = x[::stride]", "bound of a slice", "y = x[:]"),
        ("y = x.sum(axis=0)", "axis", "y = x.sum(axis=1)"),
        ("y = x.sum(axis=(0, 2, 3))", "axis", "y = x.sum(axis=(0, 2))"),
        ("y = x.sum(axis=0, keepdims=True)", "argument left out", "y = x.sum(axis=0)"),
        ("y = x.sum(axis=0)", "function", "y = x.mean(axis=0)"),
        ("y = x.sum(axis=0)", "call left out", "y = x"),
        ("y = x.transpose(0, 3, 1, 2)", "arguments swapped", "y = x.transpose(0, 1, 3, 2)"),
        ("y = x.copy()", "call left out", "y = x"),
        ("y = np.sqrt(x)", "call left out", "y = x"),
        ("y = np.maximum(0, x)", "function", "y = np.minimum(0, x)"),
        ("y = np.maximum(0, x)", "call left out", "y = x"),
        ("y = np.dot(x, w)", "arguments swapped", "y = np.dot(w, x)"),
        ("y = x * stride", "names", "y = x * pad"),
        ("y = c['stride'] + c['pad']", "names", "y = c['pad'] + c['pad']"),
        ("y = H * W", "names", "y = W * W"),
        ("N, C, H, W = x.shape", "order", "N, C, W, H = x.shape"),
        ("return x, w, b", "order", "return (w, x, b)"),
        ("y = x if pad else w", "condition", "y = w if pad else x"),
        ("y = pad and stride", "condition", "y = pad or stride"),
    ],
)
def test_a_mistake_is_planted(statement, kind, planted):
    assert (kind, planted) in after(statement)


def test_of_a_statement_that_holds_others_the_head_is_shown():
    text = "def f(x):\n    for i in range(len(x)):\n        if x[i] < 0:\n            x[i] = 0\n    return x\n"
    shown = {(one.line, one.before, one.after) for one in mutants_of(text)}
    assert (2, "for i in range(len(x))", "for i in range(len(x) - 1)") in shown
    assert (3, "if x[i] < 0", "if x[i] <= 0") in shown


TEXT = '''# -*- coding: utf-8 -*-
"""Größe."""


class Layer:
    def forward(self, x):
        """x + 1"""
        self.größe = (x.sum(axis=0,
                            keepdims=True)  # why
                      + 1); y = self.größe * 2
        return (
            y - 1
        )
\x0c
def after_it():
    return 0
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_other_lines_stay_what_and_where_they_are(newline):
    text = TEXT.replace("\n", newline)
    found = mutants_of(text)
    before = text.encode().split(b"\n")
    assert len(found) > 10
    for one in found:
        lines = one.text.encode().split(b"\n")
        assert len(lines) == len(before)
        ast.parse(one.text)
        changed = {number for number, (a, b) in enumerate(zip(lines, before, strict=True), start=1) if a != b}
        assert changed <= {*range(one.line, one.end_line + 1)}
        assert changed


def test_what_is_the_same_code_is_planted_once():
    # Either of the terms may be left out, which is one mutant, and they cannot change places.
    assert [one.after for one in mutants_of("def f(x):\n    y = x + x\n    return y\n")] == ["y = x - x", "y = x"]
    # -0 is 0, and what is folded is one number.
    assert [one.after for one in mutants_of("def f(x):\n    return x[-1]\n")] == ["return x[-0]", "return x[-2]"]
    assert [one.after for one in mutants_of("def f():\n    return 2 * 2\n")] == [
        "return 2 / 2",
        "return 2",
        "return 3 * 2",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "EPS = 1 + 2\n",
        "if __name__ == '__main__':\n    print(1 + 2)\n",
        "def test_f():\n    x = 1 + 2\n",
        "def f():\n    '''1 + 2'''\n",
        "def f(x):\n    assert x.ndim == 4, 1\n    print(x + 1)\n    raise ValueError(1 + 2)\n",
        "class Layer:\n    eps = 1e-5\n",
        "def f(x, momentum=0.9, *, axis=0):\n    return x\n",
    ],
)
def test_nothing_is_planted_outside_of_what_is_run_and_decides(text):
    assert mutants_of(text) == []


def test_a_function_of_which_no_line_is_run_is_left_alone():
    text = "def f(x):\n    return x + 1\n\n\ndef g(x):\n    y = x\n    return y + 1\n"
    assert {one.line for one in mutants_of(text, {6}.__contains__)} == {7}


def test_a_text_that_is_no_python_is_refused():
    with pytest.raises(SyntaxError):
        mutants_of("def f(:\n")
