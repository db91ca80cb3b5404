"""Activations with a derivative in place of a backward pass, in every way in which they are written.

Covers implementations/derivatives/names.py and implementations/derivatives/passes.py as well.
"""

from dataclasses import asdict

import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.open import survey
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, write


def result(source, one, **changed):
    sizes = LAYERS[one.layer].sizes(shape=(3, 4), **changed)
    return run_source(Check(one.layer, one.layer, sizes, Manner(), None, None), source, one)


HEAD = "import numpy as np\n"
PRIME = HEAD + "def sigmoid(z): return 1 / (1 + np.exp(-z))\ndef {0}({1}): return {2}\n"
OF_X = "sigmoid(z) * (1 - sigmoid(z))"
OF_OUT = "{0} * (1 - {0})"
CLASS = """
import numpy as np
class Tanh:
    def {0}(self, x):
        self.t = np.tanh(x)
        return self.t
    def {1}(self, {2}):
        return {3}
"""
RIGHT = {
    "a function and its prime": PRIME.format("sigmoid_prime", "z", OF_X),
    "a derivative with a d": PRIME.format("dsigmoid", "z", OF_X),
    "another word before": PRIME.format("derivative_of_sigmoid", "z", OF_X),
    "of the output": PRIME.format("sigmoid_derivative", "a", OF_OUT.format("a")),
    # As so many write it: x stands for what a sigmoid has made of it.
    "of the output, called x": PRIME.format("sigmoid_derivative", "x", OF_OUT.format("x")),
    "a gradient that is given dout, too": PRIME.format("sigmoid_grad", "z, dout", f"dout * {OF_X}"),
    "a function with a flag": HEAD
    + "def tanh(x, derivative=False):\n    return 1 - np.tanh(x) ** 2 if derivative else np.tanh(x)\n",
    "a setting of both": HEAD
    + "def elu(z, alpha): return np.where(z > 0, z, alpha * (np.exp(z) - 1))\n"
    + "def elu_prime(z, alpha): return np.where(z > 0, 1, alpha * np.exp(z))\n",
    "whole numbers": HEAD + "def relu(x): return np.maximum(x, 0)\ndef relu_prime(x): return (x > 0).astype(int)\n",
    "a cache beside the output": HEAD
    + "def tanh(x): return np.tanh(x), x\ndef tanh_prime(x): return 1 - np.tanh(x)**2",
    "a call and a gradient": CLASS.format("__call__", "gradient", "x", "1 - self.__call__(x) ** 2"),
    "methods that call each other": CLASS.format("forward", "derivative", "x", "1 - self.forward(x) ** 2"),
    "a derivative of what was kept": CLASS.format("forward", "derivative", "", "1 - self.t ** 2"),
    "a backward that is given nothing": CLASS.format("forward", "backward", "", "1 - self.t ** 2"),
    "a backward that may be given the state": CLASS.format(
        "forward", "backward", "state=None", "1 - (self.t if state is None else state) ** 2"
    ),
    "static methods": "import numpy as np\nclass Tanh:\n    @staticmethod\n    def fn(x): return np.tanh(x)\n"
    "    @staticmethod\n    def grad(y): return 1 - y * y\n",
    "a part that was told the same": """
import numpy as np
class ELU:
    def __init__(self, alpha=1.0): self.alpha = alpha
    def fn(self, z): return np.where(z > 0, z, self.alpha * (np.exp(z) - 1))
    def grad(self, x): return np.where(x > 0, 1.0, self.alpha * np.exp(x))
class SELU:
    def __init__(self):
        self.alpha, self.scale = 1.6732632423543772, 1.0507009873554805
        self.elu = ELU(alpha=self.alpha)
    def fn(self, z): return self.scale * self.elu.fn(z)
    def grad(self, x): return self.scale * self.elu.grad(x)
""",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(tmp_path, name):
    source = write(tmp_path, RIGHT[name])
    (one, *_) = reversed(found(source))
    changed = {"alpha": 1.5} if "alpha" in RIGHT[name] else {}
    one_result = result(source, one, **changed)
    assert one_result.status == "pass", asdict(one_result)
    assert not survey(source).not_checked


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("a function and its prime", "* (1 - sigmoid(z))", "* (1 + sigmoid(z))"),
        ("of the output", "(1 - a)", "(1 - a * a)"),
        ("a function with a flag", "** 2 if", "if"),
        ("a setting of both", "alpha * np.exp(z))\n", "np.exp(z))\n"),
        ("a call and a gradient", "** 2", "** 3"),
        ("a backward that is given nothing", "** 2", "** 3"),
        ("static methods", "y * y", "y"),
    ],
)
def test_what_is_wrong_is_in_dx(tmp_path, name, old, new):
    head, found_it, tail = RIGHT[name].rpartition(old)
    assert found_it
    source = write(tmp_path, head + new + tail)
    changed = {"alpha": 1.5} if "alpha" in RIGHT[name] else {}
    one_result = result(source, found(source)[0], **changed)
    assert one_result.status == "fail"
    assert [tensor.name for tensor in one_result.tensors if tensor.verdict == "wrong"] == ["dx"]


def test_it_is_said_where_the_derivative_is_one_of_the_output(tmp_path):
    def notes(name):
        source = write(tmp_path, RIGHT[name])
        return [f.message for f in result(source, found(source)[0]).findings if f.severity == "note"]

    assert notes("a function and its prime") == []
    assert notes("of the output, called x") == [
        "sigmoid_derivative is handed the output of forward: it is its derivative in terms of that"
    ]


def test_a_derivative_that_returns_nothing_is_told_by_its_name(tmp_path):
    source = write(tmp_path, PRIME.format("sigmoid_prime", "z", "None"))
    assert [f.code for f in result(source, found(source)[0]).findings] == ["not-written"]


def test_by_name_a_derivative_is_no_backward(tmp_path):
    source = write(tmp_path, RIGHT["a function and its prime"])._replace(names=("sigmoid", "sigmoid_prime"))
    assert result(source, found(source, "sigmoid")[0]).status == "pass"
