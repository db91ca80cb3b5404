"""What is kept between calls: a gradient of what the last forward left, memory used again, memos by shape.

Covers contract/state.py, checking/contract/first_call.py and checking/other_settings.py.
"""

from functools import partial

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.checking.contract.state import Held, hands_on, other_inputs
from convcheck.checking.other_settings import other_settings
from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check, Manner
from tests.checking.variants import SIZES, findings
from tests.layers.cases import ONE_OF_EACH

CONV = """
import numpy as np

KEPT = {{}}


def columns(x, w, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    x_pad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    rows = [x_pad[:, :, i : i + (x.shape[2] + 2 * p - w.shape[2]) // s * s + 1 : s] for i in range(w.shape[2])]
    width = (x.shape[3] + 2 * p - w.shape[3]) // s * s + 1
    return np.stack([np.stack([row[..., j : j + width : s] for j in range(w.shape[3])], 2) for row in rows], 2)


def conv_forward(x, w, b, conv_param):
    {forward}
    out = np.einsum("ncijhw,fcij->nfhw", cols, w) + b[:, None, None]
    {cache}


def conv_backward(dout, cache):
    x, w, b, conv_param, cols = {of}
    s, p = conv_param["stride"], conv_param["pad"]
    {dw}
    dw[...] = np.einsum("ncijhw,nfhw->fcij", cols, dout)
    dx_pad = np.zeros((*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * p), x.dtype)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            where = np.s_[:, :, i : i + s * dout.shape[2] : s, j : j + s * dout.shape[3] : s]
            dx_pad[where] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
    dx = dx_pad[:, :, p : p + x.shape[2], p : p + x.shape[3]]
    return dx, dw, dout.sum((0, 2, 3))
"""
PLAIN = {
    "forward": "cols = columns(x, w, conv_param)",
    "cache": "return out, (x, w, b, conv_param, cols)",
    "of": "cache",
    "dw": "dw = np.zeros_like(w)",
}
MEMO = """key = {}
    if key not in KEPT:
        KEPT[key] = columns(x, w, conv_param)
    cols = KEPT[key]"""

# What differs from PLAIN; which gradients are wrong of it, and what the finding says.
WRONG = {
    "columns by shape": (
        {"cache": "return out, (x, w, b, conv_param, KEPT.setdefault(x.shape, cols))"},
        {"dw"},
        "dw is another where no other call came before: something of an earlier call is remembered",
    ),
    "output by shape": (
        {"forward": MEMO.format("x.shape")},
        {"forward"},
        "the output and dw are others where no other call came before: something of an earlier call is remembered",
    ),
    "columns by name, of the last forward": (
        {
            "cache": "KEPT['cols'] = cols\n    return out, (x, w, b, conv_param, None)",
            "dw": "dw = np.zeros_like(w); cols = KEPT['cols']",
        },
        set(),
        "backward uses what the last forward left: dw of one call is another after forward has been called on other "
        "data",
    ),
    "all of the last forward": (
        {"cache": "KEPT['last'] = x, w, b, conv_param, cols\n    return out, x.shape[0] * x", "of": "KEPT['last']"},
        set(),
        "backward uses what the last forward left: dx and dw of one call are others after forward has been called on "
        "other data",
    ),
    "a buffer for dw": (
        {"dw": "dw = KEPT.setdefault(w.shape, np.zeros_like(w))"},
        set(),
        "the result of an earlier call changes: backward writes dw into memory that an earlier call returned",
    ),
    "a buffer for the output": (
        {
            "cache": "key = out.shape\n    KEPT.setdefault(key, out)[...] = out\n"
            "    return KEPT[key], (x, w, b, conv_param, cols)"
        },
        set(),
        "the result of an earlier call changes: forward writes its output into memory that an earlier call returned",
    ),
}


def run_code(folder, parts, settings=Settings(), **sizes):  # noqa: B008
    path = folder / "layers.py"
    path.write_text(CONV.format(**PLAIN | parts), encoding="utf-8")
    source = Source(str(path))
    (found,) = survey(source, ("conv",)).found
    check = Check("conv", "conv", LAYERS["conv"].sizes(**SIZES["conv"] | sizes), Manner())
    return run_source(check, source, found, settings)


@pytest.mark.parametrize("kept", WRONG)
def test_state_is_a_finding_that_says_which(tmp_path, kept):
    parts, wrong, message = WRONG[kept]
    result = run_code(tmp_path, parts)
    assert result.status == "fail"
    assert wrong <= {tensor.name for tensor in result.tensors if tensor.verdict == "wrong"}
    assert [(f.severity, f.message) for f in findings(result, "state")] == [("error", message)]


def test_what_is_kept_by_all_that_it_depends_on_is_right(tmp_path):
    for parts in ({}, {"forward": MEMO.format("(x.tobytes(), w.shape, *conv_param.values())")}):
        result = run_code(tmp_path, parts)
        assert (result.status, result.findings) == ("pass", ())


def test_what_is_kept_by_shape_and_depends_on_stride_is_seen_in_the_suite(tmp_path):
    forward = """key = (x.shape, w.shape)
    stride, pad = KEPT.setdefault(key, (conv_param["stride"], conv_param["pad"]))
    conv_param = {"stride": stride, "pad": pad}
    cols = columns(x, w, conv_param)"""
    parts = {"forward": forward}
    result = run_code(tmp_path, parts, Settings(suite=True))
    assert result.status == "fail"
    assert [f.message for f in findings(result, "state")] == [
        "the output, dx and dw are others where no other call came before: something of an earlier call is remembered"
    ]
    assert run_code(tmp_path, parts).status == "pass"


RAISES_ON_TIES = """
import numpy as np


def max_pool_forward(x, pool_param):
    k, s = pool_param["pool_height"], pool_param["stride"]
    starts = [(i, j) for i in range(0, x.shape[2] - k + 1, s) for j in range(0, x.shape[3] - k + 1, s)]
    out = np.stack([x[:, :, i : i + k, j : j + k].max((2, 3)) for i, j in starts], 2)
    return out.reshape(*x.shape[:2], (x.shape[2] - k) // s + 1, -1), (x, k, starts)


def max_pool_backward(dout, cache):
    x, k, starts = cache
    dx = np.zeros_like(x)
    for (i, j), d in zip(starts, np.moveaxis(dout.reshape(*dout.shape[:2], -1), 2, 0)):
        window = x[:, :, i : i + k, j : j + k]
        mask = window == window.max((2, 3), keepdims=True)
        places = np.argwhere(mask)
        dx[:, :, i : i + k, j : j + k] += mask * d[:, :, None, None]
        np.zeros(x.shape[0] * x.shape[1])[len(places) - 1]
    return dx
"""


def test_an_exception_on_data_with_ties_is_no_sign_that_anything_is_remembered(tmp_path):
    path = tmp_path / "layers.py"
    path.write_text(RAISES_ON_TIES, encoding="utf-8")
    source = Source(str(path))
    (found,) = survey(source, ("max_pool",)).found
    sizes = LAYERS["max_pool"].sizes(N=2, C=2, H=4, W=4, H1=2, W1=2, stride=2)
    result = run_source(Check("ties", "max_pool", sizes, Manner()), source, found, Settings())
    assert [f.message.partition(":")[0] for f in findings(result, "raised")] == ["backward raised IndexError"]
    assert findings(result, "state") == []


def test_other_settings_keep_the_shapes_of_what_forward_is_given():
    for name, layer in LAYERS.items():
        sizes = layer.sizes(**ONE_OF_EACH[name])
        other = other_settings(sizes, layer)
        changed = {key for key, value in other.given().items() if sizes.given().get(key) != value}
        assert changed <= set(layer.parameters) & set(sizes.given())
        assert changed or not {"stride", "pad", "eps"} & set(layer.parameters)
        assert [other.shapes()[x] for x in layer.input_names] == [sizes.shapes()[x] for x in layer.input_names]


class Affine:
    """A layer as an object: backward is of the last forward, and its gradients are kept in place."""

    def __init__(self):
        self.dw = np.zeros(3)

    def forward(self, x, w):
        self.x, self.w = x.copy(), w.copy()
        return x @ w

    def backward(self, dout):
        self.dw[...] = dout @ self.x
        return np.outer(dout, self.w), self.dw


def test_a_method_of_one_object_is_of_the_last_forward_by_its_nature():
    layer = Affine()
    inputs = [np.arange(6.0).reshape(2, 3) + 1, np.array([1.0, -2.0, 0.5])]
    for forward, backward in [
        (lambda x, w: (layer.forward(x, w), None), lambda dout, cache: layer.backward(dout)),
        (lambda x, w: (layer.forward(x, w), layer), lambda dout, cache: cache.backward(dout)),
    ]:
        result = gradcheck(forward, backward, inputs)
        assert (result.status, findings(result, "state")) == ("pass", [])
    # Handed x and w, it has what it needs; nothing tells whether it is meant to use them.
    result = gradcheck(layer.forward, lambda dout, x, w: layer.backward(dout), inputs)
    assert result.status == "pass"
    assert {f.severity for f in findings(result, "state")} == {"warning"}


def test_backward_that_takes_dout_alone_is_of_the_last_forward_by_its_nature(tmp_path):
    path = tmp_path / "layers.py"
    path.write_text(
        "def relu_forward(x):\n    global last\n    last = x\n    return x * (x > 0)\n\n\n"
        "def relu_backward(dout):\n    return dout * (last > 0)\n",
        encoding="utf-8",
    )
    found = survey(Source(str(path))).found
    check = Check("relu", "relu", LAYERS["relu"].sizes(**SIZES["relu"]), Manner())
    (result,) = map(partial(run_source, check, Source(str(path))), found)
    assert (result.status, result.findings) == ("pass", ())


@pytest.mark.parametrize(
    ("cache", "other", "expected"),
    [
        (None, None, False),
        ((1, None), (1, None), False),
        ((1, [1]), (1, [1]), True),
        ([], [], True),
        ((1,), (1, 2), True),
    ],
)
def test_a_cache_hands_on_what_differs_from_that_of_another_call(cache, other, expected):
    assert hands_on(cache, other) is expected
    assert not hands_on(cache, cache)


def test_other_data_has_other_values_in_other_ranks_and_the_same_signs():
    x = np.array([[1.0, -2.0], [3.0, 4.0]], np.float32)
    (other,) = other_inputs([x])
    assert (other.dtype, other.tolist()) == (x.dtype, [[3.0, 2.25], [-1.5, 0.75]])
    assert other_inputs([np.array(2.0)])[0].shape == ()


def test_only_arrays_of_numbers_are_held():
    array, odd = np.zeros(2), np.array([None])
    held = Held({"a": array, "b": odd, "c": "text"})
    assert held.changed() == []
    array[0] = np.nan
    odd[0] = 1
    assert held.changed() == ["a"]


RELU = """
import numpy as np


class Relu:
    def __init__(self):
        self.caches = []
        self.calls = 0

    def forward(self, x):
        {kept}
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * ({of} > 0)
"""
INSTANCES = {
    "anew": ("self.x = x", "self.x", ""),
    "the last of many": ("self.caches.append(x)", "self.caches[-1]", ""),
    "by a counter": ("self.calls += 1; setattr(self, f'x{self.calls}', x)", "getattr(self, f'x{self.calls}')", ""),
    "once": ("self.x = getattr(self, 'x', x)", "self.x", "dx is another where the same instance has run forward"),
    "by its shape": (
        "self.x = self.x if getattr(self, 'shape', None) == x.shape else x; self.shape = x.shape",
        "self.x",
        "dx is another where the same instance has run forward on another x before",
    ),
    "the first of many": ("self.caches.append(x)", "self.caches[0]", "dx is another where the same instance"),
}


@pytest.mark.parametrize("how", INSTANCES)
def test_what_an_instance_keeps_of_its_first_forward_is_seen_in_its_second(how, tmp_path):
    kept, of, said = INSTANCES[how]
    (tmp_path / "relu.py").write_text(RELU.format(kept=kept, of=of))
    source = Source(str(tmp_path / "relu.py"))
    (found,) = survey(source).found
    check = Check("relu", "relu", LAYERS["relu"].sizes(shape=(3, 4)), Manner())
    result = run_source(check, source, found, Settings())
    assert result.status == ("fail" if said else "pass"), result.findings
    messages = [finding.message for finding in result.findings if finding.code == "state"]
    assert [message[: len(said)] for message in messages] == ([said] if said else [])
