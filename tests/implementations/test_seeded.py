"""Whatever draws random numbers draws the same in every forward, and backward is seen to draw any."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from convcheck.implementations.pair import Pair
from convcheck.implementations.seeded import seeded
from tests.implementations.running import module_of

X = np.ones((8, 9))
LEGACY = "np.random.rand(*x.shape)"
DRAWS = {
    "legacy": LEGACY,
    "python": "np.reshape([random.random() for _ in range(x.size)], x.shape)",
    "new generator": "np.random.default_rng().random(x.shape)",
    "imported by name": "default_rng().random(x.shape)",
    "of the module": "rng.random(x.shape)",
    "of a state": "state.rand(*x.shape)",
    "of a class": "Holder.rng.random(x.shape)",
    "of a default": "by_default(x)",
    "of Python": "np.full(x.shape, own.random())",
}
TEXT = """
import random
import numpy as np
from numpy.random import default_rng
rng = np.random.default_rng(0)
state = np.random.RandomState(1)
own = random.Random(2)
class Holder:
    rng = np.random.default_rng(3)
def by_default(x, rng=np.random.default_rng(4)):
    return rng.random(x.shape)
def forward(x):
    return x * DRAWN, None
def backward(dout, cache):
    return dout
def drawing(dout, cache):
    x = dout
    return dout * DRAWN
"""


def pair_of(folder, drawn, backward="backward", again=False):
    module = module_of(TEXT.replace("DRAWN", drawn), folder)
    once_more = (lambda cache, x: module.forward(x)) if again else None
    return seeded(Pair("any", module.forward, getattr(module, backward), again=once_more), module)


@pytest.mark.parametrize("drawn", DRAWS.values(), ids=DRAWS)
def test_every_forward_draws_the_same(tmp_path, drawn):
    pair = pair_of(tmp_path, drawn)
    (first, _), (second, _) = pair.forward(X), pair.forward(X)
    np.testing.assert_array_equal(first, second)
    assert pair.drew()
    assert not np.array_equal(first, X)


@pytest.mark.parametrize("drawn", DRAWS.values(), ids=DRAWS)
def test_it_is_seen_whether_backward_draws(tmp_path, drawn):
    quiet, loud = pair_of(tmp_path, drawn), pair_of(tmp_path, drawn, "drawing")
    for pair in (quiet, loud):
        pair.forward(X)
        pair.backward(X, None)
    assert not quiet.drew()
    assert loud.drew()


def test_an_object_that_runs_again_draws_other_numbers_and_its_module_is_as_it_was(tmp_path):
    pair, before = pair_of(tmp_path, LEGACY, again=True), np.random.default_rng
    first, cache = pair.forward(X)
    second, _ = pair.again(cache, X)
    assert not np.array_equal(first, second)
    assert np.random.default_rng is before


def test_what_is_found_out_at_the_first_call_draws_nothing_from_it(tmp_path):
    calls = []

    def forward(x):
        if not calls:
            np.random.rand(3)
        calls.append(x)
        return x * np.random.rand(*x.shape), None

    pair = seeded(Pair("any", forward, lambda dout, cache: dout), module_of("", tmp_path))
    np.testing.assert_array_equal(pair.forward(X)[0], pair.forward(X)[0])


@pytest.mark.parametrize("drawn", ["default_rng().random(x.shape)", "rng.random(x.shape)", "state.rand(*x.shape)"])
def test_functions_from_another_file_draw_the_same_too(tmp_path, drawn):
    there = module_of(TEXT.replace("DRAWN", drawn), tmp_path)
    here = ModuleType("here")
    here.forward, here.backward = there.forward, there.backward
    pair = seeded(Pair("any", here.forward, here.backward), here)
    (first, _), (second, _) = pair.forward(X), pair.forward(X)
    np.testing.assert_array_equal(first, second)
    assert pair.drew()
