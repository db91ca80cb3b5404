"""Halving a direction leads to the entry that is wrong, and to none where slopes do not add up."""

import numpy as np
import pytest

from convcheck.checking.gradients.bisect import SingleEntry, bisect, bisection_cost
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Input
from convcheck.layers.locality import Same
from convcheck.numeric.data import Steps
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.probing import Probing

EPS = float(np.finfo(float).eps)
X = np.linspace(-1, 1, 24).reshape(4, 6)
DIRECTION = np.where(np.arange(24).reshape(4, 6) % 3 == 0, -0.5, 1.0)


def probing(forward):
    function = Function(lambda x: (forward(x), None))
    zeros = np.zeros(X.shape)
    return Probing(
        claim=Input("x", X.shape, "linear", (Same(0), Same(1))),
        probe=InputProbe(function, [X], 0),
        base=forward(X),
        dout=np.ones(X.shape),
        steps=Steps(1.0, 2.0),
        exact=False,
        noise=np.full(X.shape, 8 * EPS),
        roundoff=8 * EPS,
        epsilon=EPS,
        lost=zeros,
        rng=Draws("any"),
    ), function


def wrong_at(*indices):
    gradient = np.full(X.shape, 3.0)
    for index in indices:
        gradient[index] += 1
    return gradient


def halved(gradient, forward=lambda x: 3 * x, tolerance=1e-9, others=()):
    probed, function = probing(forward)
    scheme = next(probed.schemes("linear"))
    found = bisect(probed, scheme, DIRECTION, others, gradient, lambda entry: SingleEntry(3.0, tolerance))
    return found, function.evaluations, scheme


@pytest.mark.parametrize("index", [(0, 0), (2, 3), (3, 5)])
def test_the_one_wrong_entry_is_found(index):
    bisection, evaluations, scheme = halved(wrong_at(index))
    assert bisection.entry == (index, 4.0, 3.0, 1e-9, None)
    assert evaluations <= bisection_cost(scheme, X.size)


def test_of_several_wrong_entries_one_is_found():
    bisection, *_ = halved(wrong_at((1, 1), (2, 4)))
    assert bisection.entry.index in {(1, 1), (2, 4)}


def test_an_entry_that_rounding_explains_is_left_out_and_none_is_named():
    bisection, *_ = halved(wrong_at((1, 1)), tolerance=2.0)
    assert bisection == (None, True)


@pytest.mark.parametrize("others", [(), (np.ones(X.shape),)])
def test_slopes_that_do_not_add_up_say_nothing(others):
    bisection, *_ = halved(wrong_at((1, 1)), forward=lambda x: 3 * x + (x - X).sum() ** 2, others=others)
    assert bisection == (None, False)
