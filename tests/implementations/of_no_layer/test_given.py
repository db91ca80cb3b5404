"""Functions as a program hands them over, on plain arrays. Covers implementations/of_no_layer/given.py."""

import numpy as np
import pytest

import convcheck

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((2, 3)), RNG.standard_normal((2, 3))
Z = X + 1j * Y


def both(x, y):
    return x * y, np.sin(x)


def both_backward(dproduct, dsin, x, y):
    return dproduct * y + dsin * np.cos(x), dproduct * x


def test_several_outputs_have_a_dout_each():
    assert convcheck.gradcheck(both, both_backward, [X, Y], outputs=2)
    assert convcheck.gradcheck(
        lambda x, y: (*both(x, y), (x, y)), lambda a, b, c: both_backward(a, b, *c), [X, Y], outputs=2
    )
    assert convcheck.gradcheck(both, both_backward, [X, Y], [np.ones((2, 3)), X], outputs=2)


def test_of_several_outputs_the_wrong_one_is_named():
    def wrong(dproduct, dsin, x, y):
        return dproduct * y + dsin * np.sin(x), dproduct * x

    outcome = convcheck.gradcheck(both, wrong, [X, Y], outputs=2)
    assert [tensor.verdict == "wrong" for tensor in outcome.tensors] == [True, False]


@pytest.mark.parametrize("returned", [lambda dx, di: (dx, None), lambda dx, di: dx, lambda dx, di: (dx, di)])
def test_whole_numbers_have_no_gradient_whatever_stands_in_its_place(returned):
    labels = np.array([0, 2])

    def backward(dout, x, labels):
        dx = np.zeros_like(x)
        dx[np.arange(2), labels] = 2 * x[np.arange(2), labels] * dout
        return returned(dx, np.zeros_like(labels))

    outcome = convcheck.gradcheck(lambda x, labels: x[np.arange(2), labels] ** 2, backward, [X, labels])
    assert outcome
    assert [tensor.name for tensor in outcome.tensors] == ["dx"]


@pytest.mark.parametrize("skip", [["y"], [1], [-1]])
def test_what_is_skipped_is_handed_on_and_not_asked_for(skip):
    outcome = convcheck.gradcheck(lambda x, y: x * y, lambda dout, x, y: (dout * y, None), [X, Y], skip=skip)
    assert outcome
    assert [tensor.name for tensor in outcome.tensors] == ["dx"]


def test_a_surrogate_is_what_backward_is_the_gradient_of():
    def rounded(x):
        return np.round(x)

    assert convcheck.gradcheck(rounded, lambda dout, x: dout, [X], surrogate=lambda x: x)
    assert not convcheck.gradcheck(rounded, lambda dout, x: 2 * dout, [X], surrogate=lambda x: x)
    assert not convcheck.gradcheck(np.sin, lambda dout, x: dout, [X])


def test_complex_gradients_are_pytorchs():
    # |z|²: ∂/∂Re + i·∂/∂Im = 2z. z²: the conjugate of 2z.
    assert convcheck.gradcheck(lambda z: np.abs(z) ** 2, lambda dout, z: dout * 2 * z, [Z])
    right = convcheck.gradcheck(lambda z: z**2, lambda dout, z: dout * np.conj(2 * z), [Z])
    assert right
    assert "the last index is 0 for real parts" in right.findings[-1].message
    assert right.tensors[0].shape == (2, 3, 2)
    assert not convcheck.gradcheck(lambda z: z**2, lambda dout, z: dout * 2 * z, [Z])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.sin, [X]), TypeError, "sin is none of PyTorch's or JAX's"),
        ((np.sin,), TypeError, "inputs: expected a list of arrays"),
        ((np.sin, np.cos), TypeError, "inputs: expected a list of arrays"),
        ((np.sin, None, [X]), TypeError, "backward: expected a function, received NoneType"),
    ],
)
def test_what_is_missing_is_said(arguments, error, message):
    with pytest.raises(error, match=message):
        convcheck.gradcheck(*arguments)


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"skip": "x"}, TypeError, "skip: expected a list"),
        ({"skip": ["z"]}, ValueError, "no input is named 'z'; there is x"),
        ({"skip": [0]}, ValueError, "no input is left"),
        ({"outputs": 0}, TypeError, "outputs: expected how many"),
        ({"surrogate": "tanh"}, TypeError, "surrogate: expected a function"),
    ],
)
def test_arguments_that_cannot_be_say_what_was_expected(more, error, message):
    with pytest.raises(error, match=message):
        convcheck.gradcheck(lambda x: x, lambda dout, x: dout, [X], **more)
