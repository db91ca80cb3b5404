"""What an instance is made with, where it keeps its arrays, and what is said of one that cannot be made."""

import pytest

from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.discover import classes_in
from convcheck.layers.catalogue import LAYERS
from tests.implementations.classes.styles import COMMON, SCRATCH
from tests.implementations.running import cannot, class_in, module_of, run_with

EVERY = tuple(LAYERS)


def test_a_parameter_that_means_nothing_known_is_named(tmp_path):
    said = cannot(SCRATCH.replace("stride=1, pad=0", "stride, pad, activation"), "Convolution", tmp_path)
    assert "it is not known what 'activation' is" in said


def test_gradients_that_are_nowhere_are_named(tmp_path):
    said = cannot(SCRATCH.replace("self.dW, self.db = conv", "p, q = conv"), "Convolution", tmp_path)
    assert "dw, db was found nowhere" in said


def test_a_class_without_weights_is_told_what_it_has(tmp_path):
    text = SCRATCH.replace("self, W, b, stride=1, pad=0", "self, stride=1, pad=0").replace("self.W, self.b, ", "")
    text = text.replace("= W, b, stride, pad", "= stride, pad")
    assert "found the attributes stride (int), pad (int), dW (NoneType), db (NoneType)" in cannot(
        text, "Convolution", tmp_path
    )


def test_what_there_is_no_word_for_is_refused(tmp_path):
    text = (
        SCRATCH.replace("stride=1, pad=0", "stride=1")
        .replace("self.pad", "0")
        .replace("self.W, self.b, self.stride, 0 = W, b, stride, pad", "self.W, self.b, self.stride = W, b, stride")
    )
    module, found = class_in(text, tmp_path, "Convolution")
    assert run_with(bind_class, module, found, pad=0).status == "pass"
    result = run_with(bind_class, module, found, pad=1)
    assert result.status == "error"
    assert "Convolution has no parameter and no attribute for pad: pad = 1" in result.findings[-1].message


def test_images_with_channels_last_are_not_guessed(tmp_path):
    text = SCRATCH.replace("self.x = x\n", "self.x = x\n        N, H, W, C = x.shape\n")
    found, (near,) = classes_in(module_of(COMMON + text, tmp_path), ("conv",))
    assert found == ()
    assert "takes images as (N, H, W, C)" in near.why


CELL = """
import numpy as np
class RNNCell:
    def __init__(self, D, H):
        self.Wx, self.Wh = np.ones((D, H)), np.ones((H, H))
        self.{0}, self.{1} = np.ones(H), np.zeros(H)
    def forward(self, x, prev_h):
        return np.tanh(x @ self.Wx + prev_h @ self.Wh + self.{0} + self.{1})
    def backward(self, dh):
        return dh, dh
"""


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("b_ih", "b_hh"), "RNNCell has b_ih: it adds two biases, of which there is one here"),
        (("bx", "bh"), "class RNNCell: it is not known which of .bx and .bh is b"),
    ],
)
def test_two_arrays_that_are_one_of_the_layers_are_no_guess(tmp_path, names, said):
    assert said in cannot(CELL.format(*names), "RNNCell", tmp_path)


OF_EACH_GATE = """
import numpy as np
class {name}:
    def __init__(self, D, H):
        self.W{gate}, self.U{gate} = np.ones((D, H)), np.ones((H, H))
        self.Wi = np.ones((H, D + H))
    def forward(self, x, h_prev, c_prev=None):
        return x @ self.W{gate}
    def backward(self, dh, dc=None):
        return dh, dh
"""


@pytest.mark.parametrize(("name", "gate"), [("LSTMCell", "f"), ("LSTM", "f"), ("GRUCell", "z")])
def test_matrices_of_each_gate_are_not_taken_for_those_of_all(tmp_path, name, gate):
    text = OF_EACH_GATE.format(name=name, gate=gate)
    if name == "LSTM":
        text = text.replace("h_prev, c_prev=None", "h0").replace("dh, dc=None", "dh")
    assert f"{name} has W{gate}: it has a matrix for each gate" in cannot(text, name, tmp_path)
