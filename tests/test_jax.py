"""`convcheck.jax`, and functions of JAX handed to gradcheck. Covers jax.py."""

import numpy as np
import pytest

import convcheck

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.jax

import jax.numpy as jnp  # noqa: E402

from convcheck.jax import check_grads  # noqa: E402

X = jnp.asarray(np.random.default_rng(0).standard_normal((2, 3)), "float32")


@jax.custom_vjp
def cube(x, wrong):
    return x**3


cube.defvjp(lambda x, wrong: (x**3, (x, wrong)), lambda kept, dout: (dout * (3 + kept[1]) * kept[0] ** 2, None))


@jax.custom_jvp
def square(x, wrong):
    return x**2


square.defjvp(lambda primals, tangents: (primals[0] ** 2, (2 + primals[1]) * primals[0] * tangents[0]))


def test_what_jax_passes_passes():
    outcome = check_grads(lambda x, p: jnp.tanh(x) @ p["w"] + p["b"], (X, {"w": X.T, "b": X[0, :2]}), 1)
    assert outcome, outcome
    assert check_grads(lambda x: cube(x, 0), (X,), 2, modes=["rev"]).id == "order 2"
    assert check_grads(lambda x: square(x, 0), (X,), 1, "fwd", eps=1e-3).findings[-1].code == "no-use"


@pytest.mark.parametrize(
    ("function", "modes"), [(cube, ["rev"]), (square, ["rev"]), (square, ["fwd"]), (square, ["fwd", "rev"])]
)
def test_what_is_wrong_is_found_in_every_mode(function, modes):
    with pytest.raises(AssertionError, match=r"input 0 \(x\), output 0: at \["):
        check_grads(lambda x: function(x, 1), (X,), 1, modes=modes)


def test_a_tolerance_is_jaxs():
    off = lambda x: jnp.sin(x) + (jax.lax.stop_gradient(x) - x) * 1e-4  # noqa: E731
    with pytest.raises(convcheck.CheckFailed):
        check_grads(off, (X,), 1, "rev")
    assert check_grads(off, (X,), 1, "rev", atol=1e-2, rtol=1e-2)


@pytest.mark.parametrize(
    ("more", "message"),
    [({"order": 0}, "order: expected"), ({"order": 1, "modes": "back"}, "modes: expected")],
)
def test_arguments_that_cannot_be_say_what_was_expected(more, message):
    with pytest.raises(ValueError, match=message):
        check_grads(jnp.sin, (X,), **more)


def test_gradcheck_takes_functions_of_jax_and_its_arrays():
    assert convcheck.gradcheck(cube, [X, 0])
    assert not convcheck.gradcheck(cube, [X, 1])
    assert convcheck.gradcheck(lambda x, i: {"a": x[i], "b": x.sum()}, [X, jnp.array([1, 1])])
    assert convcheck.gradcheck(jnp.tanh, lambda dout, x: dout * (1 - jnp.tanh(x) ** 2), [X])
    assert not convcheck.gradcheck(jnp.tanh, lambda dout, x: dout * (1 - jnp.tanh(x)), [X])
    assert convcheck.gradcheck(lambda x: cube(jnp.round(x), 0) * 0 + x, [X], surrogate=lambda x: x)


def test_complex_gradients_are_jaxs():
    z = X[0] + 1j * X[1]
    outcome = convcheck.gradcheck(lambda z: z**2 * jnp.conj(z), [z])
    assert outcome, outcome
    assert "JAX's" in outcome.findings[-1].message


def doubling(wrong):
    """Twice the input; its bwd is batched by a rule of its own."""

    @jax.custom_batching.custom_vmap
    def doubled(dout):
        return 2 * dout

    @doubled.def_vmap
    def batched(size, is_batched, dout):
        return 2 * (dout[::-1] if wrong else dout), True

    @jax.custom_vjp
    def function(x):
        return 2 * x

    function.defvjp(lambda x: (2 * x, None), lambda kept, dout: (doubled(dout),))
    return function


def test_backward_under_vmap_is_held_against_the_loop():
    assert check_grads(doubling(wrong=False), (X,), 1, "rev", check_batched_grad=True)
    assert check_grads(lambda x: {"a": jnp.sin(x), "b": x @ x.T}, (X,), 1, check_batched_grad=True)
    assert check_grads(doubling(wrong=True), (X,), 1, "rev")
    with pytest.raises(convcheck.CheckFailed, match=r"input 0 \(x\), output 0: at \[\d, \d, \d\] backward under vmap"):
        check_grads(doubling(wrong=True), (X,), 1, "rev", check_batched_grad=True)
    alone = lambda x: jax.pure_callback(lambda d: 2 * d, jax.ShapeDtypeStruct(x.shape, x.dtype), x)  # noqa: E731
    outside = jax.custom_vjp(lambda x: 2 * x)
    outside.defvjp(lambda x: (2 * x, None), lambda kept, dout: (alone(dout),))
    with pytest.raises(convcheck.CheckFailed, match="under vmap raised"):
        check_grads(outside, (X,), 1, "rev", check_batched_grad=True)


def test_a_kink_passes_as_it_does_in_jax():
    at = jnp.asarray([0.0, 1.0, -2.0], "float32")
    assert check_grads(jnp.abs, (at,), 1, "rev").findings[-1].code == "at-kink"
    with pytest.raises(convcheck.CheckFailed):
        check_grads(lambda x: jnp.abs(x) + 1.5 * (x - jax.lax.stop_gradient(x)), (at,), 1, "rev")


def test_a_jvp_of_a_function_of_jax_is_looked_at_from_gradcheck():
    assert convcheck.gradcheck(lambda x: square(x, 0), [X], jvp=True)
    by_hand = lambda primals, tangents: (jnp.sin(primals[0]), jnp.cos(primals[0]) * tangents[0])  # noqa: E731
    assert convcheck.gradcheck(jnp.sin, [X], jvp=by_hand)
    outcome = convcheck.gradcheck(jnp.sin, [X], jvp=lambda p, t: jnp.cos(p[0]) * t[0] * 1.01)
    (said,) = [finding.message for finding in outcome.findings if finding.code == "forward-mode"]
    assert ": input 0 (x), output 0: at [" in said
