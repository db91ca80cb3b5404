"""Functions of PyTorch's tensors as a program hands them over. Covers implementations/of_no_layer/given.py."""

import numpy as np
import pytest

import convcheck

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

GENERATOR = torch.Generator().manual_seed(0)
X = torch.randn(4, 5, dtype=torch.float64, generator=GENERATOR)
B = torch.tensor(1.3, dtype=torch.float64)
LABELS = torch.tensor([0, 3, 1, 1])


class Swish(torch.autograd.Function):
    bug = False

    @staticmethod
    def forward(ctx, x, beta):
        ctx.save_for_backward(x, beta)
        return x * torch.sigmoid(beta * x)

    @staticmethod
    def backward(ctx, dout):
        x, beta = ctx.saved_tensors
        s = torch.sigmoid(beta * x)
        return dout * (s + (1 if Swish.bug else beta) * x * s * (1 - s)), (dout * x * x * s * (1 - s)).sum()


class Hardened(torch.autograd.Function):
    """A straight-through estimator, with a setting, and whole numbers that have no gradient."""

    @staticmethod
    def forward(ctx, x, labels, scale):
        ctx.scale = scale
        return scale * torch.sign(x)

    @staticmethod
    def backward(ctx, dout):
        return ctx.scale * dout, None, None


class Frees(torch.autograd.Function):
    """Lets go of what it kept in its first backward; with `spoils`, writes into it instead."""

    @staticmethod
    def forward(ctx, x, spoils):
        ctx.kept, ctx.spoils = x.clone(), spoils
        return x**2

    @staticmethod
    def backward(ctx, dout):
        gradient = 2 * ctx.kept * dout
        if ctx.spoils:
            ctx.kept.mul_(2)
        else:
            del ctx.kept
        return gradient, None


class Writes(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 3 * x

    @staticmethod
    def backward(ctx, dout):
        return dout.mul_(3)


class RMSNorm(torch.nn.Module):
    """In float32 inside, whatever it is given."""

    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.linspace(0.5, 1.5, size))
        self.register_buffer("scale", torch.tensor(2.0))

    def forward(self, x):
        wide = x.float()
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)
        return wide.to(x.dtype) * self.weight * self.scale


class BatchNorm(torch.nn.Module):
    def __init__(self, detached=False):
        super().__init__()
        self.inner, self.detached = torch.nn.BatchNorm1d(5), detached

    def forward(self, x):
        out = self.inner(x)
        return out.detach() + x - x.detach() if self.detached else out


RIGHT = {
    "a Function's apply": lambda: (Swish.apply, [X, B]),
    "a Function": lambda: (Swish, {"x": X, "beta": B}),
    "a Module": lambda: (BatchNorm().double(), [X]),
    "a Module in float32": lambda: (RMSNorm(5), [X.float()]),
    "a function": lambda: (lambda x: torch.nn.functional.cross_entropy(x, LABELS), [X]),
    "one that is built in": lambda: (torch.nn.functional.gelu, [X]),
    "whole numbers": lambda: (torch.nn.functional.cross_entropy, [X, LABELS]),
    "on plain arrays": lambda: (torch.sin, [X.numpy()]),
    "by name, in outputs by name": lambda: (lambda x: {"a": x.sin(), "b": [x.cos(), x.argmax(1)]}, {"x": X}),
    "one that frees its graph": lambda: (Frees.apply, [X, False]),
    "a checkpoint": lambda: (lambda x: torch.utils.checkpoint.checkpoint(torch.sin, x, use_reentrant=False), [X]),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_function_is_checked_by_its_own_backward(case):
    function, inputs = RIGHT[case]()
    outcome = convcheck.gradcheck(function, inputs)
    assert outcome, outcome


def test_the_parameters_of_a_module_are_looked_at_as_its_inputs_and_nothing_of_it_changes():
    module = BatchNorm().double()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    outcome = convcheck.gradcheck(module, [X])
    assert [tensor.name for tensor in outcome.tensors] == ["dx", "dinner.weight", "dinner.bias"]
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert module.inner.weight.grad is None


WRONG = {
    "a Module": lambda: (BatchNorm(detached=True).double(), [X]),
    "what it kept, spoilt": lambda: (Frees.apply, [X, True]),
    "dout, written into": lambda: (Writes.apply, [X]),
    "a straight-through estimator": lambda: (Hardened.apply, [X, LABELS, 2.0]),
    "in float32": lambda: (lambda x: x.sin() + (x.detach() - x) * 1e-4, [X.float()]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found_whatever_its_style(case):
    function, inputs = WRONG[case]()
    assert not convcheck.gradcheck(function, inputs)


def test_a_wrong_one_names_input_output_index_and_both_values_in_its_exception_as_well(monkeypatch):
    monkeypatch.setattr(Swish, "bug", True)
    outcome = convcheck.gradcheck(Swish, [X, B])
    (finding,) = [one for one in outcome.findings if one.code == "wrong-at"]
    worst = outcome.tensors[0].worst
    index = ", ".join(map(str, worst.index))
    assert finding.message.startswith(f"input 0 (x), output 0: at [{index}] backward gives {worst.analytic:.7g}")
    with pytest.raises(convcheck.CheckFailed) as caught:
        convcheck.gradcheck(Swish, [X, B], raise_exception=True)
    assert "input 0 (x), output 0: at" in str(caught.value)


def test_a_surrogate_is_a_function_of_tensors_too():
    assert convcheck.gradcheck(Hardened.apply, [X, LABELS, 2.0], surrogate=lambda x, labels, scale: scale * x)
    assert not convcheck.gradcheck(Hardened.apply, [X, LABELS, 2.0], surrogate=lambda x, labels, scale: x * 1)


def test_two_functions_by_hand_take_tensors():
    forward = lambda x, w: (x @ w, (x, w))  # noqa: E731
    backward = lambda dout, cache: (dout @ cache[1].T, cache[0].T @ dout)  # noqa: E731
    assert convcheck.gradcheck(forward, backward, [X, X.T.contiguous()])
    assert not convcheck.gradcheck(forward, lambda dout, c: (dout @ c[1].T, c[0].T @ dout * 2), [X, X.T.contiguous()])
    # By autograd in its own backward, on a graph that is gone after one.
    by_autograd = lambda dout, x: torch.autograd.grad(torch.sin(x), x, dout)[0]  # noqa: E731
    assert convcheck.gradcheck(torch.sin, by_autograd, [X])
    kept = lambda x: (out := torch.exp(x), (x, out))  # noqa: E731
    assert convcheck.gradcheck(kept, lambda dout, c: torch.autograd.grad(c[1], c[0], dout)[0], [X])
    z = torch.complex(X, X.flip(0))
    assert convcheck.gradcheck(lambda z: z**2, lambda dout, z: dout * (2 * z).conj(), [z])


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_second_derivatives_are_those_of_backward(dtype):
    inputs = [X.to(dtype), B.to(dtype)]
    outcome = convcheck.gradgradcheck(Swish, inputs)
    assert outcome, outcome
    assert [tensor.name for tensor in outcome.tensors] == ["dx", "dbeta", "ddout"]
    assert convcheck.gradgradcheck(torch.nn.functional.gelu, [X.to(dtype)], dout=torch.ones_like(X).to(dtype))


def test_a_backward_that_autograd_cannot_follow_has_wrong_second_derivatives():
    class Once(Swish):
        @staticmethod
        def backward(ctx, dout):
            x, beta = (one.detach() for one in ctx.saved_tensors)
            s = torch.sigmoid(beta * x)
            return dout * (s + beta * x * s * (1 - s)), None

    assert not convcheck.gradgradcheck(Once, [X, B], skip=["beta"])


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([X.float().to_mkldnn()], "to_dense"),
        ([X.half(), X.to(torch.complex64)], "real numbers beside half precision"),
        ([X, X.float()], "expected one dtype"),
    ],
)
def test_what_differences_cannot_tell_is_refused(inputs, message):
    with pytest.raises(TypeError, match=message):
        convcheck.gradcheck(lambda *those: those[0], inputs)


def test_a_class_of_modules_is_to_be_made_first():
    with pytest.raises(TypeError, match="make one of it"):
        convcheck.gradcheck(torch.nn.Linear, [X])


def test_plain_arrays_are_enough_for_a_module():
    outcome = convcheck.gradcheck(torch.nn.Linear(5, 2).double(), [np.asarray(X)])
    assert outcome, outcome
