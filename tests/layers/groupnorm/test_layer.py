"""Group normalisation: by hand, its groups, and gamma in the shape that code takes; instance normalisation as its case.

Covers layers/groupnorm/words.py, layers/groupnorm/readable.py and layers/instance_norm/layer.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, status, statuses, write
from tests.layers.cases import data_for, passes

LAYER, INSTANCE = LAYERS["groupnorm"], LAYERS["instance_norm"]

FUNCTIONS = """
    import numpy as np
    def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
        N, C, H, W = x.shape
        xg = x.reshape(N, G, -1)
        xc = xg - xg.mean(axis=2, keepdims=True)
        std = np.sqrt((xc**2).mean(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
        xhat = (xc / std).reshape(x.shape)
        return GAMMA * xhat + BETA, (xhat, std, gamma, G)
    def spatial_groupnorm_backward(dout, cache):
        xhat, std, gamma, G = cache
        g, z = (a.reshape(len(dout), G, -1) for a in (dout * GAMMA, xhat))
        dx = (g - g.mean(2, keepdims=True) - z * (g * z).mean(2, keepdims=True)) / std
        return dx.reshape(dout.shape), (dout * xhat).sum((0, 2, 3)KEPT), dout.sum((0, 2, 3)KEPT)
"""


def functions(gamma, kept):
    text = FUNCTIONS.replace("GAMMA", gamma).replace("BETA", gamma.replace("gamma", "beta"))
    return text.replace("KEPT", ", keepdims=True" if kept else "")


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    x = np.array([1.0, -1.0, 3.0, 7.0]).reshape(1, 4, 1, 1)
    gamma, beta = np.array([2.0, 3.0, 1.0, 1.0]).reshape(1, 4, 1, 1), np.zeros((1, 4, 1, 1))
    out, cache = variant.forward(x, gamma, beta, {"G": 2, "eps": 3.0})
    # Channels 0 and 1 are a group of variance 1, channels 2 and 3 one of variance 4.
    second = 2 / np.sqrt(7)
    np.testing.assert_allclose(out.reshape(4), [1, -1.5, -second, second])
    dx, dgamma, dbeta = variant.backward(np.array([1.0, 0.0, 0.0, 1.0]).reshape(1, 4, 1, 1), cache)
    np.testing.assert_allclose(dgamma.reshape(4), [0.5, 0, 0, second])
    np.testing.assert_allclose(dbeta.reshape(4), [1, 0, 0, 1])
    # g = (2, 0): (g - 1 - x̂ · 1/2) / 2 in the first group.
    np.testing.assert_allclose(dx.reshape(4)[:2], [0.375, -0.375])


def test_one_group_is_a_layernorm_of_images_and_one_for_each_channel_an_instance_normalisation():
    inputs, dout, params = data_for(LAYER, LAYER.sizes(N=2, C=3, H=4, W=5, G=3), seed=0)
    grouped = passes(LAYER, LAYER.variants["vectorized"], inputs, dout, params)
    each = passes(INSTANCE, INSTANCE.variants["vectorized"], inputs, dout, {"eps": params["eps"]})
    for tensor, value in grouped.items():
        np.testing.assert_array_equal(each[tensor], value)
    ones = [inputs[0], np.ones((1, 3, 1, 1)), np.zeros((1, 3, 1, 1))]
    one = passes(LAYER, LAYER.variants["vectorized"], ones, dout, params | {"G": 1})
    layer = LAYERS["layernorm"]
    flat = [inputs[0].reshape(2, -1), np.ones(60), np.zeros(60)]
    rows = passes(layer, layer.variants["vectorized"], flat, dout.reshape(2, -1), {"eps": params["eps"]})
    np.testing.assert_allclose(one["dx"].reshape(2, -1), rows["dx"], atol=1e-14)


def test_groups_are_equally_large():
    (problem,) = LAYER.sizes(N=1, C=4, H=1, W=1, G=3).problems()
    said = "C = 4 channels cannot be G = 3 groups of equally many: G divides C"
    assert (problem.field, problem.message) == ("G", said)
    assert list(LAYER.sizes(N=1, C=6, H=1, W=1, G=3).problems()) == []


@pytest.mark.parametrize(
    ("gamma", "kept"),
    [
        ("gamma", True),
        ("gamma[:, None, None]", False),
        ("gamma.reshape(1, -1, 1, 1)", False),
        ("gamma.reshape(1, -1, 1, 1)", True),
        ("np.reshape(gamma, (1, G, -1, 1, 1)).reshape(1, -1, 1, 1)", False),
    ],
)
def test_gamma_is_handed_over_in_the_shape_that_code_takes(tmp_path, gamma, kept):
    source = write(tmp_path, functions(gamma, kept))
    (one,) = found(source)
    # As many columns as channels, where (C,) would run along them.
    assert status(source, one, C=4, G=2, H=2, W=4) == "pass"
    wrong = write(tmp_path, functions(gamma, kept).replace("- z * (g * z)", "- z * (z * z)"))
    assert status(wrong, one, C=4, G=2, H=2, W=4) == "fail"


@pytest.mark.parametrize("made", ["channels, groups", "C, G", "num_groups, num_channels"])
def test_a_class_may_call_its_weights_g_and_b_or_its_groups_g(tmp_path, made):
    groups, channels = (("groups", "channels"), ("G", "C"))["G" in made] if "num" not in made else made.split(", ")
    gamma, beta = ("gamma", "beta") if "G" in made else ("g", "b")
    source = write(
        tmp_path,
        f"""
    import numpy as np
    class GroupNorm:
        def __init__(self, {made}, eps=1e-5):
            self.{gamma}, self.{beta} = np.ones({channels}), np.zeros({channels})
            self.{groups}, self.eps = {groups}, eps
        def forward(self, x):
            self.xg = x.reshape(len(x), self.{groups}, -1)
            xc = self.xg - self.xg.mean(2, keepdims=True)
            self.std = np.sqrt((xc**2).mean(2, keepdims=True) + self.eps)
            self.z = xc / self.std
            return self.z.reshape(x.shape) * self.{gamma}[:, None, None] + self.{beta}[:, None, None]
        def backward(self, dout):
            self.d{gamma}, self.d{beta} = (dout * self.z.reshape(dout.shape)).sum((0, 2, 3)), dout.sum((0, 2, 3))
            g = (dout * self.{gamma}[:, None, None]).reshape(self.z.shape)
            dx = g - g.mean(2, keepdims=True) - self.z * (g * self.z).mean(2, keepdims=True)
            return (dx / self.std).reshape(dout.shape)
    """,
    )
    assert statuses(source, H=2, W=3) == ["pass"]


def test_a_gradient_that_lost_the_axes_of_its_gamma_is_of_the_wrong_shape(tmp_path):
    assert statuses(write(tmp_path, functions("gamma", False))) == ["fail"]


CLASS = """
    import numpy as np
    class InstanceNorm2d:
        def __init__(self, channels):
            self.weight, self.bias = SHAPED(np.ones(channels)), SHAPED(np.zeros(channels))
        def forward(self, x):
            xc = x - x.mean((2, 3), keepdims=True)
            self.std = np.sqrt((xc**2).mean((2, 3), keepdims=True) + 1e-7)
            self.z = xc / self.std
            return self.weight.reshape(1, -1, 1, 1) * self.z + self.bias.reshape(1, -1, 1, 1)
        def backward(self, dout):
            self.dweight = (dout * self.z).sum((0, 2, 3)).reshape(self.weight.shape)
            self.dbias = dout.sum((0, 2, 3)).reshape(self.weight.shape)
            g = dout * self.weight.reshape(1, -1, 1, 1)
            return (g - g.mean((2, 3), keepdims=True) - self.z * (g * self.z).mean((2, 3), keepdims=True)) / self.std
"""


@pytest.mark.parametrize("shaped", ["", "(lambda a: a.reshape(1, -1, 1, 1))"])
def test_a_class_keeps_its_weights_in_its_own_shape_and_its_eps_is_found_out(tmp_path, shaped):
    source = write(tmp_path, CLASS.replace("SHAPED", shaped))
    assert statuses(source, eps=1e-7) == ["pass"]
    assert statuses(source, eps=1e-5) == ["error"]
    wrong = write(tmp_path, CLASS.replace("SHAPED", shaped).replace("g.mean((2, 3)", "g.mean((0, 2, 3)"))
    assert statuses(wrong, eps=1e-7) == ["fail"]
