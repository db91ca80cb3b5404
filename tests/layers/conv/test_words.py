"""A convolution that has no word for pad may pad all the same; what it cannot be asked is no mistake of its own.

Through `implementations/own_constants.py`, in functions and in a class.
"""

import pytest

from tests.implementations.classes.styles import COMMON
from tests.implementations.files import found, status, write

FUNCTIONS = """
def conv_forward(x, w, b, stride):
    H1, W1 = w.shape[2:]
    out, col = convolve(x, w, b, stride, OWN)
    return out, (x, w, col, stride)
def conv_backward(dout, cache):
    x, w, col, stride = cache
    H1, W1 = w.shape[2:]
    return convolve_back(dout, x, w, col, stride, OWN)
"""
CLASS = """
class Conv:
    def __init__(self, W, b, stride=1):
        self.W, self.b, self.stride = W, b, stride
    def forward(self, x):
        H1, W1 = self.W.shape[2:]
        self.x = x
        out, self.col = convolve(x, self.W, self.b, self.stride, OWN)
        return out
    def backward(self, dout):
        H1, W1 = self.W.shape[2:]
        return convolve_back(dout, self.x, self.W, self.col, self.stride, OWN)
"""
KINDS = {"functions": FUNCTIONS, "class": CLASS}


def outcome(folder, text, **sizes):
    source = write(folder, COMMON + text)
    return status(source, found(source)[0], **sizes)


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("own", ["H1 // 2", "1"])
@pytest.mark.parametrize("stride", [1, 2])
def test_what_pads_by_itself_is_right_where_that_is_asked(tmp_path, text, own, stride):
    text = text.replace("OWN", own)
    assert outcome(tmp_path, text, stride=stride, pad=1) == "pass"
    # An error of the check's, which a suite skips: it is not what the code does.
    assert outcome(tmp_path, text, stride=stride, pad=0) == "error"
    assert outcome(tmp_path, text, stride=stride, pad=2) == "error"


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_a_mistake_is_one_however_it_pads(tmp_path, text):
    text = text.replace("OWN", "H1 // 2").replace("return convolve_back(dout", "return convolve_back(2 * dout")
    assert outcome(tmp_path, text, pad=1) == "fail"


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("side", [2, 3])
def test_a_row_too_many_is_no_padding(tmp_path, text, side):
    one_more = "np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 1)))"
    text = text.replace("OWN", "0").replace("convolve(x,", f"convolve({one_more},")
    assert outcome(tmp_path, text, stride=1, pad=0, H1=side, W1=side) == "fail"
