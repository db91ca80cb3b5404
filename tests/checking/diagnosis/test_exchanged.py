"""Gradients of one shape in each other's place: told by their values, and by nothing else."""

import numpy as np

from convcheck import gradcheck
from convcheck.checking.diagnosis.exchanged import find_exchanged
from tests.checking.variants import findings

A, B, C = np.array([1.0, 2.0, 3.0]), np.array([2.0, -1.0, 5.0]), np.array([0.5, 0.25, 4.0])


def test_two_gradients_of_one_shape_that_are_exchanged_are_one_sentence():
    result = gradcheck(lambda a, b: a * b, lambda dout, a, b: (dout * a, dout * b), [A, B])
    assert [t.verdict for t in result.tensors] == ["wrong", "wrong"]
    assert [f.message for f in findings(result, "swapped")] == [
        "backward returned the gradients in the order db, da, expected da, db"
    ]


def test_three_in_a_circle_are_put_in_order():
    wrong = {0: (B, A), 1: (C, B), 2: (A, C)}
    assert [f.message for f in find_exchanged(["a", "b", "c"], wrong)] == [
        "backward returned the gradients in the order db, dc, da, expected da, db, dc"
    ]


def test_wrong_gradients_that_are_no_other_ones_are_not_called_exchanged():
    assert find_exchanged(["a", "b"], {0: (B, A), 1: (C, B)}) == []
    assert find_exchanged(["a", "b"], {0: (B + 1e-3, A), 1: (A, B)}) == []
    assert find_exchanged(["a", "b"], {0: (0 * A, A), 1: (A, 0 * A)}) == []
    assert find_exchanged(["a", "b"], {0: (B, A)}) == []
