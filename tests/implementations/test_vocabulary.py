"""Names of other people's code, looked up in the words of each layer."""

import pytest

from convcheck.implementations.vocabulary import (
    accepted_with,
    gradient_words,
    layer_called,
    quantity,
    settings_of,
    step_called,
)
from convcheck.layers.catalogue import LAYERS


@pytest.mark.parametrize(
    ("name", "layer"),
    {
        "conv_relu_pool": "conv+relu+max_pool",
        "affine_bn_relu": "affine+batchnorm+relu",
        "conv_bn_relu": "conv+spatial_batchnorm+relu",
        "relu_bn": "relu+batchnorm",
        "MyLinearReLU": "affine+relu",
        "fc_relu_fc_layer": "affine+relu+affine",
        "conv_relu_fc": "conv+relu+affine",
        "affine_ln_gelu_naive": "affine+layernorm+gelu",
    }.items(),
)
def test_names_of_layers_one_after_the_other_are_a_sequence(name, layer):
    assert layer_called(name) == layer


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_goes_by_its_own_name_with_what_people_put_around_it(name):
    around = (f"my_{name}", f"{name}_layer", f"Naive{name.title()}Function", f"{name}Op", f"{name}_naive")
    for affixed in (name, name.title(), *around):
        assert layer_called(affixed) == name


@pytest.mark.parametrize(
    ("name", "layer"),
    {
        "ConvLayer2D": "conv",
        "ConvolutionLayer2D": "conv",
        "MaxPoolLayer2D": "max_pool",
        "MaxPoolingLayer2D": "max_pool",
        "AvgPoolLayer2D": "avg_pool",
        "BatchNormLayer2D": "spatial_batchnorm",
        "MyConvTransposeLayer2d": "conv_transpose",
        "conv_layer_1d": "conv1d",
        "ConvOp3D": "conv3d",
        "InstanceNormFunction2D": "instance_norm",
    }.items(),
)
def test_the_axes_may_stand_after_a_word_that_says_nothing(name, layer):
    assert layer_called(name) == layer


@pytest.mark.parametrize(
    "name", ["Layer2D", "ConvLayer4D", "capsule", "my_layer", "conv_capsule", "relu_dropout", "", "layer"]
)
def test_what_has_no_layers_name_is_none(name):
    assert layer_called(name) is None


@pytest.mark.parametrize("name", LAYERS)
def test_every_word_is_what_the_layers_tables_say_it_is(name):
    layer = LAYERS[name]
    for table in (layer.words.sizes, layer.words.settings, layer.words.running):
        for key, said in table.items():
            clear = said - layer.words.contested
            assert not clear or key in {quantity(word, layer, ()) for word in clear}
    for array in layer.input_names[1:]:
        assert {quantity(word, layer, ()) for word in layer.words.inputs[array] - layer.words.contested} <= {array}
    assert quantity("no_such_word", layer, ()) is None
    assert quantity("params", layer, ()) == "params"
    assert quantity("is_training", layer, ()) == "training"


@pytest.mark.parametrize(
    ("name", "beside", "number", "meant"),
    [
        ("filters", ("x", "bias"), False, "w"),
        ("filters", ("kernel_size", "strides"), True, "F"),
        ("W", ("b", "stride"), False, "w"),
        ("W", ("C", "H"), True, "W"),
    ],
)
def test_a_word_for_two_things_is_decided_by_the_names_beside_it(name, beside, number, meant):
    assert quantity(name, LAYERS["conv"], beside, number=number) == meant


def test_some_settings_tell_others():
    assert {"stride", "pad"} <= set(accepted_with("params", LAYERS["conv"]))
    assert accepted_with("training", LAYERS["batchnorm"]) == ("mode",)
    assert set(accepted_with("kernel", LAYERS["max_pool"])) == {"H1", "W1"}
    assert accepted_with("eps", LAYERS["batchnorm"]) == ()
    assert settings_of(LAYERS["batchnorm"]) == {
        "eps", "momentum", "mode", "running_mean", "running_var", "training", "testing",
    }  # fmt: skip


def test_a_gradient_is_called_after_its_input():
    assert {"dw", "gradw", "wgrad", "dweights", "deltaw", "dldw"} <= gradient_words("w", LAYERS["conv"])
    assert {"dw", "db"} & gradient_words("b", LAYERS["conv"]) == {"db"}


def test_a_step_is_told_by_a_name_that_is_left_when_it_is_over_time() -> None:
    assert {step_called(name) for name in ("GRU", "TimeGRU")} == {"gru_step"}
    assert {step_called(name) for name in ("Time", "Clock", "RNN")} == {None}
