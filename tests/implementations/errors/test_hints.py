"""What to do about an exception, where that is known."""

import numpy as np
import pytest

from convcheck.implementations.errors.hints import FLOAT_INDEX, MORE_AXES, hint_for
from convcheck.implementations.errors.raised import Raised, guarded


def raised_by(function, *arguments):
    with pytest.raises(Raised) as error:
        guarded("forward", function, *arguments)
    return error.value


def test_a_method_that_would_have_set_what_is_missing_is_named():
    class Pool:
        def build(self):
            self.margin = 0

        def forward(self):
            return self.margin

    assert raised_by(Pool().forward).hint == "Pool.build sets it, and was not called: an adapter can do that"
    Pool.build = lambda self: None
    assert raised_by(Pool().forward).hint is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("np.zeros(3)[1.0]", f"an index is a float: {FLOAT_INDEX}"),
        ("np.zeros(3)[: 1.0]", f"a slice begins or ends at a float: {FLOAT_INDEX}"),
        ("range(3 / 1)", "a size is a float: divide with //, not /"),
        ("range(np.zeros(3)[0])", f"a size is a float: {FLOAT_INDEX}"),
        ("np.zeros(3)[np.zeros(2)]", f"an index is a float: {FLOAT_INDEX}"),
        ("np.zeros(3, np.bool)" if not hasattr(np, "bool") else "np.float", "is gone since NumPy 1.24: write "),
        ("np.product(3)", "np.product is gone since NumPy 2.0"),
        ("xrange(3)", "Python 2 had xrange: write range"),
        ("unicode(3)", "Python 2 had unicode: write str"),
        ("np.ones(3) + np.ones(2)", "two shapes do not fit"),
        ("np.ones(3).reshape(2, 2)", "the number of entries does not fit"),
        ("np.broadcast_to(1.0, 3).__setitem__(0, 1)", "is a view that must not be written to"),
        ("np.ones(3)[:0].max()", "an array is empty"),
        ("np.ones(3)[7]", "an index goes past the end"),
        ("{}['padding']", "a dictionary has no key 'padding': compare how it is spelt"),
        ("col2im_6d_cython(3)", "col2im_6d_cython is compiled code that is not built"),
        ("__import__('cv2.nowhere')", "pip install opencv-python"),
        ("(lambda a, b: a)(*[1, 2, 3])", None),
    ],
)
def test_hints(code, said):
    with pytest.raises(Exception) as error:
        eval(code, {"np": np})
    hint = hint_for(error.value)
    assert hint is None if said is None else said in hint


def divided(x):
    return x[len(x) / 2]


def looked_up(x):
    places = np.zeros(3)
    return x[places[0]] / len(x)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (divided, "an index is a float: divide with //, not /"),
        (looked_up, f"an index is a float: {FLOAT_INDEX}"),
    ],
)
def test_division_is_blamed_only_where_it_stands_between_the_brackets(function, said):
    assert raised_by(function, np.ones(3)).hint == said


LAYER = {name: f"what it says of {name}" for name in ("shapes", "cropped", "two off", "empty", "index", "axes")}


def augmented(x):
    totl += x  # noqa: F821
    return totl


def test_a_name_before_an_augmented_assignment_may_be_a_slip():
    assert "for a slip in the name before a +=" in raised_by(augmented, np.ones(3)).hint


def test_an_axis_too_many_is_no_matter_of_the_sizes_of_the_output():
    with pytest.raises(ValueError) as error:
        np.zeros((2, 2, 5))[:, :, 0] = np.ones((2, 2, 1)) + np.ones(2)
    assert hint_for(error.value, LAYER) == f"two shapes do not fit: {MORE_AXES}"


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("np.ones((2, 3, 4, 5)) + np.ones((2, 3, 4, 6))", "shapes"),
        ("np.ones(3) + np.ones(2)", "shapes"),
        ("np.ones((2, 3, 4, 5)) + np.ones((2, 3, 0, 0))", "cropped"),
        ("np.zeros((2, 3, 4, 5)).__setitem__(slice(None), np.ones((2, 3, 0, 0)))", "cropped"),
        ("np.ones((2, 3, 4, 5)) + np.ones((2, 3, 4, 0))", "empty"),
        ("np.ones((2, 3, 4, 5)) + np.ones((2, 3, 1, 1, 6, 7))", "shapes"),
        ("np.ones((2, 3, 4, 5)) + np.ones((2, 3, 6, 7))", "two off"),
        ("np.zeros((2, 3, 4, 5)).__setitem__(slice(None), np.ones((2, 3, 2, 3)))", "two off"),
        ("np.ones((2, 3, 4, 5)) + np.ones((2, 3, 6, 5))", "shapes"),
        ("np.ones(3)[:0].max()", "empty"),
        ("np.ones(3)[7]", "index"),
        ("(lambda n, c, h, w: 0)(*np.ones(2)) if 0 else [0 for n, c in [np.ones(3)]]", "axes"),
    ],
)
def test_what_the_layer_knows_more_of_is_said_as_well(code, place):
    with pytest.raises((ValueError, IndexError)) as error:
        eval(code, {"np": np})
    assert hint_for(error.value, LAYER) == f"{hint_for(error.value)}: {LAYER[place]}"
