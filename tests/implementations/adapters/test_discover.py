"""Adapters: the examples of the documentation are run, and what an adapter gets wrong is said."""

import numpy as np
import pytest

from convcheck.checking.check import run_bound
from convcheck.checking.settings import Settings
from convcheck.implementations.adapters.discover import bind as bind_adapter
from convcheck.implementations.adapters.discover import is_adapter
from convcheck.implementations.errors.declined import CannotOpen, NotWritten
from convcheck.implementations.loading.load import load_source
from convcheck.implementations.open import binding_on, survey
from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.spec.check import Check
from tests.implementations.adapters.conftest import found_in_adapter
from tests.implementations.classes.styles import COMMON
from tests.implementations.running import module_of, run_with, sizes_of, told, wrong_tensors

EVERY = tuple(LAYERS)

# What the three examples adapt, as their users might have written it.
NHWC = (
    COMMON
    + """
def conv_forward(x, w, b, stride, pad):
    x, w = x.transpose(0, 3, 1, 2), w.transpose(3, 2, 0, 1)
    out, col = convolve(x, w, b, stride, pad)
    return out.transpose(0, 2, 3, 1), (x, w, col, stride, pad)

def conv_backward(dout, cache):
    dx, dw, db = convolve_back(dout.transpose(0, 3, 1, 2), *cache)
    return dx.transpose(0, 2, 3, 1), dw.transpose(2, 3, 1, 0), db
"""
)
TALL = (
    COMMON
    + """
def conv(x, w, b, hyper):
    assert b.shape == (w.shape[0], 1)
    out, col = convolve(x, w, b, hyper["s"], hyper["p"])
    return out, (x, w, col, hyper["s"], hyper["p"])

def conv_prime(dout, cache):
    dx, dw, db = convolve_back(dout, *cache)
    return dx, dw, db[:, None]
"""
)
OBJECT = (
    COMMON
    + """
class Conv:
    def __init__(self, depth, width, size, step, border):
        self.size, self.step, self.border, self.grads = size, step, border, {}

    def forward(self, x):
        self.x = x
        out, self.col = convolve(x, self.theta["kernel"], self.theta["intercept"], self.step, self.border)
        return out

    def backward(self, dout):
        dx, self.grads["kernel"], self.grads["intercept"] = convolve_back(
            dout, self.x, self.theta["kernel"], self.col, self.step, self.border
        )
        return dx
"""
)


NHWC_ADAPTER = """
from cnn import conv_forward, conv_backward

layer = "conv"

def forward(x, w, b, stride, pad):
    out, cache = conv_forward(x.transpose(0, 2, 3, 1), w.transpose(2, 3, 1, 0), b, stride, pad)
    return out.transpose(0, 3, 1, 2), cache

def backward(dout, cache):
    dx, dw, db = conv_backward(dout.transpose(0, 2, 3, 1), cache)
    return dx.transpose(0, 3, 1, 2), dw.transpose(3, 2, 0, 1), db
"""
TALL_ADAPTER = """
import cnn

layer = "conv"

def forward(x, w, b, stride, pad):
    return cnn.conv(x, w, b[:, None], {"s": stride, "p": pad})

def backward(dout, cache):
    dx, dw, db = cnn.conv_prime(dout, cache)
    return dx, dw, db[:, 0]
"""
OBJECT_ADAPTER = """
from cnn import Conv

layer = "conv"

def forward(x, w, b, C, F, H1, W1, stride, pad):
    conv = Conv(C, F, (H1, W1), stride, pad)
    conv.theta = {"kernel": w, "intercept": b}
    return conv.forward(x), conv

def backward(dout, conv):
    dx = conv.backward(dout)
    return dx, conv.grads["kernel"], conv.grads["intercept"]
"""

EXAMPLES = (NHWC_ADAPTER, TALL_ADAPTER, OBJECT_ADAPTER)


@pytest.mark.parametrize(("position", "code"), list(enumerate([NHWC, TALL, OBJECT])), ids=["nhwc", "tall", "object"])
@pytest.mark.parametrize("changed", [{}, {"H1": 2, "W1": 3, "pad": 0, "stride": 1}], ids=str)
def test_the_examples_of_the_documentation(position, code, changed, beside):
    module = module_of(EXAMPLES[position], beside(code))
    assert is_adapter(module)
    (found,) = found_in_adapter(module, EVERY)
    result = run_with(bind_adapter, module, found, **changed)
    assert result.status == "pass", told(result)
    wrong = module_of(EXAMPLES[position], beside(code.replace("+= col[", "= col[")))
    if not changed:
        assert wrong_tensors(run_with(bind_adapter, wrong, found)) == {"dx"}


def test_there_are_three_examples_of_ten_lines():
    assert len(EXAMPLES) == 3
    assert max(sum(bool(line.strip()) for line in text.splitlines()) for text in EXAMPLES) <= 10


BATCHNORM = """
import numpy as np

layer = "batchnorm"

def forward(x, gamma, beta, mode, eps, momentum, running_mean, running_var):
    mean, var = x.mean(axis=0), ((x - x.mean(axis=0)) ** 2).mean(axis=0)
    moved = (momentum * running_mean + (1 - momentum) * mean, momentum * running_var + (1 - momentum) * var)
    if mode == "test":
        mean, var = moved = running_mean, running_var
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma * xhat + beta, (gamma, xhat, var + eps, mode, moved)

def backward(dout, cache):
    gamma, xhat, var, mode, _ = cache
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    if mode == "test":
        return dout * gamma / np.sqrt(var), dgamma, dbeta
    return gamma / np.sqrt(var) * (dout - dbeta / len(dout) - xhat * dgamma / len(dout)), dgamma, dbeta

def running(cache):
    return cache[-1]
"""


@pytest.mark.parametrize("mode", ["train", "test"])
def test_an_adapter_of_batchnorm(mode, tmp_path):
    module = module_of(BATCHNORM, tmp_path)
    (found,) = found_in_adapter(module, EVERY)
    result = run_with(bind_adapter, module, found, mode=mode, eps=0.5, momentum=0.6)
    assert result.status == "pass", told(result)


def test_running_statistics_of_an_adapter_are_its_state(tmp_path, rng):
    module = module_of(BATCHNORM, tmp_path)
    layer, sizes = LAYERS["batchnorm"], sizes_of("batchnorm")
    params = layer.params(sizes, Draws("any"), np.dtype(np.float64))
    pair = bind_adapter(module, found_in_adapter(module, EVERY)[0], layer, sizes)(params)
    x = rng.standard_normal((5, 4))
    pair.forward(x, np.ones(4), np.ones(4))
    np.testing.assert_allclose(pair.state()["running_mean"], 0.9 * params["running_mean"] + 0.1 * x.mean(axis=0))


def test_an_eps_that_is_built_in_is_measured(tmp_path):
    text = BATCHNORM.replace("mode, eps, momentum", "mode, momentum").replace("+ eps", "+ 1e-3")
    module = module_of(text, tmp_path)
    (found,) = found_in_adapter(module, EVERY)
    assert run_with(bind_adapter, module, found, eps=1e-3).status == "pass"
    result = run_with(bind_adapter, module, found)
    assert any("adds 0.001 to the variance: eps = 1e-05 cannot be asked" in f.message for f in result.findings)


PLAIN = """
layer = "relu"

def forward(x):
    return x * (x > 0), x

def backward(dout, x):
    return dout * (x > 0)
"""


def test_found_where_its_layer_is_asked_for(tmp_path):
    module = module_of(PLAIN, tmp_path)
    assert found_in_adapter(module, EVERY) == (Found("relu", (), 4, "forward(x), backward(dout, cache)", "adapters"),)
    assert found_in_adapter(module, ("conv",)) == ()
    assert run_with(bind_adapter, module, found_in_adapter(module, ("relu",))[0]).status == "pass"


def test_what_is_no_adapter(tmp_path):
    assert not is_adapter(module_of(PLAIN.replace('layer = "relu"', ""), tmp_path))
    assert not is_adapter(module_of(PLAIN.replace("def backward", "def back"), tmp_path))
    assert not is_adapter(module_of(PLAIN.replace('"relu"', "3"), tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"relu"', '"conv2d"', "layer = 'conv2d': expected one of conv, max_pool, relu"),
        ('"relu"', '"conv2d"', "did you mean conv?"),
        ("forward(x)", "forward(x, kernel_size)", "'kernel_size' is no name of relu: there are x, N, C, H, W, shape"),
    ],
)
def test_a_mistake_in_an_adapter_is_named(old, new, message, tmp_path):
    module = module_of(PLAIN.replace(old, new), tmp_path)
    with pytest.raises(CannotOpen) as caught:
        found_in_adapter(module, EVERY)
    assert message in str(caught.value)


def test_a_stride_that_it_does_not_take_cannot_be_asked(beside):
    text = EXAMPLES[0].replace("w, b, stride, pad):", "w, b, pad, stride=1):").replace("b, stride, pad)", "b, 1, pad)")
    module = module_of(text.replace(", stride=1", ""), beside(NHWC))
    (found,) = found_in_adapter(module, EVERY)
    assert run_with(bind_adapter, module, found, stride=1).status == "pass"
    assert "stride = 2 cannot be asked" in run_with(bind_adapter, module, found).findings[-1].message


def test_an_adapter_that_is_not_written(tmp_path):
    module = module_of(PLAIN.replace("return dout * (x > 0)", "pass"), tmp_path)
    pair = bind_adapter(module, found_in_adapter(module, EVERY)[0], LAYERS["relu"], sizes_of("relu"))(None)
    out, cache = pair.forward(np.ones(3))
    with pytest.raises(NotWritten, match="backward") as caught:
        pair.backward(out, cache)
    assert caught.value.what == "backward"


def test_an_adapter_is_opened_with_what_lies_beside_it(tmp_path):
    (tmp_path / "cnn.py").write_text(OBJECT)
    (tmp_path / "mine.py").write_text(EXAMPLES[2])
    source = Source(str(tmp_path / "mine.py"))
    (found,) = survey(source, EVERY).found
    layer, sizes = LAYERS["conv"], sizes_of("conv")
    binding = binding_on(load_source(source), found, layer, sizes)
    result = run_bound(Check("conv", "conv", sizes), layer, binding, Settings())
    assert result.status == "pass", told(result)
