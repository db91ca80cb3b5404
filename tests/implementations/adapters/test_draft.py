"""The first text of an adapter runs as it is, where what is found is called as most of its kind are."""

import pytest

from convcheck.implementations.adapters.discover import bind as bind_adapter
from convcheck.implementations.adapters.draft import draft
from convcheck.implementations.classes.discover import found_classes
from convcheck.implementations.source import Found
from convcheck.layers.catalogue import LAYERS
from tests.implementations.adapters.conftest import found_in_adapter
from tests.implementations.classes.styles import COMMON, NORMS, POOL, RELU, SCRATCH, SIZED
from tests.implementations.running import module_of, run_with, told

EVERY = tuple(LAYERS)


FUNCTIONS = (
    COMMON
    + """
def conv_fwd(x, w, b, conv_param):
    out, col = convolve(x, w, b, conv_param["stride"], conv_param["pad"])
    return out, (x, w, col, conv_param["stride"], conv_param["pad"])

def conv_bwd(dout, cache):
    return convolve_back(dout, *cache)
"""
)


def test_a_draft_of_functions_runs_as_it_is(beside):
    text = draft(Found("conv", ("conv_fwd", "conv_bwd"), 1, "conv_fwd(x, w, b, conv_param)"), LAYERS["conv"], "cnn")
    module = module_of(text, beside(FUNCTIONS))
    result = run_with(bind_adapter, module, found_in_adapter(module, EVERY)[0])
    assert result.status == "pass", told(result)


@pytest.mark.parametrize("name", ["Convolution", "MaxPool2d", "Pooling", "Relu", "BatchNormalization"])
def test_a_draft_of_a_class_runs_as_it_is(name, beside):
    code = COMMON + SCRATCH + POOL + RELU + NORMS
    here = beside(code)
    found = next(f for f in found_classes(module_of(code, here), EVERY) if f.names == (name,))
    module = module_of(draft(found, LAYERS[found.layer], "cnn"), here)
    changed = {"eps": 1e-6} if found.layer == "batchnorm" else {}
    result = run_with(bind_adapter, module, found_in_adapter(module, EVERY)[0], **changed)
    assert result.status == "pass", (told(result), draft(found, LAYERS[found.layer], "cnn"))


def test_a_draft_gives_sizes_by_the_names_of_the_constructor(tmp_path):
    (found,) = found_classes(module_of(COMMON + SIZED, tmp_path), EVERY)
    said = draft(found, LAYERS["conv"], "cnn")
    assert "Conv2d(in_channels=C, out_channels=F, kernel_size=(H1, W1), stride=stride, padding=pad)" in said
    assert "def forward(x, w, b, C, F, H1, W1, stride, pad):" in said
    compile(said, "draft", "exec")


STEPS = """
import numpy as np

def embed_forward(x, W):
    return W[x], (x, W)

def embed_backward(dout, cache):
    dW = np.zeros_like(cache[1])
    np.add.at(dW, cache[0], dout)
    return dW

def cell_forward(x, h, c, Wx, Wh, b):
    i, f, o, g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, o, g = *(1 / (1 + np.exp(-a)) for a in (i, f, o)), np.tanh(g)
    next_c = f * c + i * g
    return o * np.tanh(next_c), next_c, (x, h, c, Wx, Wh, i, f, o, g, np.tanh(next_c))

def cell_backward(dh, dc, cache):
    x, h, c, Wx, Wh, i, f, o, g, t = cache
    dc = dc + dh * o * (1 - t * t)
    da = np.hstack([dc * g * i * (1 - i), dc * c * f * (1 - f), dh * t * o * (1 - o), dc * i * (1 - g * g)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, da.sum(axis=0)

class Cell:
    def __init__(self, Wx, Wh, b):
        self.weights = Wx, Wh, b

    def forward(self, x, h_prev, c_prev):
        h, c, self.cache = cell_forward(x, h_prev, c_prev, *self.weights)
        return h, c

    def backward(self, dh, dc):
        dx, dh, dc, self.dWx, self.dWh, self.db = cell_backward(dh, dc, self.cache)
        return dx, dh, dc
"""


@pytest.mark.parametrize(
    "found",
    [
        Found("word_embedding", ("embed_forward", "embed_backward"), 1, "embed_forward(x, W)"),
        Found("lstm_step", ("cell_forward", "cell_backward"), 1, "cell_forward(x, h, c, Wx, Wh, b)"),
        Found("lstm_step", ("Cell",), 1, "Cell(Wx, Wh, b).forward(x, h_prev, c_prev), .backward(dh, dc)"),
    ],
    ids=lambda found: found.names[0],
)
def test_a_draft_has_what_leads_and_every_output(found, beside):
    here = beside(STEPS)
    module = module_of(draft(found, LAYERS[found.layer], "cnn"), here)
    result = run_with(bind_adapter, module, found_in_adapter(module, EVERY)[0])
    assert result.status == "pass", (told(result), draft(found, LAYERS[found.layer], "cnn"))
