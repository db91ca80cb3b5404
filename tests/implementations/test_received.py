"""What code under test returned, as numbers: everything strange comes out plain, or as nothing, and raises nothing."""

from fractions import Fraction

import numpy as np
import pytest

from convcheck.implementations.received import real_part, received
from tests.implementations.strange import Closed, Own

NUMBERS = np.array([[1.0, -2.0], [0.5, 4.0]])


@pytest.mark.parametrize(
    ("value", "container", "dtype"),
    [
        (NUMBERS, "", "float64"),
        (NUMBERS.astype(">f8"), "", ">f8"),
        (NUMBERS.astype(np.float16), "", "float16"),
        (NUMBERS.astype(np.longdouble), "", str(np.dtype(np.longdouble))),
        (NUMBERS.astype(complex), "", "complex128"),
        (NUMBERS.astype(object), "", "object"),
        (np.array([[1, Fraction(-2)], [Fraction(1, 2), np.float32(4)]]), "", "object"),
        (np.ma.array(NUMBERS), "MaskedArray", "float64"),
        (NUMBERS.view(np.matrix), "matrix", "float64"),
        (NUMBERS.view(Own), "Own", "float64"),
        (NUMBERS.tolist(), "list", "float64"),
        ((NUMBERS[0], [0.5, 4]), "tuple", "float64"),
    ],
)
def test_numbers_come_out_plain_whatever_they_came_in(value, container, dtype):
    got = received(value)
    assert type(got.real) is np.ndarray
    assert got.real.tolist() == NUMBERS.tolist()
    assert (got.container, str(got.dtype), got.shape, got.masked) == (container, dtype, (2, 2), 0)
    assert not np.shares_memory(got.real, NUMBERS)


@pytest.mark.parametrize("number", [2, 2.0, True + 1, np.float64(2), np.int8(2), 2 + 0j])
def test_a_number_is_an_array_without_axes(number):
    got = received(number)
    assert (got.real.shape, float(got.real), got.container) == ((), 2.0, "")


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (None, "NoneType"),
        ("dx", "str"),
        ({}, "dict"),
        (Closed(), "Closed"),
        ((n for n in (1, 2)), "generator"),
        ([[1.0], [1.0, 2.0]], "a list of 2"),
        (np.array([None, 1.0]), "an array of shape (2,) and dtype object"),
        (np.array(["1.0"]), "an array of shape (1,) and dtype <U3"),
        (np.zeros(2, "M8[s]"), "an array of shape (2,) and dtype datetime64[s]"),
        (np.zeros(1, [("a", float)]), "an array of shape (1,) and dtype [('a', '<f8')]"),
    ],
)
def test_what_holds_no_numbers_is_named(value, described):
    got = received(value)
    assert (got.values, got.described) == (None, described)


def test_what_is_masked_has_no_value():
    got = received(np.ma.array([1, 2, 3], mask=[False, True, False]))
    assert got.masked == 1
    assert np.isnan(got.real).tolist() == [False, True, False]


def test_imaginary_parts_are_dropped_where_they_are_rounding():
    values = np.array([1 + 1e-16j, 2.0])
    assert received(values).real.tolist() == [1.0, 2.0]
    values[1] += 1e-3j
    assert received(values).real is None
    assert np.isnan(real_part(values)).tolist() == [False, True]


def test_a_tensor_is_taken_where_numpy_has_a_dtype_and_memory_for_it():
    torch = pytest.importorskip("torch")
    got = received(torch.tensor([1.0, 2.0], requires_grad=True))
    assert (got.real.tolist(), got.container, got.described) == ([1.0, 2.0], "Tensor", "Tensor")
    for other in (torch.ones(2, device="meta"), torch.ones(2).to_sparse(), torch.ones(2).bfloat16()):
        assert received(other).values is None
