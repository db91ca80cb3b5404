"""Networks that hold their parameters: how they are found, made and differentiated."""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.of_no_layer.networks import is_network, opened, taken_by, told
from convcheck.layers.draws import Draws
from tests.corpus.edited import RIGHT
from tests.implementations.running import module_of

DTYPE = np.dtype(np.float64)
X, Y = np.ones((5, 11)), np.array([0, 1, 2, 3, 0])


def network(file, name, folder):
    return getattr(module_of((RIGHT / file).read_text(), folder), name)


@pytest.mark.parametrize(
    ("file", "name", "taken"),
    [
        ("net_two_layer.py", "TwoLayerNet", {"input", "hidden", "classes", "reg"}),
        ("net_conv.py", "ThreeLayerConvNet", {"image", "filters", "filter_size", "hidden", "classes", "reg"}),
        ("net_scratch_conv.py", "SimpleConvNet", {"image", "filters", "filter_size", "hidden", "classes"}),
        ("net_scratch_many.py", "MultiLayerNet", {"input", "hidden", "hidden[]", "classes", "reg"}),
        ("net_scratch_lists.py", "TwoLayerNet", {"input", "hidden", "classes"}),
        ("net_layer_dims.py", "DeepNetwork", {"input", "hidden", "hidden[]", "classes", "reg"}),
        (
            "net_fully_connected.py",
            "FullyConnectedNet",
            {"input", "hidden", "hidden[]", "classes", "reg", "dropout", "batchnorm", "layernorm"},
        ),
    ],
)
def test_what_a_network_can_be_told_is_seen_in_its_parameters(file, name, taken, tmp_path):
    kind = network(file, name, tmp_path)
    assert is_network(kind)
    assert {*taken_by(kind)} == taken


def test_layers_and_optimisers_are_no_networks(tmp_path):
    text = """
import numpy as np

class Affine:
    def __init__(self, W, b):
        self.params, self.grads = [W, b], [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x):
        return x @ self.params[0] + self.params[1]

    def backward(self, dout):
        return dout

class Loss:
    def forward(self, x, t):
        return ((x - t) ** 2).sum()

    def backward(self, dout=1):
        return dout

class SGD:
    def __init__(self, lr):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]

class Classifier:
    def __init__(self):
        self.W = None

    def loss(self, X, y, reg):
        return 0.0, self.W
"""
    module = module_of(text, tmp_path)
    assert [name for name in ("Affine", "Loss", "SGD", "Classifier") if is_network(getattr(module, name))] == []


def test_settings_go_where_the_code_has_them_in_its_spelling(tmp_path):
    settings = {"input": 11, "hidden": (7,), "classes": 4, "reg": 0.5}
    assert told(network("net_two_layer.py", "TwoLayerNet", tmp_path), settings, DTYPE) == (
        {"input_size": 11, "hidden_size": 7, "output_size": 4},
        {"reg": 0.5},
    )
    full = network("net_fully_connected.py", "FullyConnectedNet", tmp_path)
    given, _ = told(full, settings | {"batchnorm": True, "dropout": 0.5}, DTYPE)
    assert given == {
        "input_dim": 11,
        "hidden_dims": [7],
        "num_classes": 4,
        "reg": 0.5,
        "normalization": "batchnorm",
        "dropout_keep_ratio": 0.5,
        "dtype": np.float64,
        "seed": 231,
    }
    images = {"image": (3, 6, 6), "filters": 4, "filter_size": 3, "hidden": 5, "classes": 4}
    given, _ = told(network("net_scratch_conv.py", "SimpleConvNet", tmp_path), images, DTYPE)
    assert given["conv_param"] == {"filter_num": 4, "filter_size": 3, "pad": 0, "stride": 1}
    # The code's own names come first.
    assert told(full, {"hidden_dims": (3, 2), "weight_scale": 0.1}, DTYPE)[0]["hidden_dims"] == [3, 2]


def test_a_setting_that_it_does_not_take_is_said(tmp_path):
    kind = network("net_two_layer.py", "TwoLayerNet", tmp_path)
    with pytest.raises(
        CannotOpen, match=r"neither TwoLayerNet\(input_size, .*\) nor its loss takes hidden_sise; did you"
    ):
        told(kind, {"hidden_sise": 3}, DTYPE)
    with pytest.raises(CannotOpen, match="TwoLayerNet needs hidden_size: say it under `settings`"):
        told(kind, {"input": 3}, DTYPE)


@pytest.mark.parametrize(("file", "replaces"), [("net_two_layer.py", True), ("net_scratch.py", False)])
def test_parameters_are_put_where_the_network_sees_them(file, replaces, tmp_path):
    kind = network(file, "TwoLayerNet", tmp_path)
    made = opened(kind, {"input": 11, "hidden": 7, "classes": 4}, {"X": X, "y": Y}, DTYPE, Draws("a"), "")
    assert [*made.inputs] == ["W1", "b1", "W2", "b2"]
    assert all(np.abs(array).min() > 0 for array in made.inputs.values())
    arrays = [*made.inputs.values()]
    loss, cache = made.pair.forward(*arrays)
    other, _ = made.pair.forward(*(2 * a for a in arrays))
    assert loss != other
    assert made.pair.forward(*arrays)[0] == loss
    # Gradients are those of the forward that they came of, whatever has run since.
    first = made.pair.backward(np.array(1.0), cache)
    made.pair.forward(*(2 * a for a in arrays))
    assert all(map(np.array_equal, first, made.pair.backward(np.array(1.0), cache)))
    assert np.allclose(first[0] * 3, made.pair.backward(np.array(3.0), cache)[0])
    complex_ones = [a + 1e-20j for a in arrays]
    if replaces:
        assert made.pair.forward(*complex_ones)[0].dtype.kind == "c"
    else:
        with pytest.raises(TypeError, match="written into arrays of real numbers"):
            made.pair.forward(*complex_ones)


def test_a_method_called_parameters_is_no_place_for_them(tmp_path):
    text = (RIGHT / "net_two_layer.py").read_text().replace("self.params", "self.weights")
    text += "\n    def parameters(self):\n        return self.weights\n"
    kind = module_of(text, tmp_path).TwoLayerNet
    made = opened(kind, {"input": 11, "hidden": 7, "classes": 4}, {"X": X, "y": Y}, DTYPE, Draws("a"), str)
    assert [*made.inputs] == ["W1", "b1", "W2", "b2"]
