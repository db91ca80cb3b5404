"""`order: 2`: the backward of a function as a function itself, whose own derivatives are checked."""

from __future__ import annotations

import textwrap

import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_mapping

TORCH = """
import torch
class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta):
        ctx.save_for_backward(x, beta)
        return x * torch.sigmoid(beta * x)
    @staticmethod
    def backward(ctx, dout):
        x, beta = ctx.saved_tensors
        s = torch.sigmoid(beta * x)
        return dout * (s + beta * x * s * (1 - s)), (dout * x * x * s * (1 - s)).sum()
"""
JAX = """
import jax
import jax.numpy as jnp
@jax.custom_vjp
def cube(x):
    return x**3
def forward(x):
    return cube(x), x
def backward(x, dout):
    return (3 * x**2 * dout,)
cube.defvjp(forward, backward)
"""


def checked(folder, text, names, **spec):
    place = folder / "code.py"
    place.write_text(textwrap.dedent(text))
    source = Source(str(place), names)
    (check,) = read_mapping({"layer": "function", "order": 2, **spec}, FORMS).checks
    return run_source(check, source, survey(source, ("function",)).found[0])


@pytest.mark.torch
def test_a_function_that_forgets_that_its_backward_has_a_derivative_is_wrong(tmp_path):
    pytest.importorskip("torch")
    inputs = {"x": [3, 2], "beta": []}
    right = checked(tmp_path, TORCH, ("Swish",), inputs=inputs)
    assert right.status == "pass", right.findings
    assert [tensor.name for tensor in right.tensors] == ["dx", "dbeta", "ddout"]
    assert right.spec["order"] == 2
    detached = TORCH.replace("s = torch.sigmoid(beta * x)", "s = torch.sigmoid(beta * x).detach()")
    wrong = checked(tmp_path, detached, ("Swish",), inputs=inputs)
    assert {tensor.name for tensor in wrong.tensors if tensor.verdict == "wrong"} == {"dx", "dbeta"}


@pytest.mark.jax
def test_so_is_a_function_of_jax(tmp_path):
    pytest.importorskip("jax")
    assert checked(tmp_path, JAX, ("cube",), inputs={"x": [4]}).status == "pass"
    stopped = JAX.replace("3 * x**2 * dout", "jax.lax.stop_gradient(3 * x**2) * dout")
    assert checked(tmp_path, stopped, ("cube",), inputs={"x": [4]}).status == "fail"


def test_a_backward_by_hand_has_no_backward_of_its_own(tmp_path):
    text = "def f(x):\n    return x**2\ndef g(dout, x):\n    return dout * 2 * x\n"
    with pytest.raises(Exception, match="order: 2 is for what a library differentiates"):
        checked(tmp_path, text, ("f", "g"), inputs={"x": [4]})


@pytest.mark.parametrize(
    ("more", "said"), [({"order": 3}, "expected 1 or 2"), ({"scale": -1}, "checked in the first order alone")]
)
def test_what_cannot_be_is_refused(more, said):
    reading = read_mapping({"layer": "function", "order": 2, "inputs": {"x": [2]}, **more}, FORMS)
    assert said in reading.errors[0].text()
