"""Functions with a backward of their own, of no layer: how they are called, and what is wrong with them.

Covers implementations/of_no_layer/differentiable.py, implementations/of_no_layer/discover.py,
implementations/of_no_layer/passes.py and implementations/of_no_layer/returned.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.of_no_layer.differentiable import drawn_array
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import FORMS
from convcheck.layers.draws import Draws
from convcheck.spec.inputs import DrawnInput
from convcheck.spec.reader import read_text
from tests.implementations.running import told, wrong_tensors

CODE = """
import numpy as np


def swish_forward(x, beta):
    s = 1 / (1 + np.exp(-beta * x))
    return x * s, (x, beta, s)


def swish_backward(dout, cache):
    x, beta, s = cache
    return dout * (s + beta * x * s * (1 - s)), (dout * x * x * s * (1 - s)).sum()


def without_cache(x, w):
    return np.tanh(x) @ w


def without_cache_backward(dout, x, w):
    return {"dw": np.tanh(x).T @ dout, "dx": (dout @ w.T) * (1 - np.tanh(x) ** 2)}


def focal(x, y, gamma=2.0):
    e = np.exp(x - x.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    rows = np.arange(len(y))
    pt = p[rows, y]
    loss = -((1 - pt) ** gamma * np.log(pt)).mean()
    g = gamma * (1 - pt) ** (gamma - 1) * np.log(pt) - (1 - pt) ** gamma / pt
    chosen = np.zeros_like(p)
    chosen[rows, y] = 1
    return loss, (g * pt)[:, None] * (chosen - p) / len(y)


def parts_forward(x):
    return x[:, :2] ** 2, np.tanh(x)


def parts_backward(da, db, x):
    dx = db * (1 - np.tanh(x) ** 2)
    dx[:, :2] += 2 * x[:, :2] * da
    return dx


def sign_forward(x):
    return np.sign(x), x


def sign_backward(dout, x):
    return dout * (np.abs(x) <= 1)


def hard_tanh(x):
    return np.clip(x, -1, 1)


def reverse_forward(x):
    return x, None


def reverse_backward(dout, cache):
    return -dout


class Softsign:
    def __init__(self, scale=1.0):
        self.scale = scale

    def forward(self, x):
        self.x = x
        return self.scale * x / (1 + np.abs(x))

    def backward(self, dout):
        return self.scale * dout / (1 + np.abs(self.x)) ** 2


class Bilinear:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, x):
        self.x = x
        return np.einsum("ni,ij,nj->n", x, self.w, x) + self.b

    def backward(self, dout):
        self.dw = np.einsum("n,ni,nj->ij", dout, self.x, self.x)
        self.grad_b = dout.sum()
        return dout[:, None] * (self.x @ (self.w + self.w.T))


class Softmax:
    @staticmethod
    def forward(ctx, x):
        p = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)
        ctx.save_for_backward(p)
        return p

    @staticmethod
    def backward(ctx, grad_output):
        (p,) = ctx.saved_tensors
        return p * (grad_output - (grad_output * p).sum(axis=-1, keepdims=True))
"""


def checked(tmp_path, names, spec, code=CODE):
    """The Result of the first check of a spec."""
    path = tmp_path / "functions.py"
    path.write_text(code)
    source = Source(str(path), tuple(names.split(",")) if names else ())
    reading = read_text(f"layer: function\n{spec}", "f.yaml", FORMS)
    assert reading.errors == ()
    surveyed = survey(source, ("function",))
    assert surveyed.problem is None, surveyed.problem
    return run_source(reading.checks[0], source, surveyed.found[0])


RIGHT = [
    ("swish_forward,swish_backward", "inputs: {x: [4, 5], beta: []}"),
    ("without_cache,without_cache_backward", "inputs: {x: [4, 5], w: [5, 3]}"),
    ("focal", "inputs: {x: [4, 5], y: {shape: [4], dtype: int64, high: 5}}\nsettings: {gamma: 3}"),
    ("parts_forward,parts_backward", "inputs: {x: [3, 4]}\noutputs: [squares, tanh]"),
    ("sign_forward,sign_backward", "inputs: {x: [3, 4]}\nsurrogate: hard_tanh"),
    ("reverse_forward,reverse_backward", "inputs: {x: [3, 4]}\nscale: -1"),
    ("Softsign", "inputs: {x: [3, 4]}\nsettings: {scale: 2.5}"),
    ("Bilinear", "inputs: {x: [3, 4], w: [4, 4], b: []}"),
    ("Softmax", "inputs: {x: [3, 4]}"),
]


@pytest.mark.parametrize(("names", "spec"), RIGHT)
def test_right_code_of_every_style_passes(names, spec, tmp_path):
    result = checked(tmp_path, names, spec)
    assert result.status == "pass", told(result)
    # Nobody knows what it should compute, which is said.
    assert result.findings[0].code == "no-reference"
    in_float32 = checked(tmp_path, names, f"dtype: float32\n{spec}")
    assert in_float32.status == "pass", told(in_float32)


@pytest.mark.parametrize(
    ("names", "spec", "old", "new", "wrong"),
    [
        (*RIGHT[0], "(dout * x * x * s", "(dout * x * s", {"dbeta"}),
        (*RIGHT[1], "(dout @ w.T) * (1", "(dout @ w.T) * (2", {"dx"}),
        (*RIGHT[2], "(chosen - p) / len(y)", "(chosen - p)", {"dx"}),
        (*RIGHT[3], "dx[:, :2] += ", "dx[:, :2] = ", {"dx"}),
        (*RIGHT[4], "(np.abs(x) <= 1)", "(np.abs(x) <= 2)", {"dx"}),
        (*RIGHT[5], "return -dout", "return dout", {"dx"}),
        (*RIGHT[6], "return self.scale * dout /", "return dout /", {"dx"}),
        (*RIGHT[7], "(self.w + self.w.T)", "(2 * self.w)", {"dx"}),
        (*RIGHT[8], "(grad_output * p).sum(axis=-1", "(grad_output * p).sum(axis=0", {"dx"}),
    ],
)
def test_wrong_code_is_found_whatever_its_style(names, spec, old, new, wrong, tmp_path):
    assert old in CODE
    result = checked(tmp_path, names, spec, CODE.replace(old, new))
    assert result.status == "fail"
    assert wrong_tensors(result) == wrong


LOSSES = """
import numpy as np


class Huber:
    def forward(self, x, y):
        self.d = x - y
        return np.where(abs(self.d) < 1, self.d**2 / 2, abs(self.d) - 0.5).mean()

    def backward(self):
        g = np.clip(self.d, -1, 1) / self.d.size
        return g, -g


def with_cache(x, y):
    return ((x - y) ** 2).mean(), x - y


def with_cache_back(kept):
    return 2 * kept / kept.size, -2 * kept / kept.size


def bare(x, y):
    return ((x - y) ** 2).mean()


def bare_back(x, y):
    return 2 * (x - y) / x.size, 2 * (y - x) / x.size
"""


@pytest.mark.parametrize("names", ["Huber", "with_cache,with_cache_back", "bare,bare_back"])
def test_the_backward_of_a_loss_may_leave_dout_out(names, tmp_path):
    spec = "inputs: {x: [3, 4], y: [3, 4]}"
    result = checked(tmp_path, names, spec, LOSSES)
    assert result.status == "pass", told(result)
    wrong = LOSSES.replace("/ self.d.size", "").replace("2 * kept / kept.size, -2", "kept / kept.size, -2")
    result = checked(tmp_path, names, spec, wrong.replace("return 2 * (x - y)", "return (x - y)"))
    assert "dx" in wrong_tensors(result)


def test_where_one_gradient_is_missing_its_input_may_be_a_constant(tmp_path):
    text = "def loss(x, target):\n    return ((x - target) ** 2).sum(), 2 * (x - target)\n"
    result = checked(tmp_path, "loss", "inputs: {x: [3, 4], target: [3, 4]}", text)
    hints = {finding.code: finding.hint for finding in result.findings}
    said = "return dx, dtarget, in this order; where target is a constant, say `differentiate: false` of it"
    assert hints["wrong-shape"] == said


def cannot(tmp_path, names, spec, code=CODE):
    with pytest.raises(CannotOpen) as caught:
        checked(tmp_path, names, spec, code)
    return str(caught.value)


def test_what_cannot_be_called_as_the_spec_says_is_said(tmp_path):
    spec = "inputs: {x: [3, 4]}\nsettings: {slope: 1}"
    assert "Softsign(self, x) takes no slope" in cannot(tmp_path, "Softsign", spec)
    near = "inputs: {x: [4, 5], y: {shape: [4], dtype: int64, high: 5}}\nsettings: {gama: 1}"
    assert "did you mean gamma?" in cannot(tmp_path, "focal", near)
    whole = "inputs: {x: {shape: [4], dtype: int64}}"
    assert "none of which there is a gradient" in cannot(tmp_path, "swish_forward,swish_backward", whole)
    missing = "inputs: {x: [3, 4]}\nsurrogate: soft_tanh"
    assert "there is no function soft_tanh" in cannot(tmp_path, "sign_forward,sign_backward", missing)
    place = "inputs: {x: [3, 4], w: [4, 4], c: []}"
    assert "no place for c" in cannot(tmp_path, "Bilinear", place, CODE.replace("(self, w, b)", "(self, w, b=0)"))


@pytest.mark.parametrize(
    ("names", "spec", "message"),
    [
        ("swish_forward,swish_backward", "inputs: {x: [3], beta: []}\noutputs: [a, b, c]", "and the spec says that it"),
        ("hard_tanh", "inputs: {x: [3]}", "expected (value, gradients): name its backward as well"),
    ],
)
def test_an_output_that_is_none_is_a_finding(names, spec, message, tmp_path):
    result = checked(tmp_path, names, spec)
    assert result.status == "error"
    assert any(message in one.message for one in result.findings), told(result)


def test_without_a_name_the_only_one_is_meant_and_of_several_none(tmp_path):
    alone = CODE[CODE.index("class Softsign") : CODE.index("class Bilinear")]
    assert checked(tmp_path, "", "inputs: {x: [2, 3]}", "import numpy as np\n" + alone).status == "pass"
    path = tmp_path / "functions.py"
    path.write_text(CODE)
    assert "it is not said which function is meant" in survey(Source(str(path)), ("function",)).problem


def test_arrays_are_drawn_as_they_are_told():
    def drawn(**told):
        return drawn_array(DrawnInput("x", (200,), **told), np.dtype(np.float64), Draws("seed"))

    assert drawn(positive=True).min() > 0
    assert 2 <= drawn(low=2, high=3).min() < drawn(low=2, high=3).max() < 3
    gaps = np.diff(np.sort(drawn(distinct=True)))
    assert gaps.min() > 0.4 * gaps.mean()
    assert set(drawn(dtype="int64", high=3)) == {0, 1, 2}
    assert set(drawn(dtype="int64", low=5, high=7)) == {5, 6}
    assert set(drawn(dtype="bool")) == {False, True}
    assert drawn(dtype="float32").dtype == np.float32
    value = drawn_array(DrawnInput("x", (2,), value=(1, 2.5)), np.dtype(np.float64), Draws("seed"))
    assert value.tolist() == [1, 2.5]
    assert np.array_equal(drawn(), drawn())
