"""float16 and bfloat16 through gradcheck, in every library. Covers checking/half_precision.py."""

import numpy as np
import pytest

import convcheck

torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
pytestmark = [pytest.mark.torch, pytest.mark.jax]

import jax.numpy as jnp  # noqa: E402

import convcheck.jax  # noqa: E402
import convcheck.torch  # noqa: E402

VALUES = np.random.default_rng(0).standard_normal((3, 4))
HALVES = ("float16", "bfloat16")
# What may be wrong with a backward, as what is done to its gradient.
WRONG = {
    "twice": lambda g: g * 2,
    "of the other sign": lambda g: -g,
    "with a term missing": lambda g: g * 0.5,
    "nothing": lambda g: g * 0,
}


def of_torch(dtype):
    return torch.tensor(VALUES).to(getattr(torch, dtype))


def of_jax(dtype):
    return jnp.asarray(VALUES, dtype)


def of_numpy(dtype):
    return VALUES.astype(getattr(jnp, dtype))


def swish(library, spoilt=lambda g: g, only=False):
    """A forward and a backward by hand; `only`: they take half precision and nothing else."""
    exp = {"torch": torch.exp, "jax": jnp.exp, "numpy": np.exp}[library]

    def refuse(x):
        if only and str(x.dtype).removeprefix("torch.") not in HALVES:
            raise TypeError(f"half precision, not {x.dtype}")

    def forward(x):
        refuse(x)
        return x / (1 + exp(-x))

    def backward(dout, x):
        refuse(x)
        assert dout.dtype == x.dtype
        s = 1 / (1 + exp(-x))
        return spoilt(dout * (s + x * s * (1 - s)))

    return forward, backward


LIBRARIES = {"torch": of_torch, "jax": of_jax, "numpy": of_numpy}


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_right_code_passes_and_wrong_code_fails_in_every_library(library, dtype):
    x = LIBRARIES[library](dtype)
    outcome = convcheck.gradcheck(*swish(library), [x])
    assert outcome, outcome
    assert outcome.dtype == dtype
    (said,) = [f.message for f in outcome.findings if f.code == "half-precision"]
    assert said.startswith("slopes are forward's in float64")
    assert said.endswith(f"its bound there is {dtype}'s rounding")
    # A call of JAX takes a hundred times as long as one of NumPy.
    for spoilt in [*WRONG.values()][-2 if library == "jax" else 0 :]:
        assert convcheck.gradcheck(*swish(library, spoilt), [x]).status == "fail"


@pytest.mark.parametrize("dtype", HALVES)
def test_code_that_takes_half_precision_alone_is_never_accused_and_what_is_far_off_is_found(dtype):
    x = of_torch(dtype)
    outcome = convcheck.gradcheck(*swish("torch", only=True), [x])
    assert outcome.status in ("pass", "undecided"), outcome
    assert f"the code takes {dtype} alone" in str(outcome).replace("\n     ", "")
    for name in ("twice", "of the other sign"):
        outcome = convcheck.gradcheck(*swish("torch", WRONG[name], only=True), [x])
        assert outcome.status == "fail", outcome
    # Stairs look like that.
    assert convcheck.gradcheck(*swish("torch", WRONG["nothing"], only=True), [x]).status == "undecided"


@pytest.mark.parametrize("dtype", HALVES)
def test_a_kink_is_no_mistake_of_code_that_takes_half_precision_alone(dtype):
    def forward(x):
        assert x.dtype == getattr(torch, dtype)
        return x.abs()

    x = torch.tensor([0.0, 1.0, -0.01, 2.0]).to(getattr(torch, dtype))
    assert convcheck.gradcheck(forward, lambda dout, x: dout * x.sign(), [x]).status in ("pass", "undecided")


class Halved(torch.autograd.Function):
    """Half the input; its backward is made as is asked for, right in any wider dtype."""

    @staticmethod
    def forward(ctx, x, how):
        ctx.how = how
        return x * 0.5

    @staticmethod
    def backward(ctx, dout):
        if ctx.how == "overflows":
            return dout * 60000 * 60000 / 60000 / 60000 * 0.5, None
        if ctx.how == "vanishes":
            return dout * 1e-9 * 0.5 / 1e-9, None
        if ctx.how == "counts":
            # In bfloat16 a sum of ones stands still at 256.
            count = torch.zeros((), dtype=dout.dtype)
            for _ in range(2048):
                count = count + 1
            return dout * count / 4096, None
        if ctx.how == "branches":
            return dout * (0.5 if dout.dtype == torch.float64 else 0.75), None
        return dout * 0.5, None


@pytest.mark.parametrize(
    ("how", "dtype"),
    [
        ("overflows", "float16"),
        ("vanishes", "float16"),
        ("counts", "bfloat16"),
        ("branches", "float16"),
    ],
)
def test_what_is_wrong_in_half_precision_alone_is_found_there(how, dtype):
    x = of_torch(dtype)
    assert convcheck.gradcheck(Halved, [x, "right"])
    assert convcheck.gradcheck(Halved, [x.double(), how])
    outcome = convcheck.gradcheck(Halved, [x, how])
    assert outcome.status == "fail", outcome
    assert outcome.tensors[0].verdict == "wrong"


def test_rounding_of_what_is_saturated_is_no_mistake():
    """1 - y² has no digits left behind a tanh that is near 1."""
    x = (torch.tensor(VALUES).abs() + 3).half()
    outcome = convcheck.gradcheck(torch.tanh, lambda dout, x: dout * (1 - torch.tanh(x) ** 2), [x])
    assert outcome.status in ("pass", "undecided"), outcome


def test_weights_of_another_dtype_may_stand_beside_half_precision():
    x, weight = of_torch("bfloat16"), torch.ones(4, dtype=torch.float32)
    assert convcheck.gradcheck(lambda x, weight: (x.float() * weight).to(x.dtype), [x, weight])
    assert convcheck.gradcheck(torch.nn.Linear(4, 2).half(), [of_torch("float16")])


@pytest.mark.parametrize("dtype", HALVES)
def test_the_drop_ins_and_second_derivatives_take_half_precision(dtype):
    x = of_torch(dtype).requires_grad_()
    assert convcheck.torch.gradcheck(torch.sin, x, check_forward_ad=True, check_batched_grad=True)
    assert not convcheck.torch.gradcheck(
        lambda x: x.sin() + 0.5 * (x - x.detach()), x, atol=1e-2, rtol=1e-2, raise_exception=False
    )
    assert convcheck.gradgradcheck(lambda x: x**3, [x])
    assert convcheck.jax.check_grads(jnp.tanh, (of_jax(dtype),), 1)


def test_what_raises_in_half_precision_is_a_finding():
    def forward(x):
        raise RuntimeError("not yet")

    outcome = convcheck.gradcheck(forward, lambda dout, x: dout, [of_numpy("float16")])
    assert (outcome.status, outcome.dtype) == ("error", "float16")
    with pytest.raises(TypeError, match="real numbers beside half precision"):
        convcheck.gradcheck(lambda x, z: (x * z).real, [of_torch("float16"), torch.ones(4, dtype=torch.complex64)])
