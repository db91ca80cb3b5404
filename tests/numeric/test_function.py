"""Forward as the probes call it: counted, on copies, and NaN where it raises outside its domain."""

import math

import numpy as np
import pytest

from convcheck.implementations.errors.raised import Raised
from convcheck.numeric.function import Function, InputProbe


def function_of(f):
    return Function(lambda *inputs: (f(*inputs), None))


def test_evaluations_are_counted_and_the_inputs_stay():
    def overwriting(x):
        x *= 2
        return x

    function, x = function_of(overwriting), np.ones(3)
    assert (function([x]) == 2).all()
    assert (x == 1).all()
    function.call([x])
    assert (x == 2).all()  # `call` hands over the very arrays
    assert function.evaluations == 2
    assert function.seconds > 0


def test_an_output_is_an_array_of_its_own():
    buffer = np.zeros(2)

    def reusing(x):
        buffer[:] = x
        return buffer

    function = function_of(reusing)
    first = function([np.ones(2)])
    function([np.full(2, 5.0)])
    assert (first == 1).all()


@pytest.mark.parametrize(
    ("returned", "described"), [(np.ones(2), "ndarray"), ((1, 2, 3), "a tuple of 3"), (None, "NoneType")]
)
def test_what_is_no_pair_is_refused(returned, described):
    with pytest.raises(Raised) as caught:
        Function(lambda x: returned)([np.ones(2)])
    assert str(caught.value.error) == f"returned {described}, expected (out, cache)"


def test_one_input_is_displaced_and_the_others_stay():
    probe = InputProbe(function_of(lambda x, y: x * y), [np.full(2, 3.0), np.full(2, 5.0)], 1)
    assert (probe.x == 5).all()
    assert list(probe(np.array([1.0, -1.0]))) == [18, 12]
    assert list(probe(np.array([1j, 0]))) == [15 + 3j, 15]


def test_inputs_keep_their_dtype_and_the_output_is_in_double_precision():
    dtypes = []

    def noting(x):
        dtypes.append(x.dtype)
        return x

    probe = InputProbe(function_of(noting), [np.ones(2, "float32")], 0)
    assert probe(np.ones(2)).dtype == np.float64
    assert probe(np.ones(2) * 1j).dtype == np.complex128
    assert dtypes == [np.float32, np.complex64]


def test_outside_of_its_domain_code_gives_nan_and_other_errors_come_out():
    def root(x):
        if np.iscomplexobj(x):
            raise ValueError("real numbers only")
        return np.array([math.sqrt(v) for v in x])

    probe = InputProbe(function_of(root), [np.array([4.0, 1.0])], 0)
    assert np.isnan(probe(np.array([0.0, -2.0]))).all()
    with pytest.raises(Raised, match="real numbers only"):
        probe(np.array([0.0, 1j]))
    unfinished = InputProbe(function_of(lambda x: x.no_such_thing), [np.ones(1)], 0)
    with pytest.raises(Raised, match="no_such_thing"):
        unfinished(np.ones(1))
