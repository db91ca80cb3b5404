"""What is seen in a file and not checked is named with its line and the reason; what has no gradient of its own is not.

Covers implementations/functions/matching.py as well.
"""

import pytest

from convcheck.implementations.open import survey
from tests.implementations.files import functions, write

RELU = functions("relu_forward", "relu_backward")


def seen(folder, text, *layers):
    """The name, line and reason of everything that is not checked beside a ReLU that is."""
    result = survey(write(folder, RELU + text), layers)
    assert [one.names for one in result.found] == [("relu_forward", "relu_backward")]
    return [one.text() for one in result.not_checked]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            ("capsule_forward", "capsule_backward"),
            "capsule_forward,capsule_backward (line 3): no layer is called capsule",
        ),
        (("capsule_step_forward", "capsule_step_backward"), "no layer is called capsule_step"),
        (
            ("affine_dropout_forward", "affine_dropout_backward"),
            "affine, dropout one after the other, and dropout draws numbers by chance: it is checked by itself alone",
        ),
        (("affine_softmax_loss",), "one after the other, and softmax_loss is a loss: it is checked by itself alone"),
        (
            ("rnn_relu_forward", "rnn_relu_backward"),
            "one after the other, and rnn takes or gives more than one array: it is checked by itself alone",
        ),
        (("MishForward", "MishBackward"), "MishForward,MishBackward (line 3): no layer is called Mish"),
        (("lppool_forward", "lppool_backward"), "(line 3): no layer is called lppool"),
        (("stochasticpool_forward", "stochasticpool_backward"), "(line 3): no layer is called stochasticpool"),
        (("batchnrom_forward", "batchnrom_backward"), "no layer is called batchnrom; did you mean batchnorm?"),
        (("forward", "backward"), "forward,backward (line 3): their names tell no layer"),
        (("conv_forward_step", "conv_backward_step"), "(line 3): by their names they are a part of a layer"),
        (("conv_forward_naive",), "conv_forward_naive (line 3): it has no conv_backward_naive beside it"),
        (("conv_backward",), "conv_backward (line 3): it has no forward of its name"),
        (("softmax_backward",), "softmax_backward (line 3): it has no forward of its name"),
        (("softmax", "softmax_backward"), "it has no forward of its name; did you mean softmax?"),
        (("conv_forward", "conv_backwrd"), "it has no conv_backward beside it; did you mean conv_backwrd?"),
        (("softsign", "softsign_grad"), "softsign,softsign_grad (line 3): no layer is called softsign"),
        (("arctan", "arctan_prime"), "arctan,arctan_prime (line 3): no layer is called arctan"),
        (
            ("conv", "conv_gradient"),
            "conv,conv_gradient (line 3): a backward is looked for under the name conv_backward",
        ),
        (("softmax_forward", "grad_softmax"), "softmax_forward,grad_softmax (line 3): no layer is called softmax"),
        (("batchnrom_forward",), "it has no batchnrom_backward beside it; batchnorm was probably meant"),
    ],
)
def test_functions_are_named_with_the_reason(tmp_path, names, said):
    (text,) = seen(tmp_path, functions(*names))
    assert text.endswith(said)


def test_arguments_that_do_not_fit_are_the_reason(tmp_path):
    text = "def conv_forward(x, w, b, zoo, park, lake): return x\ndef conv_backward(dout, cache): return dout\n"
    (said,) = seen(tmp_path, text)
    assert said.startswith(
        "conv_forward,conv_backward (line 3): conv_forward(x, w, b, zoo, park, lake): it is not known"
    )


CLASSES = """
class Capsule:
    def forward(self, x): return x
    def backward(self, dout): return dout
class Conv:
    def forward(self, x): return x
class Network:
    def conv_forward(self, x): return x
    @staticmethod
    def conv_backward(dout): return dout
class TimeCapsule:
    def predict(self, x): return x
    def backprop(self, dout): return 2 * dout
"""


def test_classes_are_named_with_the_reason(tmp_path):
    capsule, conv, *others = seen(tmp_path, CLASSES)
    assert capsule == "Capsule (line 4): no layer is called Capsule"
    assert conv.startswith("Conv (line 7): class Conv: looked for a method backward, ")
    assert others == [
        "Network (line 9): its passes are methods (conv_forward, conv_backward): make functions of them",
        "TimeCapsule (line 13): it has backprop, and no forward by a customary name",
    ]


NO_GRADIENT_OF_ITS_OWN = """
import abc
from numpy import sum as capsule_forward, prod as capsule_backward
from other import lone_backward
def conv_relu_forward(x): return relu_forward(x)
def conv_relu_backward(dout, caches):
    conv, relu = caches
    return softmax_backward(relu_backward(dout, relu), conv)
def _mish_forward(x): return x
def _mish_backward(dout, cache): return dout
def test_mish_forward(): pass
def test_mish_backward(): pass
def check_backward(f): return f
def net_forward(x):
    def inner_backward(dout): return dout
    return x
def fast_forward(tape): return tape
def numerical_grad(f): return f
def grad_penalty(x): return x
class Net:
    def predict(self, x): return x
    def backward(self, dout):
        for layer in self.layers:
            dout = layer.backward(dout)
        return dout
class Layer:
    def forward(self, x): raise NotImplementedError
    def backward(self, dout): raise NotImplementedError
class Sequential:
    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x
    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
"""


def test_what_has_no_gradient_of_its_own_is_not_named(tmp_path):
    write(tmp_path, "def lone_backward(dout): return dout\n", "other.py")
    assert seen(tmp_path, NO_GRADIENT_OF_ITS_OWN) == []
    # As soon as it does sums of its own there is something to be wrong.
    own = NO_GRADIENT_OF_ITS_OWN.replace("dout = layer.backward(dout)", "dout = dout + layer.backward(dout)")
    assert seen(tmp_path, own.replace("relu), conv)", "2 * relu), conv)")) == [
        "conv_relu_forward,conv_relu_backward (line 7): conv_relu_forward(x) takes 1 argument, and conv+relu has x, w, "
        "b: write an adapter: convcheck init --impl FILE.py",
        "Net (line 22): it has backward, and no forward by a customary name",
        "Sequential (line 31): no layer is called Sequential",
    ]


def test_of_what_a_spec_asks_for_and_of_names_that_are_given_nothing_else_is_named(tmp_path):
    text = functions("capsule_forward", "capsule_backward", "relu_forward_fast", "conv_forward")
    assert seen(tmp_path, text, "relu") == [
        "relu_forward_fast (line 5): it has no relu_backward_fast beside it",
    ]
    source = write(tmp_path, RELU + text)
    assert survey(source._replace(names=("relu_forward", "relu_backward"))).not_checked == ()


def test_of_a_layer_over_time_that_there_is_not_the_step_is_named(tmp_path):
    over_time = (
        "class TimeGRU:\n    def forward(self, xs): return 2 * xs\n    def backward(self, dhs): return 2 * dhs\n"
    )
    (said,) = seen(tmp_path, over_time)
    assert said.endswith("there is no layer for TimeGRU over time; there is one for a step of it, gru_step")
    # One that takes the state before is that step.
    step = (
        "class GRU:\n    def forward(self, x, h_prev): return x\n    def backward(self, dh): return self.b + self.Wx\n"
    )
    assert [one.layer for one in survey(write(tmp_path, step, "step.py")).found] == ["gru_step"]


def test_where_nothing_is_found_what_was_seen_is_the_reason_and_one_command_works(tmp_path):
    source = write(tmp_path, functions("convolutoin_forward", "convolutoin_backward"))
    result = survey(source)
    names = "convolutoin_forward,convolutoin_backward"
    assert result.problem == (
        f"nothing in {source.place} can be checked: {names} (line 1): no layer is called convolutoin; did you mean "
        f"conv?; say which it is: convcheck run --impl {source.place}:{names} --layer conv; or, of a function of "
        f"no layer, what it takes: convcheck run --impl {source.place}:{names} --input x=4,5"
    )
    named = source._replace(names=tuple(names.split(",")))
    assert [one.layer for one in survey(named, ("conv",)).found] == ["conv"]
    assert result.not_checked[0].place == source.place
