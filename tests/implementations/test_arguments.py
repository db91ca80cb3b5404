"""What a constructor or a method is told, by the names of its parameters."""

import inspect

import pytest

from convcheck.implementations.arguments import arguments, require_accepted, values_of
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.trial import usual_params
from convcheck.layers.catalogue import LAYERS
from tests.implementations.running import sizes_of


def told(function, name, *, in_order=False, sizes=False, **changed):
    layer, at = LAYERS[name], sizes_of(name, **changed)
    values = values_of(layer, at, usual_params(layer, at))
    parameters = inspect.signature(function).parameters.values()
    return arguments("Code", parameters, layer, values, in_order=in_order, sizes=sizes)


def test_sizes_and_settings_go_by_their_words():
    found = told(lambda in_channels, n_filters, kernel_size, strides, padding: 0, "conv")
    assert found.keywords == {"in_channels": 3, "n_filters": 4, "kernel_size": 3, "strides": 2, "padding": 1}
    assert {"kernel", "H1", "W1", "stride", "pad"} <= found.accepted


def test_a_default_shows_how_a_value_is_written():
    found = told(lambda kernel_size=(3, 3), stride=(1, 1), padding="valid": 0, "conv", stride=1)
    assert found.keywords == {"kernel_size": (3, 3), "stride": (1, 1), "padding": "same"}
    found = told(lambda momentum=0.1, mode=True: 0, "batchnorm", momentum=0.75, mode="test")
    assert found.keywords == {"momentum": 0.25, "mode": False}


def test_what_has_no_meaning_keeps_its_default_and_may_not_lack_one():
    assert told(lambda stride, activation=None: 0, "conv").keywords == {"stride": 2}
    with pytest.raises(CannotOpen, match=r"Code\(stride, activation\): it is not known what 'activation' is"):
        told(lambda stride, activation: 0, "conv")


def test_what_cannot_vary_has_the_value_that_it_always_has():
    assert told(lambda dilation, name: 0, "conv").keywords == {"dilation": 1, "name": "layer"}


def test_a_default_of_its_own_is_kept_where_the_arrays_say_the_size_or_another_parameter_does():
    def forward(training=True, shape=None, num_features=7, *, running_mean=None):
        return 0

    found = told(forward, "batchnorm", mode="test")
    assert set(found.keywords) == {"training", "running_mean"}
    made = told(lambda num_features, ndim=2, momentum=0.9: 0, "batchnorm", sizes=True)
    assert set(made.keywords) == {"num_features", "momentum"}
    assert told(lambda in_channels=1, n_filters=8: 0, "conv", sizes=True).keywords == {"in_channels": 3, "n_filters": 4}


def test_what_cannot_vary_keeps_a_default_that_says_the_same():
    assert told(lambda dilation=1, name=None, mode="MAXIMUM": 0, "max_pool").keywords == {}
    assert told(lambda mode=0: 0, "max_pool").keywords == {}
    assert told(lambda mode="average": 0, "max_pool").keywords == {"mode": "max"}
    assert told(lambda dropout=0.0, dropout_p=0.1: 0, "attention").keywords == {"dropout_p": 0.0}


def test_a_function_that_takes_no_names_is_given_all_in_order():
    found = told(lambda stride, other=7, pad=0: 0, "conv", in_order=True)
    assert (found.positional, found.keywords) == ((2, 7, 1), {})


def test_a_padding_that_no_word_says_is_refused():
    with pytest.raises(Refusal, match="padding is a word, and none says pad = 1"):
        told(lambda padding="same": 0, "conv", stride=2)


@pytest.mark.parametrize(("changed", "refused"), [({"stride": 1, "pad": 0}, None), ({"stride": 2, "pad": 0}, "stride")])
def test_a_setting_without_a_word_can_be_asked_where_it_is_neutral(changed, refused):
    layer, sizes = LAYERS["conv"], sizes_of("conv", **changed)
    values = values_of(layer, sizes, usual_params(layer, sizes))
    if refused is None:
        require_accepted("f", (), layer, values)
    else:
        with pytest.raises(Refusal, match="f has no parameter and no attribute for stride: stride = 2") as caught:
            require_accepted("f", (), layer, values)
        assert caught.value.setting == refused


def test_in_test_mode_the_running_statistics_must_be_given():
    layer, sizes = LAYERS["batchnorm"], sizes_of("batchnorm", mode="test")
    values = values_of(layer, sizes, usual_params(layer, sizes))
    with pytest.raises(Refusal, match="f has no parameter and no attribute for running_mean"):
        require_accepted("f", ("mode", "eps"), layer, values)
