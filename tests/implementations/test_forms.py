"""Code is handed its arrays in the shape that it takes, where the layer's words know of another than its own."""

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.implementations.forms import opened
from convcheck.implementations.pair import Pair
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.words import Form

LAYER = LAYERS["relu"]
SIZES = LAYER.sizes(shape=(2, 3))
FLAT = Form(shapes={"x": (6,), "out": (6,)})
COLUMN = Form(shapes={"x": (6, 1), "out": (6, 1)})


def layer_with(*forms):
    return LAYER._replace(words=LAYER.words._replace(forms=lambda sizes: forms))


def pair(forward, backward=lambda dout, x: dout * (x > 0)):
    return Pair("mine,back", lambda x: (forward(x), x), backward, again=lambda cache, x: (forward(x), x))


def flat_alone(x):
    assert len(x.shape) == 1
    return np.maximum(x, 0)


def run(made, layer, things=()):
    x = np.arange(-3.0, 3).reshape(2, 3)
    seen = opened(lambda layer, sizes: lambda params: made, layer, SIZES, things)(None)
    out, cache = seen.forward(x)
    again, _ = seen.again(cache, -x)
    return out, seen.backward(np.ones((2, 3)), cache), again


def is_right(results):
    x = np.arange(-3.0, 3).reshape(2, 3)
    wanted = np.maximum(x, 0), 1.0 * (x > 0), np.maximum(-x, 0)
    flat = [part[0] if isinstance(part, tuple) else part for part in results]
    return all(
        part.shape == right.shape and np.array_equal(part, right) for part, right in zip(flat, wanted, strict=True)
    )


@pytest.mark.parametrize("forms", [(FLAT,), (COLUMN, FLAT), (FLAT, COLUMN)])
def test_what_runs_in_another_form_is_handed_that(forms):
    assert is_right(run(pair(flat_alone), layer_with(*forms)))


def test_what_is_right_in_the_layers_own_shape_is_handed_nothing_else():
    shapes = []
    made = pair(lambda x: shapes.append(x.shape) or np.maximum(x, 0))
    assert is_right(run(made, layer_with(FLAT)))
    assert {*shapes} == {(2, 3)}


def test_the_gradients_tell_where_the_output_does_not():
    def backward(dout, x):
        assert len(x.shape) == 1
        return dout * (x > 0)

    assert is_right(run(pair(lambda x: np.maximum(x, 0), backward), layer_with(FLAT)))


def test_what_is_wrong_in_every_form_is_left_in_the_layers_own():
    shapes = []
    run(pair(lambda x: shapes.append(x.shape) or np.minimum(x, 0)), layer_with(FLAT))
    assert shapes[-2:] == [(2, 3), (2, 3)]


def test_a_form_of_another_check_is_refused():
    form = FLAT._replace(use="declined", sentence="takes x of one axis")
    with pytest.raises(Refusal, match=r"^mine takes x of one axis$"):
        run(pair(flat_alone), layer_with(form))


def test_what_asks_how_many_axes_there_are_is_held_to_those_that_it_runs_on():
    def half(x):
        return np.maximum(x, 0) if x.ndim == 1 else np.minimum(x, 0)

    assert is_right(run(pair(half), layer_with(FLAT)))
    assert not is_right(run(pair(half), layer_with(FLAT), [half]))
