"""Sizes are written as one number, as pairs or as a whole shape; what can be written in no way is refused."""

import pytest

from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.discover import found_classes
from convcheck.layers.catalogue import LAYERS
from tests.implementations.classes.spellings import SPELLINGS
from tests.implementations.classes.styles import COMMON, CONVS
from tests.implementations.running import class_in, module_of, run_with, told, wrong_tensors

EVERY = tuple(LAYERS)


def test_one_number_for_a_window_that_is_not_square_is_refused(tmp_path):
    result = run_with(bind_class, *class_in(CONVS["held"][0], tmp_path, "ConvolutionalLayer"), H1=3, W1=2)
    assert "takes one number for the window: H1 = 3, W1 = 2" in result.findings[-1].message


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("changed", [{}, {"stride": 1, "pad": 0, "F": 1}], ids=str)
def test_spellings(spelling, changed, tmp_path):
    if spelling == "words and pairs":
        changed = changed | {"pad": 0}
    (found,) = found_classes(module := module_of(COMMON + SPELLINGS[spelling], tmp_path), EVERY)
    result = run_with(bind_class, module, found, **changed)
    assert result.status == "pass", told(result)
    wrong = module_of(COMMON.replace("flat.T @ col", "flat.T @ col * 2") + SPELLINGS[spelling], tmp_path)
    assert wrong_tensors(run_with(bind_class, wrong, found, **changed)) == {"dw"}


def test_what_no_spelling_mends_is_said_of_the_plain_one(tmp_path):
    text = SPELLINGS["pairs for all"].replace("self.x=x", "self.x, _ = 3")
    (found,) = found_classes(module := module_of(COMMON + text.replace("*kernel_size", "3, 3"), tmp_path), EVERY)
    said = {finding.code: finding.message for finding in run_with(bind_class, module, found).findings}
    assert "cannot unpack non-iterable int object" in said["raised"]


def test_of_code_that_wants_pairs_the_mistake_is_said_and_not_that_it_takes_them_apart(tmp_path):
    text = SPELLINGS["pairs for all"].replace("self.x=x", "self.x=x+np.ones(77)")
    (found,) = found_classes(module := module_of(COMMON + text, tmp_path), EVERY)
    said = {finding.code: finding.message for finding in run_with(bind_class, module, found).findings}
    assert "could not be broadcast" in said["raised"]


WINDOWS = """
import numpy as np

class MaxPool:
    def __init__(self, size, stride):
        self.size, self.stride = size, stride

    def forward(self, x):
        self.x = x
        rows = (x.shape[2] - self.size) // self.stride + 1
        columns = (x.shape[3] - self.size) // self.stride + 1
        out = np.zeros((*x.shape[:2], rows, columns))
        for i, j in np.ndindex(rows, columns):
            out[:, :, i, j] = self.window(x, i, j).max(axis=(2, 3))
        return out

    def window(self, x, i, j):
        i, j = i * self.stride, j * self.stride
        return x[:, :, i : i + self.size, j : j + self.size]

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for n, c, i, j in np.ndindex(dout.shape):
            window, into = self.window(self.x, i, j)[n, c], self.window(dx, i, j)[n, c]
            into[np.unravel_index(window.argmax(), window.shape)] += dout[n, c, i, j]
        return dx
"""


def test_a_window_that_only_forward_finds_to_be_two_numbers_is_refused(tmp_path):
    module, found = class_in(WINDOWS, tmp_path, "MaxPool")
    assert run_with(bind_class, module, found, H1=2, W1=2).status == "pass"
    result = run_with(bind_class, module, found, H1=3, W1=2)
    assert "takes one number for the window: H1 = 3, W1 = 2" in result.findings[-1].message


def test_a_pool_of_h_and_w_has_a_window_of_that_size(tmp_path):
    text = WINDOWS.replace("size, stride)", "name, h, w, stride, dilation)").replace("= size, stride", "= h, stride")
    module, found = class_in(text, tmp_path, "MaxPool")
    assert run_with(bind_class, module, found, H1=3, W1=3).status == "pass"


def test_a_window_that_forward_takes_apart_is_said_as_two_numbers(tmp_path):
    text = WINDOWS.replace("        self.x = x\n", "        self.x = x\n        rows, columns = self.size\n")
    text = text.replace("self.size)", "self.size[0])").replace("i + self.size,", "i + self.size[0],")
    text = text.replace("[3] - self.size[0]", "[3] - self.size[1]").replace("j + self.size]", "j + self.size[1]]")
    module, found = class_in(text, tmp_path, "MaxPool")
    for sizes in ({"H1": 3, "W1": 3}, {"H1": 3, "W1": 2}):
        assert run_with(bind_class, module, found, **sizes).status == "pass"
