"""What the text of a function shows, of which nothing is run."""

import pytest

from convcheck.implementations.source_text import (
    attributes_told,
    first_line,
    is_pair,
    keys_of_its_own,
    keys_reached,
    keys_read,
    returned_names,
    shape_names,
    undecorated,
)
from tests.implementations.running import module_of

TEXT = """
import functools

def wrapped(f):
    @functools.wraps(f)
    def g(*a):
        return f(*a)
    return g

@wrapped
def forward(x, param, size, stride, window):
    if x is None:
        return None
    N, C, H, W = x.shape
    rows, columns = size
    out = [*window, stride, param["pad"], param.get("gap", 0)]
    def inner():
        return 1, 2, 3
    return out, param.cache, inner(), 2

def backward(dout, cache):
    def pads(param):
        return param.pop("border")
    n, d = np.shape(dout)
    return cache

def sliced(pair, one):
    return pair[0] + one

def careful(settings):
    if "shape" in settings and "axis" not in settings:
        settings["shape"]
    try:
        settings["size"]
    except (KeyError, TypeError):
        pass
    try:
        settings["depth"]
    except ValueError:
        pass
    return settings["rows"], settings.get("columns")
"""


@pytest.fixture
def module(tmp_path):
    return module_of(TEXT, tmp_path)


def test_the_function_is_seen_under_its_decorators(module):
    assert undecorated(module.forward).__name__ == "forward"
    assert first_line(module.forward) == 10
    assert first_line(len) == 0


def test_what_the_last_return_calls_its_parts(module):
    assert returned_names(module.forward) == ("out", "cache", "…()", "…")
    assert returned_names(module.backward) == ("cache",)
    assert returned_names(len) == ()


def test_keys_are_those_of_the_whole_file(module):
    assert keys_read(module.forward, "param") == {"pad", "gap", "border"}
    assert keys_read(module.forward, "x") == frozenset()


def test_keys_that_it_looks_for_or_does_without_are_its_own(module):
    assert keys_read(module.careful, "settings") == {"shape", "size", "depth", "rows", "columns"}
    assert keys_of_its_own(module.careful, "settings") - {"axis"} == {"shape", "size", "columns"}


def test_what_is_taken_apart_is_a_pair(module):
    assert [is_pair(module.forward, name) for name in ("size", "stride", "window")] == [True, False, True]
    assert [is_pair(module.sliced, name) for name in ("pair", "one")] == [True, False]


def test_what_the_axes_are_called(module):
    assert shape_names(module.forward, "x") == (("N", "C", "H", "W"), 14)
    assert shape_names(module.backward, "dout") == (("n", "d"), 24)
    assert shape_names(module.backward, "cache") == ((), 0)


HANDED_ON = """
def reads(x, param):
    return param["stride"]

def hands_on(x, param):
    return inner(x, settings=param) + further(param)

def inner(x, settings):
    return settings.get("gap", 0)

def further(given):
    return further(given) + given["width"]
"""


def test_keys_are_reached_that_a_function_reads_or_what_it_calls(tmp_path):
    module = module_of(HANDED_ON, tmp_path)
    assert keys_read(module.hands_on, "param") == {"stride"}
    assert keys_reached(module.reads, "param") == {"stride"}
    assert keys_reached(module.hands_on, "param") == {"gap", "width"}


CONSTRUCTOR = """
def __init__(self, size, stride, rate=1):
    self.size, self.own = size, 1
    self.stride = self.step = stride
    self.rate = int(rate)
    self.kept = 3
    self.reach = [self.rate * n for n in size]
"""


def test_attributes_are_told_that_keep_what_a_constructor_is_told_and_are_made_nothing_of(tmp_path):
    module = module_of(CONSTRUCTOR, tmp_path)
    assert attributes_told(module.__init__) == ["size", "stride", "step", "reach"]
