"""JAX's functions with a vjp of their own. Covers implementations/of_no_layer/jax_passes.py."""

from __future__ import annotations

import pytest

from tests.implementations.of_no_layer.test_functions import checked
from tests.implementations.running import told, wrong_tensors

pytest.importorskip("jax")
pytestmark = pytest.mark.jax

CODE = """
import jax
import jax.numpy as jnp


@jax.custom_vjp
def swish(x, beta):
    return x * jax.nn.sigmoid(beta * x)


def forward(x, beta):
    return swish(x, beta), (x, beta)


def backward(kept, dout):
    x, beta = kept
    s = jax.nn.sigmoid(beta * x)
    return dout * (s + beta * x * s * (1 - s)), jnp.sum(dout * x * x * s * (1 - s))


swish.defvjp(forward, backward)


def both(x, labels):
    return {"picked": swish(x, 1.0)[jnp.arange(len(labels)), labels], "where": jnp.argmax(x, 1), "sum": x.sum()}


fast = jax.jit(swish)
"""

RIGHT = [
    ("swish", "inputs: {x: [4, 5], beta: []}"),
    ("fast", "inputs: {x: [4, 5], beta: []}"),
    ("both", "inputs: {x: [4, 5], labels: {shape: [4], dtype: int64, high: 5}}"),
]


@pytest.mark.parametrize(("names", "spec"), RIGHT)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_code_passes_in_the_dtype_that_it_is_given(names, spec, dtype, tmp_path):
    result = checked(tmp_path, names, f"dtype: {dtype}\n{spec}", CODE)
    assert result.status == "pass", told(result)


@pytest.mark.parametrize(("names", "spec"), RIGHT)
def test_wrong_code_is_found(names, spec, tmp_path):
    result = checked(tmp_path, names, spec, CODE.replace("(s + beta * x * s", "(s - beta * x * s"))
    assert wrong_tensors(result) == {"dx"}, told(result)


def test_without_a_name_the_only_custom_vjp_is_meant(tmp_path):
    code = CODE[: CODE.index("def both")]
    assert checked(tmp_path, "", "inputs: {x: [4, 5], beta: []}", code).status == "pass"
