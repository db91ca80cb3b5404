"""Shapes that nothing tells are tried: right code is found right, and none is accused at shapes that were guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import Caller

HERE = "--no-isolation"
CODE = """
import numpy as np

def softsign(x):
    return x / (1 + abs(x)), x
def softsign_back(dout, x):
    return dout / (1 + abs(x)) ** 2
def softsign_bad(dout, x):
    return dout / (1 + abs(x))

def product(a, b):
    return a @ b, (a, b)
def product_back(dout, cache):
    a, b = cache
    return dout @ b.T, a.T @ dout
def product_bad(dout, cache):
    a, b = cache
    return dout @ b.T, 2 * a.T @ dout

def scored(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    n = np.arange(len(labels))
    return -np.log(p[n, labels]).mean(), (p, labels)
def scored_back(dout, cache):
    p, labels = cache
    d = p.copy()
    d[np.arange(len(labels)), labels] -= 1
    return dout * d / len(labels), None

def one_hot(logits, y):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -(y * np.log(p)).sum(), (p, y)
def one_hot_back(dout, cache):
    p, y = cache
    return dout * (p - y), None

def halves(x):
    return x[:, :, ::2, ::2].copy(), x.shape
def halves_back(dout, shape):
    dx = np.zeros(shape)
    dx[:, :, ::2, ::2] = dout
    return dx

def entropy(p):
    return -(p * np.log(p)).sum(), p
def entropy_back(dout, p):
    return dout * (-np.log(p) - 1)
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "own.py"
    path.write_text(CODE)
    return path


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("softsign,softsign_back", "--input x=4,5"),
        ("product,product_back", "--input a=4,5 --input b=5,3"),
        ("scored,scored_back", "--input 'labels={shape: [4], dtype: int64, high: 5}'"),
        ("halves,halves_back", "--input x=2,3,6,6"),
        ("entropy,entropy_back", "--input 'p={shape: [4, 5], low: 0.1, high: 0.9}'"),
    ],
)
def test_shapes_at_which_code_is_right_are_found_and_said(call: Caller, code: Path, names: str, told: str) -> None:
    called = call("run", "--impl", f"{code}:{names}", "-q", HERE)
    assert called.code == 0, called
    assert "checked with shapes that were tried, since nothing tells them: " in called.err
    assert told in called.err


def test_of_one_input_alone_wrong_code_is_called_wrong(call: Caller, code: Path) -> None:
    called = call("run", "--impl", f"{code}:softsign,softsign_bad", HERE)
    assert called.code == 1
    assert "wrong: dx" in called.out


@pytest.mark.parametrize("names", ["one_hot,one_hot_back", "product,product_bad"])
def test_of_several_inputs_no_code_is_accused_at_shapes_that_were_guessed(call: Caller, code: Path, names: str) -> None:
    """The first is right where each row of y adds up to 1."""
    called = call("run", "--impl", f"{code}:{names}", HERE)
    assert called.code == 2
    assert "may be any layer: say which it is: " in called.err
    assert "wrong" not in called.out
    told = call("run", "--impl", f"{code}:{names}", "--layer", "function", HERE)
    first, second = ("logits", "y") if "hot" in names else ("a", "b")
    assert f"say the shape of {first} and {second}: --input {first}=4,5 --input {second}=4,5" in told.err


HIDDEN = """
import numpy as np

def squares(a):
    return np.mean(a**2), a
def squares_back(dout, a):
    return dout * 2 * a

def soft(x):
    p = np.exp(x - x.max(axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)
    return p, p
def soft_back(dout, p):
    return p * (dout - (dout * p).sum())

def mixed(u, v):
    return (u * v).mean(), (u, v)
def mixed_back(dout, cache):
    u, v = cache
    return dout * v, dout * u

def scaled(x, gamma, beta):
    return x * gamma + beta, (x, gamma)
def scaled_back(dout, cache):
    x, gamma = cache
    return dout * gamma, dout * x, dout
"""


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("squares", 1, "tried, since nothing tells them: --input a=4,5; it is right with --input a=: say so where"),
        ("soft", 1, "tried, since nothing tells them: --input x=4,5; it is right with --input x=5: say so where"),
        ("mixed", 2, "it is wrong with --input u=4,5 --input v=4,5, and right with --input u= --input v="),
        (
            "scaled",
            2,
            "it is wrong with --input x=4,5 --input gamma=5 --input beta=5, and right with --input x=4,5 "
            "--input gamma=4,5 --input beta=4,5",
        ),
    ],
)
def test_what_is_right_at_one_shape_alone_is_not_called_right(
    call: Caller, tmp_path: Path, name: str, code: int, said: str
) -> None:
    path = tmp_path / "own.py"
    path.write_text(HIDDEN)
    called = call("run", "--impl", f"{path}:{name},{name}_back", "-q", HERE)
    assert called.code == code, called
    assert said in called.err


TOLD = """
import numpy as np

def softsign_forward(x):
    \"\"\"x: (N, D)\"\"\"
    return x / (1 + abs(x)), x
def softsign_backward(dout, x):
    return dout / (1 + abs(x)) ** 2

def bent_forward(x):
    \"\"\"x: (N, D)\"\"\"
    return np.sqrt(x**2 + 1) - 1, x
def bent_backward(dout, x):
    return dout * x / (2 * np.sqrt(x**2 + 1))

def cubic_forward(x):
    return x**3, x
def cubic_backward(dout, x):
    return dout * 3 * x**2

def picked_forward(x, which):
    \"\"\"x: (N, D), which: (N,)\"\"\"
    return x[np.arange(len(x)), which], (x.shape, which)
def picked_backward(dout, cache):
    raise NotImplementedError
"""


def test_in_a_file_what_is_of_no_layer_is_run_where_its_text_tells_what_it_takes(call: Caller, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(TOLD)
    called = call("run", "--impl", path, HERE)
    assert called.code == 1
    assert (
        "softsign_forward,softsign_backward is of no layer: checked with the shapes that its text tells" in called.err
    )
    assert "bent_forward,bent_backward  function  wrong: dx" in called.out
    assert "cubic_forward,cubic_backward (line 16): no layer is called cubic" in called.out
    # What does not fit the shapes that were read is not accused.
    assert "picked_forward,picked_backward (line 21): " in called.out.partition("Not checked")[2]
    assert "2 checks: 1 pass, 1 fail" in called.out
    listed = call("run", "--list-impl", path, HERE).out
    assert "bent_forward,bent_backward" in listed.partition("Not checked")[0]
