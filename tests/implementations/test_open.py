"""What a source holds, and what is said where that is nothing, or not what was named."""

from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from tests.implementations.files import found, functions, problem, write


def test_nothing_at_all(tmp_path):
    two = functions("norm_forward", "norm_backward"), functions("other_forward", "other_backward")
    for texts, names in ((two, "FORWARD,BACKWARD"), (two[:1], "norm_forward,norm_backward")):
        source = write(tmp_path, "\n".join(texts))
        assert problem(source, "batchnorm") == (
            f"{source.place} has no function or class with the customary name of a layer, such as batchnorm_forward "
            f"and batchnorm_backward; say which it is: convcheck run --impl {source.place}:{names} --layer batchnorm; "
            f"or, of a function of no layer, what it takes: convcheck run --impl {source.place}:{names} --input x=4,5"
        )


def test_plain_forward_and_backward_need_a_layer(tmp_path):
    source = write(tmp_path, functions("forward", "backward"))
    assert "can be checked: forward,backward (line 1): their names tell no layer; " in problem(source)
    assert [f.names for f in found(source, "relu")] == [("forward", "backward")]
    named = Source(source.place, ("forward", "backward"))
    assert problem(named) == (
        f"forward and backward may be any layer: say which it is: convcheck run --impl {source.place}:forward,backward "
        "--layer conv (or any that `convcheck layers` lists); or, of a function of no layer, what it takes: "
        f"convcheck run --impl {source.place}:forward,backward --input x=4,5"
    )


def test_names_that_are_given(tmp_path):
    source = write(tmp_path, functions("first_conv", "other_backward", "conv_forward", "conv_backward") + "x = 1\n")
    (one,) = found(Source(source.place, ("first_conv", "other_backward")), "conv")
    assert (one.layer, one.names) == ("conv", ("first_conv", "other_backward"))
    (one,) = found(Source(source.place, ("conv_forward", "other_backward")))
    assert one.layer == "conv"
    assert problem(Source(source.place, ("conv_foward", "conv_backward"))) == (
        f"{source.place} has no conv_foward; did you mean conv_forward?"
    )
    assert "x in " in problem(Source(source.place, ("x", "conv_backward")))
    assert "is a function: name forward and backward" in problem(Source(source.place, ("conv_forward",)))


TAKES = """
import numpy as np
class Conv:
    def __init__(self, W, b, stride=1, pad=0, dil=1):
        self.W, self.b, self.dilation, self.groups = W, b, dil, 1
    def forward(self, x): return x
    def backward(self, dout): return dout
class Pooling:
    def __init__(self, pool_h, pool_w, stride=1, around=0):
        self.pad = around
        self.more = 2 * self.pad
    def forward(self, x): return x
    def backward(self, dout): return dout
class MaxPooling2D:
    def __init__(self, pool_size=2, strides=None, padding="valid"):
        self.padding = padding
    def forward(self, x): return x
    def backward(self, dout): return dout
def conv_forward(x, w, b, conv_param): return _conv(x, w, b, conv_param)
def _conv(x, w, b, p): return x, p.get("groups", 1)
def conv_backward(dout, cache): return dout
def conv_forward_plain(x, w, b, conv_param): return x, conv_param["stride"]
def conv_backward_plain(dout, cache): return dout
def max_pool_forward(x, size, stride, padding=0): return x, ()
def max_pool_backward(dout, cache): return dout
"""


def test_what_is_found_says_which_settings_it_has_a_word_for_that_most_code_has_none_for(tmp_path):
    takes = {one.names[0]: one.takes for one in survey(write(tmp_path, TAKES)).found}
    assert takes == {
        "Conv": ("dilation",),
        "Pooling": (),
        "MaxPooling2D": (),
        "conv_forward": ("groups",),
        "conv_forward_plain": (),
        "max_pool_forward": ("pad",),
    }
    text = 'layer = "conv"\ndef forward(x, w, b, dilation): return x, ()\ndef backward(dout, cache): return dout\n'
    assert [one.takes for one in survey(write(tmp_path, text, "adapter.py")).found] == [("dilation",)]
