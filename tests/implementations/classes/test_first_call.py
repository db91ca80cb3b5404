"""Instances that make their arrays at their first forward, or in a method that is to be called before it."""

import numpy as np
import pytest

from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.first_call import after_first_call, methods_that_make_arrays, missing_arrays
from convcheck.layers.catalogue import LAYERS
from tests.implementations.running import class_in, run_with, told, wrong_tensors

LAYER = LAYERS["conv"]
BUILT = """
class Conv:
    def __init__(self, out_channels, kernel_size, stride=1, padding=0):
        self.out_channels, self.k, self.stride, self.padding = out_channels, kernel_size, stride, padding

    def HOW(self, in_channels):
        self.W = np.random.randn(self.out_channels, in_channels, self.k, self.k)
        self.b = np.zeros(self.out_channels)

    def update(self, rate):
        self.W = self.W - rate * self.dW

    def forward(self, x):
        FIRST
        self.x = x
        out, self.col = convolve(x, self.W, self.b, self.stride, self.padding)
        return out

    def backward(self, dout):
        dx, self.dW, self.db = convolve_back(dout, self.x, self.W, self.col, self.stride, self.padding)
        return dx
"""
AT_FIRST = "if not hasattr(self, 'W'): self.HOW(x.shape[1])"
WAYS = {
    "at the first forward": BUILT.replace("FIRST", AT_FIRST).replace("HOW", "lay_out"),
    "in a method of its own": BUILT.replace("FIRST", "pass").replace("HOW", "build"),
    "in a method that is not public": BUILT.replace("FIRST", "pass").replace("HOW", "_init_params"),
}


@pytest.mark.parametrize("way", WAYS)
def test_arrays_that_are_made_later_are_set_all_the_same(way, tmp_path):
    result = run_with(bind_class, *class_in(WAYS[way], tmp_path, "Conv"))
    assert result.status == "pass", told(result)
    wrong = WAYS[way].replace("return dx", "self.db = 2 * self.db; return dx")
    assert wrong_tensors(run_with(bind_class, *class_in(wrong, tmp_path, "Conv"))) == {"db"}


def test_what_makes_arrays_is_known_by_its_name_and_by_what_it_stores(tmp_path):
    for how, makes in (("build", 1), ("_init_params", 1), ("update_all", 0)):
        module, _ = class_in(BUILT.replace("FIRST", "pass").replace("HOW", how), tmp_path, "Conv")
        made = module.Conv(4, 3)
        assert missing_arrays(made, LAYER, ("w", "b")) == 2
        makers = list(methods_that_make_arrays(module.Conv, LAYER, {"C": 3}))
        assert len(makers) == makes
        for make in makers:
            make(made)
            assert made.W.shape == (4, 3, 3, 3)
            assert missing_arrays(made, LAYER, ("w", "b")) == 0


class Later:
    def __init__(self):
        self.w = None

    def make(self):
        self.w = np.ones(3)

    def fail(self):
        raise ValueError("it is not ready")


def lacks(made):
    return made.w is None


def test_the_first_way_that_makes_something_is_taken():
    made, error = after_first_call(Later, (Later.fail, Later.make), lacks)
    assert made.w is not None
    assert error is None


def test_a_call_that_fails_when_it_has_made_everything_leaves_its_failure_to_the_call_in_earnest():
    made, error = after_first_call(Later, (lambda made: (made.make(), made.fail()), Later.fail), lacks)
    assert made.w is not None
    assert error is None


def test_where_no_way_does_a_fresh_one_comes_with_what_was_raised():
    made, error = after_first_call(Later, (Later.fail,), lacks)
    assert made.w is None
    assert str(error) == "it is not ready"
