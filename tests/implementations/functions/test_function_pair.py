"""Functions as they are called and as they answer: through the real engine, which must find them right.

So are `implementations/functions/forward_call.py`, `implementations/functions/backward_call.py` and
`implementations/functions/settings.py`: a style is all of them.
"""

import numpy as np
import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.errors.declined import NotWritten, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.source import Source
from convcheck.layers.draws import Draws
from convcheck.spec.check import Check
from tests.implementations.files import checked, found, pair_of, sizes_of, status, statuses, write

CONV = """
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
def run(x, w, b, stride, pad):
    p = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = sliding_window_view(p, w.shape[2:], (2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,fcij->nfhw", cols, w) + b[:, None, None]
def back(dout, x, w, stride, pad):
    p = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dp, dw = np.zeros_like(p), np.zeros_like(w)
    HH, WW = w.shape[2:]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dp[at] += np.tensordot(dout[:, :, i, j], w, 1)
            dw += np.tensordot(dout[:, :, i, j], p[at], (0, 0))
    return dp[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, dout.sum((0, 2, 3))
"""
PLAIN = """
def conv_forward(x, w, b):
    return run(x, w, b, 1, 0)
def conv_backward(d, x, w):
    return back(d, x, w, 1, 0)
"""
POOL = """
import numpy as np
def run(x, kh, kw, s):
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - kh) // s + 1, (W - kw) // s + 1), x.dtype)
    for i, j in np.ndindex(out.shape[2:]):
        out[:, :, i, j] = x[:, :, i * s : i * s + kh, j * s : j * s + kw].max((2, 3))
    return out
def back(dout, x, kh, kw, s):
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        at = np.s_[n, c, i * s : i * s + kh, j * s : j * s + kw]
        k = np.unravel_index(x[at].argmax(), (kh, kw))
        dx[at][k] += dout[n, c, i, j]
    return dx
"""
NORM = """
import numpy as np
def run(x, gamma, beta, mean, var, eps):
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
def back(dout, x, gamma, mean, var, eps):
    xhat = (x - mean) / np.sqrt(var + eps)
    dg, db = (dout * xhat).sum(0), dout.sum(0)
    return gamma / np.sqrt(var + eps) * (dout - db / len(x) - xhat * dg / len(x)), dg, db
"""

STYLES = {
    "the dictionary has another name": (CONV, """
def conv_forward(x, w, b, p):
    return run(x, w, b, p["stride"], p["pad"]), (x, w, b, p)
def conv_backward(dout, cache):
    x, w, b, p = cache
    return back(dout, x, w, p["stride"], p["pad"])
"""),
    "the dictionary has other keys": (CONV, """
def conv_forward(A, W, b, hparameters):
    return run(A, W, b, hparameters["strides"], hparameters.get("padding", 7)), (A, W, hparameters)
def conv_backward(dZ, stored):
    A, W, hparameters = stored
    return list(back(dZ, A, W, hparameters["strides"], hparameters["padding"]))
"""),
    "keywords with defaults": (CONV, """
def conv_forward(x, w, b, stride=1, pad=0):
    return run(x, w, b, stride, pad), (x, w, stride, pad)
def conv_backward(dout, cache):
    return back(dout, *cache)
"""),
    "nothing but names": (CONV, """
def conv_forward(*, x, w, b, stride, pad=0):
    return run(x, w, b, stride, pad), dict(x=x, w=w, stride=stride, pad=pad)
def conv_backward(*, dout, cache):
    return back(dout, **cache)
"""),
    "names for all but the image": (CONV, """
def conv_forward(x, *, w, b, stride=1, pad=0):
    return run(x, w, b, stride, pad), (x, w, stride, pad)
def conv_backward(dout, cache):
    return back(dout, *cache)
"""),
    "pairs for numbers": (CONV, """
def conv_forward(x, w, b, padding=(0, 0), strides=(1, 1), dilation=1, groups=1):
    (s, _), (p, _) = strides, padding
    return run(x, w, b, s, p), (x, w, s, p)
def conv_backward(dout, cache):
    return back(dout, *cache)
"""),
    "pairs without defaults": (CONV, """
def conv_forward(x, w, b, stride, padding):
    sh, sw = stride
    return run(x, w, b, sh, padding[0]), (x, w, sh, padding[0])
def conv_backward(dout, cache):
    return back(dout, *cache)
"""),
    "names that say nothing": (CONV, """
def conv_forward(x, w, b, one, two):
    return run(x, w, b, one, two), (x, w, one, two)
def conv_backward(dout, cache):
    return back(dout, *cache)
"""),
    "stars": (CONV, """
def conv_forward(*args):
    x, w, b, p = args
    return run(x, w, b, p["stride"], p["pad"]), (x, w, p["stride"], p["pad"])
def conv_backward(*args):
    return back(args[0], *args[1])
"""),
    "double stars": (CONV, """
def conv_forward(x, w, b, **p):
    return run(x, w, b, p["stride"], p["pad"]), (x, w, p["stride"], p["pad"])
def conv_backward(dout, cache, **ignored):
    return back(dout, *cache)
"""),
    "the output alone, and backward by name": (CONV, """
def conv_forward(x, w, b, stride=1, pad=0):
    return run(x, w, b, stride, pad)
def conv_backward(dout, x, w, b, stride, pad):
    return back(dout, x, w, stride, pad)
"""),
    "the output alone, and a dictionary": (CONV, """
def conv_forward(x, w, b, conv_param):
    return run(x, w, b, conv_param["stride"], conv_param["pad"])
def conv_backward(dout, x, w, b, conv_param):
    return back(dout, x, w, conv_param["stride"], conv_param["pad"])
"""),
    "the output alone, and a cache of what was given": (CONV, """
def conv_forward(x, w, b, conv_param):
    return run(x, w, b, conv_param["stride"], conv_param["pad"])
def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    return back(dout, x, w, conv_param["stride"], conv_param["pad"])
"""),
    "a cache in pieces": (CONV, """
def conv_forward(x, w, b, stride=1, pad=0):
    return run(x, w, b, stride, pad), x, w, stride, pad
def conv_backward(dout, first, second, third, fourth):
    return back(dout, first, second, third, fourth)
"""),
    "cache and weights": (CONV, """
def conv_forward(x, w, b, stride=1, pad=0):
    return run(x, w, b, stride, pad), (x, stride, pad)
def conv_backward(dout, cache, W):
    return back(dout, cache[0], W, *cache[1:])
"""),
    "gradients by name": (CONV, """
def conv_forward(x, w, b, conv_param):
    return run(x, w, b, conv_param["stride"], conv_param["pad"]), (x, w, conv_param["stride"], conv_param["pad"])
def conv_backward(dout, cache):
    dx, dw, db = back(dout, *cache)
    return {"db": db, "dW": dw, "dX": dx}
"""),
    "dout last": (CONV, """
def conv_forward(x, w, b, stride, pad):
    return run(x, w, b, stride, pad), (x, w, stride, pad)
def conv_backward(cache, dout):
    return back(dout, *cache)
"""),
    "decorated": (CONV, """
import functools
def twice(f):
    @functools.wraps(f)
    def g(*a, **k):
        f(*a, **k)
        return f(*a, **k)
    return g
@twice
def conv_forward(x, w, b, stride=1, pad=0):
    return run(x, w, b, stride, pad), (x, w, stride, pad)
@twice
def conv_backward(dout, cache):
    return back(dout, *cache)
"""),
    "a pool's dictionary": (POOL, """
def max_pool_forward_naive(x, pool_param):
    p = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    return run(x, *p), (x, *p)
def max_pool_backward_naive(dout, cache):
    return back(dout, *cache)
"""),
    "a pool's f": (POOL, """
def pool_forward(A_prev, hparameters, mode="max"):
    assert mode == "max"
    f = hparameters["f"]
    return run(A_prev, f, f, hparameters["stride"]), (A_prev, f, f, hparameters["stride"])
def pool_backward(dA, cache, mode="max"):
    return back(dA, *cache)
"""),
    "a pool's size": (POOL, """
def maxpool_forward(X, pool_size=2, stride=2):
    return run(X, pool_size, pool_size, stride), X
def maxpool_backward(dout, X, pool_size=2, stride=2):
    return (back(dout, X, pool_size, pool_size, stride),)
"""),
    "a pool's sides": (POOL, """
def max_pool_forward(x, pool_height, pool_width, stride):
    return run(x, pool_height, pool_width, stride)
def max_pool_backward(dout, x, pool_height, pool_width, stride):
    return back(dout, x, pool_height, pool_width, stride)
"""),
    "a pool's pair": (POOL, """
def max_pool_forward(x, kernel_shape, stride=(1, 1), mode="max"):
    return run(x, *kernel_shape, stride[0])
def max_pool_backward(dout, x, kernel_shape, stride=(1, 1), mode="max"):
    kh, kw = kernel_shape
    return back(dout, x, kh, kw, stride[0])
"""),
    "a relu without a cache": ("", """
def relu_forward(Z):
    return Z * (Z > 0)
def relu_backward(Z, dA):
    return dA * (Z > 0)
"""),
    "a relu whose cache is called x": ("", """
def relu_forward(x):
    return x * (x > 0), x > 0
def relu_backward(dout, x):
    return dout * x
"""),
    "a relu with an option": ("", """
def relu_forward(x, inplace=False):
    return x * (x > 0), x
def relu_backward(dout, cache, x=None, inplace=False):
    return dout * (x > 0) * (cache > 0)
"""),
    "gradients in a dictionary beside dx": (CONV, """
def conv_forward(x, w, b, stride, pad):
    return run(x, w, b, stride, pad), (x, w, stride, pad)
def conv_backward(dout, cache):
    dx, dw, db = back(dout, *cache)
    return dx, {"dw": dw, "db": db}
"""),
    "a relu from its output": ("", """
def relu_forward(x):
    return x * (x > 0)
def relu_backward(dout, out):
    return dout * (out > 0)
"""),
    "a batchnorm's dictionary": (NORM, """
def batchnorm_forward(x, gamma, beta, bn_param):
    mean, var, m = x.mean(0), x.var(0), bn_param["momentum"]
    bn_param["running_mean"] = m * bn_param["running_mean"] + (1 - m) * mean
    bn_param["running_var"] = m * bn_param["running_var"] + (1 - m) * var
    return run(x, gamma, beta, mean, var, bn_param["eps"]), (x, gamma, mean, var, bn_param["eps"])
def batchnorm_backward(dout, cache):
    return back(dout, *cache)
"""),
    "a batchnorm's keywords": (NORM, """
def bn_forward(x, gamma, beta, running_mean, running_var, momentum=0.9, epsilon=1e-8, is_training=False):
    mean, var = (x.mean(0), x.var(0)) if is_training else (running_mean.copy(), running_var.copy())
    if is_training:
        running_mean *= momentum
        running_mean += (1 - momentum) * mean
        running_var[...] = momentum * running_var + (1 - momentum) * var
    return run(x, gamma, beta, mean, var, epsilon), (x, gamma, mean, var, epsilon)
def bn_backward(dout, cache):
    return back(dout, *cache)
"""),
    "a batchnorm that returns its statistics": (NORM, """
def bn_forward(x, gamma, beta, running_mean, running_var, mode, eps, momentum):
    mean, var = x.mean(0), x.var(0)
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    out = run(x, gamma, beta, mean, var, eps)
    cache = (x, gamma, mean, var, eps)
    return out, cache, running_mean, running_var
def bn_backward(dout, cache):
    return back(dout, *cache)
"""),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_what_is_right_passes_however_it_is_called(tmp_path, style):
    source = write(tmp_path, "".join(STYLES[style]))
    assert statuses(source) == ["pass"]


@pytest.mark.parametrize("style", [style for style in STYLES if "batchnorm" in style])
def test_running_statistics_are_seen(tmp_path, style):
    source = write(tmp_path, "".join(STYLES[style]))
    pair = pair_of(source, found(source)[0])
    x = np.arange(20.0).reshape(5, 4)
    usual = Draws("any").normal((4,))
    pair.forward(x, np.ones(4), np.zeros(4))
    np.testing.assert_allclose(pair.state()["running_mean"], 0.9 * usual + 0.1 * x.mean(0))
    assert set(pair.state()) == {"running_mean", "running_var"}
    first = pair.state()["running_mean"].copy()
    pair.forward(x, np.ones(4), np.zeros(4))
    # Every call has parameters of its own.
    np.testing.assert_array_equal(pair.state()["running_mean"], first)


@pytest.mark.parametrize(
    ("text", "changed", "said"),
    [
        (STYLES["a pool's size"], {"H1": 2, "W1": 3},
         "maxpool_forward takes one number, pool_size: 2 × 3 cannot be told to it"),
        (STYLES["a pool's f"], {"H1": 2, "W1": 3}, "pool_forward reads one number, 'f': 2 × 3 cannot be told to it"),
        ((CONV, PLAIN),
         {"stride": 2, "pad": 0},
         "conv_forward has no parameter and no attribute for stride: stride = 2 cannot be asked of it"),
        ((CONV, PLAIN),
         {"stride": 1, "pad": 1},
         "conv_forward has no parameter and no attribute for pad: pad = 1 cannot be asked of it"),
        ((NORM, "def bn_forward(x, gamma, beta, eps=1e-5): return x, x\ndef bn_backward(d, c): return d"),
         {"mode": "test"}, "bn_forward has no parameter and no attribute for mode: mode = test cannot be asked of it"),
        ((NORM, "def bn_forward(x, gamma, beta): return x, x[4]\ndef bn_backward(d, c): return d"),
         {"eps": 0.5}, "bn_forward has no parameter and no attribute for eps: eps = 0.5 cannot be asked of it"),
        ((POOL, "def pool_forward(x): return x, x\ndef pool_backward(d, c): return d"),
         {"H1": 3, "W1": 3}, "pool_forward has no parameter and no attribute for H1: H1 = 3 cannot be asked of it"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(tmp_path, text, changed, said):
    source = write(tmp_path, "".join(text))
    (one,) = found(source)
    pair = pair_of(source, one, **changed)
    shapes = {"conv": [(2, 3, 6, 7), (4, 3, 3, 3), (4,)], "max_pool": [(2, 3, 6, 7)], "batchnorm": [(5, 4), (4,), (4,)]}
    with pytest.raises(Refusal) as error:
        pair.forward(*(np.ones(shape) for shape in shapes[one.layer]))
    assert str(error.value) == said


def test_without_a_stride_or_a_pad_the_plain_convolution_can_be_asked(tmp_path):
    text = (
        "def conv_forward(x, w, b): return run(x, w, b, 1, 0)\ndef conv_backward(d, x, w): return back(d, x, w, 1, 0)"
    )
    source = write(tmp_path, CONV + text)
    assert status(source, found(source)[0], stride=1, pad=0) == "pass"


@pytest.mark.parametrize(
    ("forward", "backward", "what", "said"),
    [
        ("pass", "pass", "forward", "relu_forward is not written yet: it returns None"),
        ("'''To do.'''", "pass", "forward", "relu_forward is not written yet: it returns None"),
        ("return None, x", "pass", "forward", "relu_forward is not written yet: it returns None"),
        ("raise NotImplementedError('later')", "pass", "forward",
         "relu_forward is not written yet: it raises NotImplementedError: later"),
        ("return x, x", "pass", "backward", "relu_backward is not written yet: it returns None"),
        ("return x, x", "raise NotImplementedError", "backward",
         "relu_backward is not written yet: it raises NotImplementedError"),
        ("return x, x", "return None, None", "backward", "relu_backward is not written yet: it returns None"),
    ],
)  # fmt: skip
def test_what_is_not_written_yet_is_told_apart(tmp_path, forward, backward, what, said):
    text = f"def relu_forward(x):\n    {forward}\ndef relu_backward(dout, cache):\n    {backward}\n"
    source = write(tmp_path, text)
    pair = pair_of(source, found(source)[0])
    with pytest.raises(NotWritten) as error:
        pair.backward(np.ones(3), pair.forward(np.ones(3))[1])
    assert (error.value.what, str(error.value)) == (what, said)


def test_a_cache_that_is_none_in_test_mode_is_not_written(tmp_path):
    text = """
    def batchnorm_forward(x, gamma, beta, bn_param):
        return x, None if bn_param["mode"] == "test" else (x, gamma)
    def batchnorm_backward(dout, cache):
        x, gamma = cache
    """
    source = write(tmp_path, text)
    pair = pair_of(source, found(source)[0], mode="test")
    out, cache = pair.forward(np.ones((5, 4)), np.ones(4), np.ones(4))
    with pytest.raises(NotWritten, match="batchnorm_forward stores nothing for batchnorm_backward in test mode"):
        pair.backward(out, cache)


def test_an_exception_names_the_line_the_sizes_and_what_to_do(tmp_path):
    text = """
    import numpy as np
    def conv_forward(x, w, b, conv_param):
        h = 1 + (x.shape[2] - w.shape[2]) / conv_param["stride"]
        return np.zeros((1, h)), x
    def conv_backward(dout, cache):
        return dout
    """
    source = write(tmp_path, text)
    with pytest.raises(Raised) as error:
        pair_of(source, found(source)[0]).forward(np.ones((2, 3, 6, 7)), np.ones((4, 3, 3, 3)), np.ones(4))
    assert error.value.sentence() == (
        "forward raised TypeError: 'float' object cannot be interpreted as an integer (line 5 of layers.py, in "
        "conv_forward): return np.zeros((1, h)), x; called with x (2, 3, 6, 7), w (4, 3, 3, 3), b (4,), stride 2, pad 1"
    )
    assert error.value.hint == "a size is a float: divide with //, not /"


def test_names_of_other_functions_dictionaries_do_not_confuse(tmp_path):
    text = "".join(STYLES["keywords with defaults"]) + "def other(w, b): return w['stride'], b.get('pad')\n"
    assert statuses(write(tmp_path, text)) == ["pass"]


def test_names_that_were_given_are_called_as_what_they_are(tmp_path):
    text = "def f(x): return x * (x > 0)\ndef g(dout, x): return dout * (x > 0)\n"
    source = Source(write(tmp_path, text).place, ("f", "g"))
    assert statuses(source, "relu") == ["pass"]


OWN_KEYS = """
import numpy as np
def batchnorm_forward(x, gamma, beta, bn_param):
    given = sorted(bn_param)
    N, D = x.shape
    x = x.reshape(bn_param.get("shape", (N, D)))
    n = bn_param.get("n", N) + bn_param.pop("features", D) + bn_param.setdefault("num_features", D)
    bn_param["input_shape"] = x.shape
    return x + bn_param.get("epsilon", 1e-3) + bn_param["d"], (given, bn_param["input_shape"])
def batchnorm_backward(dout, cache):
    return dout, dout, dout
"""
RESHAPING = """
def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    x = x.reshape(bn_param.get("shape", (N, D)))
    return (x - x.mean(0)) / (x.var(0) + bn_param["eps"]) ** 0.5 * gamma + beta, (x, gamma, bn_param)
def batchnorm_backward(dout, cache):
    x, gamma, bn_param = cache
    std = (x.var(0) + bn_param["eps"]) ** 0.5
    h, g = (x - x.mean(0)) / std, dout * gamma
    return (g - g.mean(0) - h * (g * h).mean(0)) / std, (dout * h).sum(0), dout.sum(0)
"""


TWO_SIDES = """
def max_pool_forward(x, pool_param):
    given = sorted(pool_param)
    rows, columns = pool_param["pool_height"], pool_param["pool_width"]
    return x[:, :, ::rows, ::columns] * pool_param.get("size", 1) * pool_param["stride"], given
def max_pool_backward(dout, cache):
    return dout
"""


@pytest.mark.parametrize(("text", "keys"), [
    (TWO_SIDES, {"pool_height", "pool_width", "stride"}),
    (TWO_SIDES.replace('pool_param["pool_width"]', "2"), {"pool_height", "pool_width", "size", "stride"}),
])  # fmt: skip
def test_where_both_sides_of_a_window_are_read_another_word_for_it_is_the_code_s_own(tmp_path, text, keys):
    source = write(tmp_path, text)
    _, given = pair_of(source, found(source)[0]).forward(np.ones((2, 3, 4, 4)))
    assert {*given} == keys


@pytest.mark.parametrize("nothing", ["[]", "{}", "()", "{'other': dout}"])
def test_a_backward_that_returns_an_empty_container_has_not_forgotten_its_return(tmp_path, nothing):
    text = f"def relu_forward(x): return x * (x > 0), x\ndef relu_backward(dout, cache): return {nothing}\n"
    source = write(tmp_path, text)
    (one,) = found(source)
    result = run_source(Check("relu", "relu", sizes_of("relu")), source, one)
    assert result.status == "fail"
    assert [f.message for f in result.findings] == ["backward returned 0 gradients, expected 1: dx"]


def test_no_key_is_made_up_where_the_code_has_a_value_of_its_own(tmp_path):
    source = write(tmp_path, OWN_KEYS)
    pair = pair_of(source, found(source)[0])
    _, (given, _) = pair.forward(np.ones((5, 4)), np.ones(4), np.ones(4))
    # Another word for a setting is given, and what the code cannot do without.
    usual = {"eps", "mode", "momentum", "running_mean", "running_var"}
    assert {*given} - usual == {"epsilon", "d"}
    source = write(tmp_path, RESHAPING)
    (one,) = found(source)
    result = run_source(Check("batchnorm", "batchnorm", sizes_of("batchnorm")), source, one)
    # Nothing but the statistics, which it does not keep, is wrong with it.
    assert {finding.code for finding in result.findings} == {"running-statistics"}
    assert "wrong" not in {tensor.verdict for tensor in result.tensors}


def test_a_window_that_one_number_cannot_say_is_not_asked_for(tmp_path):
    text = """
    import numpy as np

    def max_pool_forward(x, pool_size, stride):
        out = np.zeros((*x.shape[:2], (x.shape[2] - pool_size) // stride + 1, (x.shape[3] - pool_size) // stride + 1))
        for i, j in np.ndindex(*out.shape[2:]):
            window = x[:, :, i * stride : i * stride + pool_size, j * stride : j * stride + pool_size]
            out[:, :, i, j] = window.max(axis=(2, 3))
        return out, None

    def max_pool_backward(dout, cache):
        return dout
    """
    source = write(tmp_path, text)
    (one,) = found(source)
    assert checked(source, one, H1=2, W1=1).status == "skipped"
    assert checked(source, one, H1=2, W1=2).status == "fail"
