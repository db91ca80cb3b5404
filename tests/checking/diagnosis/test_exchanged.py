"""Gradients of one shape in each other's place: told by their values, and by nothing else."""

import numpy as np

from convcheck import gradcheck
from convcheck.checking.diagnosis.exchanged import true_order
from tests.checking.variants import findings

A, B, C = np.array([1.0, 2.0, 3.0]), np.array([2.0, -1.0, 5.0]), np.array([0.5, 0.25, 4.0])


def test_two_gradients_of_one_shape_that_are_exchanged_are_one_sentence():
    result = gradcheck(lambda a, b: a * b, lambda dout, a, b: (dout * a, dout * b), [A, B])
    assert [t.verdict for t in result.tensors] == ["wrong", "wrong"]
    assert [f.message for f in findings(result, "swapped")] == [
        "backward returned the gradients in the order db, da, expected da, db"
    ]


def test_three_in_a_circle_are_put_in_order():
    assert true_order({0: (B, A), 1: (C, B), 2: (A, C)}, 3) == (2, 0, 1)
    assert true_order({1: (B, A), 3: (A, B)}, 4) == (0, 3, 2, 1)


def test_wrong_gradients_that_are_no_other_ones_are_not_called_exchanged():
    for wrong in (
        {0: (B, A), 1: (C, B)},
        {0: (B + 1e-3, A), 1: (A, B)},
        {0: (0 * A, A), 1: (A, 0 * A)},
        {0: (B, A)},
        {0: (np.nan * B, A), 1: (A, B)},
    ):
        assert true_order(wrong, 2) == (0, 1)


def test_an_order_that_shapes_and_values_tell_together_is_one_sentence(rng):
    x, g, b = rng.standard_normal((5, 3)), rng.standard_normal(3), rng.standard_normal(3)
    result = gradcheck(lambda x, g, b: x * g + b, lambda d, x, g, b: (d.sum(0), (d * x).sum(0), d * g), [x, g, b])
    assert [f.message for f in findings(result, "swapped")] == [
        "backward returned the gradients in the order db, dg, dx, expected dx, dg, db"
    ]
    assert [t.verdict == "wrong" for t in result.tensors] == [False, True, True]
