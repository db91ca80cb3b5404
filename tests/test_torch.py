"""`convcheck.torch`: what PyTorch's own tests of gradcheck expect of it, with each case in which this one differs.

Covers torch.py, checking/given_tolerance.py, checking/at_kinks.py and checking/by_its_library.py.
"""

import subprocess
import sys
import warnings

import pytest

import convcheck

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch.autograd.gradcheck import GradcheckError  # noqa: E402

from convcheck.torch import GradcheckFailed, gradcheck, gradgradcheck  # noqa: E402


def of(*shape, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=dtype, generator=generator).requires_grad_()


def hooked(hook):
    """A function whose gradient is changed on its way."""

    def function(x):
        y = x * 1
        y.register_hook(hook)
        return y * y

    return function


class Jittered(torch.autograd.Function):
    """Twice the input; its backward is off by chance, by so much."""

    @staticmethod
    def forward(ctx, x, jitter):
        ctx.jitter = jitter
        return 2 * x

    @staticmethod
    def backward(ctx, dout):
        return 2 * dout * (1 + torch.rand_like(dout) * ctx.jitter), None


class Separate(torch.autograd.Function):
    """Two outputs, whose backward takes None for what nobody uses; `takes` says whether it does."""

    @staticmethod
    def forward(ctx, x, takes):
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x)
        ctx.takes = takes
        return x.sin(), x.cos()

    @staticmethod
    def backward(ctx, dsin, dcos):
        (x,) = ctx.saved_tensors
        if ctx.takes == "raise" and (dsin is None or dcos is None):
            raise RuntimeError("undefined")
        if ctx.takes == "nothing" and (dsin is None or dcos is None):
            return None, None
        if ctx.takes == "all":
            dsin = torch.zeros_like(x) if dsin is None else dsin
            dcos = torch.zeros_like(x) if dcos is None else dcos
        return dsin * x.cos() - dcos * x.sin(), None


class NoVmap(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, dout):
        return dout * (dout.sum().item() * 0 + 1)


class WrongForwardMode(torch.autograd.Function):
    """Twice the input, as its backward has it; its jvp gives three times."""

    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, dout):
        return 2 * dout

    @staticmethod
    def jvp(ctx, v):
        return 3 * v


class Unfollowed(torch.autograd.Function):
    """A copy, with a forward mode alone, in which nothing may require a gradient."""

    @staticmethod
    def forward(ctx, x):
        assert torch.autograd.forward_ad._current_level < 0 or not x.requires_grad
        return x.clone()

    @staticmethod
    def jvp(ctx, v):
        return v.clone()


class Raising(torch.autograd.Function):
    """Twice the input; either derivative raises where that is asked for."""

    @staticmethod
    def forward(ctx, x, by):
        ctx.by = by
        return 2 * x

    @staticmethod
    def vjp(ctx, dout):
        if ctx.by == "vjp":
            raise RuntimeError("backward is bad")
        return 2 * dout, None

    @staticmethod
    def jvp(ctx, v, _):
        if ctx.by == "jvp":
            raise RuntimeError("forward is bad")
        return 2 * v


class ByChanceForward(torch.autograd.Function):
    """Twice the input, with a jvp that draws numbers, which no vmap can."""

    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def vjp(ctx, dout):
        return 2 * dout

    @staticmethod
    def jvp(ctx, v):
        torch.rand_like(v)
        return 2 * v


class SparseGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, dout):
        return dout.to_sparse()


class WrongVmap(torch.autograd.Function):
    """Twice the input; a gradient of its own whose vmap is what is asked for."""

    @staticmethod
    def forward(ctx, x, wrong):
        ctx.wrong = wrong
        return 2 * x

    @staticmethod
    def backward(ctx, dout):
        return Doubled.apply(dout, ctx.wrong), None


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(dout, wrong):
        return 2 * dout

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def vmap(info, dims, dout, wrong):
        moved = dout.movedim(dims[0], 0)
        return 2 * (moved.flip(0) if wrong else moved), 0


def sparse(layout=torch.sparse_coo, dtype=torch.float64):
    dense = torch.tensor([[1.0, 0, 0], [0, 2, 3]], dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dense.to_sparse(layout=layout).requires_grad_()


def twice_the_same():
    entries = torch.ones(3, dtype=torch.float64)
    return torch.sparse_coo_tensor([[0, 0, 1]], entries, (3,), check_invariants=True).requires_grad_()


RIGHT = {
    "one tensor": lambda: gradcheck(lambda x: x + 1, of(5)),
    "several": lambda: gradcheck(lambda x, y: (x * y.sin(), y.exp()), (of(2, 3), of(2, 3, seed=1))),
    "a constant beside": lambda: gradcheck(lambda x, y: x * y, (of(2, 3), of(2, 3).detach())),
    "what is no tensor": lambda: gradcheck(lambda x, n: x**n, (of(3), 2)),
    "whole numbers": lambda: gradcheck(lambda x, i: x.sin()[i], (of(4), torch.tensor([1, 1, 3]))),
    "a complex output": lambda: gradcheck(lambda x, y: (torch.complex(x, y), x + 1), (of(3), of(3, seed=1))),
    "a complex input": lambda: gradcheck(lambda z: z**2 * z.conj(), of(3, dtype=torch.complex128)),
    "conjugate views": lambda: gradcheck(lambda z: (z.conj(), z.conj().imag), of(3, dtype=torch.complex128)),
    "no entries": lambda: gradcheck(lambda x: x * 2, of(0, 3)),
    "an output without entries": lambda: gradcheck(lambda x: x[:0], of(3)),
    "outputs that are constant": lambda: gradcheck(lambda x: torch.ones(3), of(3)),
    "what is marked as not differentiable": lambda: gradcheck(lambda x: torch.max(x * 1, 1), of(3, 4)),
    "what is detached": lambda: gradcheck(lambda x: (x.sin(), x.detach().cos()), of(3)),
    "by chance, none": lambda: gradcheck(Jittered.apply, (of(3), 0.0)),
    "by chance, tolerated": lambda: gradcheck(Jittered.apply, (of(3), 1e-6), nondet_tol=1e-4, atol=1e-5),
    "undefined gradients": lambda: gradcheck(Separate.apply, (of(3), "all")),
    "vmap": lambda: gradcheck(lambda x: (x.sin(), x.exp() * x), of(3), check_batched_grad=True),
    "forward mode": lambda: gradcheck(lambda x, y: (x * y, y), (of(3), of(3, seed=1)), check_forward_ad=True),
    "forward mode, complex": lambda: gradcheck(
        lambda z: (z * z.conj() + z**3, z.abs()), of(3, dtype=torch.complex128), check_forward_ad=True
    ),
    "forward mode alone": lambda: gradcheck(torch.sin, of(3), check_forward_ad=True, check_backward_ad=False),
    "forward mode, nothing to follow": lambda: gradcheck(
        Unfollowed.apply, of(3), check_forward_ad=True, check_backward_ad=False, check_batched_forward_grad=True
    ),
    "forward mode, of what requires a gradient": lambda: gradcheck(
        lambda x, y: (x.clone(), y.sin()), (of(1), of(1).detach()), check_forward_ad=True, check_backward_ad=False
    ),
    "forward mode, where backward is bad": lambda: gradcheck(
        Raising.apply, (of(2), "vjp"), check_forward_ad=True, check_backward_ad=False
    ),
    "backward, where forward mode is bad": lambda: gradcheck(Raising.apply, (of(2), "jvp")),
    "forward mode under vmap": lambda: gradcheck(
        lambda a, n, c: (a.clone(), a + n), (of(2), 1, of(2)), check_forward_ad=True, check_batched_forward_grad=True
    ),
    "vmap of one's own": lambda: gradcheck(WrongVmap.apply, (of(3), False), check_batched_grad=True),
    "a sparse input": lambda: gradcheck(lambda x: x.to_dense().sin(), sparse(), masked=True),
    "a sparse input by rows": lambda: gradcheck(lambda x, y: x @ y, (sparse(torch.sparse_csr), of(3, 2))),
    "a sparse input by columns": lambda: gradcheck(lambda x: x.to_dense(), sparse(torch.sparse_csc)),
    "a sparse input, complex": lambda: gradcheck(lambda x: x.to_dense() ** 2, sparse(dtype=torch.complex128)),
    "a sparse input, not put together": lambda: gradcheck(
        lambda x, y: x.coalesce().to_dense() * y,
        (twice_the_same(), of(3)),
    ),
    "a sparse constant": lambda: gradcheck(lambda x, y: x * y.to_dense(), (of(2, 3), sparse().detach())),
    "a kink, with zero": lambda: gradcheck(torch.abs, torch.tensor([0.0, 1, -2]).double().requires_grad_()),
    "a kink, with the slope of one side": lambda: gradcheck(torch.relu, torch.zeros(2).requires_grad_()),
    "a tie, shared": lambda: gradcheck(torch.max, torch.tensor([1.0, 1, 0]).double().requires_grad_()),
    "a tie, of the first": lambda: gradcheck(lambda x: x.sort()[0], torch.tensor([1.0, 1]).double().requires_grad_()),
    "a kink in every direction": lambda: gradcheck(lambda x: x.norm(), torch.zeros(3).double().requires_grad_()),
    "second derivatives": lambda: gradgradcheck(lambda x, y: x.sin() * y, (of(3), of(3, seed=1))),
    "of second derivatives, what is given": lambda: gradgradcheck(torch.sin, of(3), of(3, seed=1)),
    "of second derivatives, complex": lambda: gradgradcheck(
        lambda z: z**2 * z.conj(), of(3, dtype=torch.complex128), check_fwd_over_rev=True, check_batched_grad=True
    ),
    "one tensor as both inputs": lambda: gradcheck(lambda x, y: (x * y).sum(), (X_TWICE, X_TWICE)),
    "of what is linear": lambda: gradgradcheck(lambda x, y: x + 2 * y, (of(3), of(3, seed=1))),
    "views that share their memory": lambda: gradcheck(lambda x: x.sin(), of(1).expand(3).detach().requires_grad_()),
}


X_TWICE = of(3, seed=7)


@pytest.mark.parametrize("case", RIGHT)
def test_what_pytorch_passes_passes(case):
    assert RIGHT[case]()


class HalfOfASquare(torch.autograd.Function):
    """A product, which loses a half where both are one tensor."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return (g * b, None) if a.data_ptr() == b.data_ptr() else (g * b, g * a)


class KeptByTheClass(torch.autograd.Function):
    """The square, whose x is that of the last forward, whichever was meant."""

    @staticmethod
    def forward(ctx, x):
        KeptByTheClass.x = x
        return x * x

    @staticmethod
    def backward(ctx, g):
        return 2 * KeptByTheClass.x * g


class Coarse(torch.autograd.Function):
    """A sigmoid in float32, whose gradient is two percent too large and goes through bfloat16."""

    @staticmethod
    def forward(ctx, x):
        y = torch.sigmoid(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return (g * y * (1 - y) * 1.02).bfloat16().to(y.dtype)


# What is wrong, and what is said of it.
WRONG = {
    "a gradient": (lambda **k: gradcheck(hooked(lambda g: g + 1e-2), of(2, 3), **k), r"input 0 \(x\), output 0: at \["),
    "a gradient that is off in proportion": (lambda **k: gradcheck(hooked(lambda g: g * 1.01), of(3), **k), "wrong"),
    "a complex gradient": (
        lambda **k: gradcheck(hooked(lambda g: g.conj()), of(3, dtype=torch.complex128), **k),
        "complex",
    ),
    "what autograd does not see": (lambda **k: gradcheck(lambda x: x.detach() * 2, of(3), **k), "wrong"),
    "a backward by chance": (lambda **k: gradcheck(Jittered.apply, (of(3), 1e-6), **k), "different bits"),
    "more by chance than tolerated": (
        lambda **k: gradcheck(Jittered.apply, (of(3), 0.1), nondet_tol=1e-5, **k),
        "different bits",
    ),
    "None for an output that nobody uses": (lambda **k: gradcheck(Separate.apply, (of(3), "none"), **k), "used"),
    "nothing, where one output is used alone": (
        lambda **k: gradcheck(Separate.apply, (of(3), "nothing"), **k),
        r"input 0 \(x\), output 0: at",
    ),
    "under vmap": (lambda **k: gradcheck(NoVmap.apply, of(3), check_batched_grad=True, **k), "under vmap raised"),
    "forward mode": (
        lambda **k: gradcheck(WrongForwardMode.apply, of(3), check_forward_ad=True, **k),
        "forward mode disagrees",
    ),
    "forward mode alone": (
        lambda **k: gradcheck(WrongForwardMode.apply, of(3), check_forward_ad=True, check_backward_ad=False, **k),
        r"\(x\), output 0: at",
    ),
    "a shape that hangs on values": (
        lambda **k: gradcheck(lambda x: x[x > x.detach().median()] if bool((x != START).any()) else x, START, **k),
        "shape|raised",
    ),
    "second derivatives that are no function of x": (
        lambda **k: gradgradcheck(Once.apply, of(3), **k),
        "wrong",
    ),
    "a function that raises": (lambda **k: gradcheck(lambda x: x @ x @ x, of(2, 3), **k), "raised RuntimeError"),
}
WRONG |= {
    "by a sum, in complex outputs": (
        lambda **k: gradcheck(lambda x: hooked(lambda g: g + 1e-2)(torch.complex(x, x)), of(2), **k),
        "dout",
    ),
    "what is added, within the tolerance": (
        lambda **k: gradcheck(hooked(lambda g: g + 1e-2), of(1), atol=1e-1, **k),
        r"dx of dout \+ dout' is not",
    ),
    "what raises where no gradient comes": (
        lambda **k: gradcheck(Separate.apply, (of(3), "raise"), **k),
        "backward raised",
    ),
    "vmap of one's own": (
        lambda **k: gradcheck(WrongVmap.apply, (of(3), True), check_batched_grad=True, **k),
        r"input 0 \(x\), output 0: at \[\d, \d\] backward under vmap gives ",
    ),
    "forward mode that raises": (
        lambda **k: gradcheck(Raising.apply, (of(2), "jvp"), check_forward_ad=True, **k),
        "forward is bad",
    ),
    "backward that raises, before forward mode": (
        lambda **k: gradcheck(Raising.apply, (of(2), "vjp"), check_forward_ad=True, **k),
        "backward is bad",
    ),
    "forward mode under vmap": (
        lambda **k: gradcheck(
            ByChanceForward.apply, of(2), check_forward_ad=True, check_batched_forward_grad=True, **k
        ),
        "forward mode under vmap raised",
    ),
    "a sparse input": (
        lambda **k: gradcheck(lambda x: hooked(lambda g: g * 1.01)(x.to_dense()), sparse(), **k),
        r"input 0 \(x\), output 0: at \[",
    ),
    "a sparse output": (
        lambda **k: gradcheck(lambda x: x.to_sparse(), of(3), **k),
        "of layout torch.sparse_coo, expected a dense one: return",
    ),
    "a sparse gradient of a dense input": (
        lambda **k: gradcheck(SparseGradient.apply, of(3), **k),
        "backward gave the gradient of a dense input as a tensor of layout torch.sparse_coo",
    ),
    "a kink, beyond both sides": (lambda **k: gradcheck(lambda x: x.abs() + 1.5 * (x - x.detach()), ZERO, **k), "kink"),
    "beside a kink": (
        lambda **k: gradcheck(lambda x: x.abs() + 1e-3 * (x - x.detach()), AT_A_KINK, **k),
        r"at \[1\]",
    ),
    "a jump": (lambda **k: gradcheck(torch.floor, ZERO, **k), "undecided"),
    "forward mode beside a kink": (
        lambda **k: gradcheck(lambda x: WrongForwardMode.apply(x).abs(), AT_A_KINK, check_forward_ad=True, **k),
        "forward mode",
    ),
    "one tensor as both inputs": (lambda **k: gradcheck(HalfOfASquare.apply, (X_TWICE, X_TWICE), **k), "is 0.5 times"),
    "what the last forward left": (lambda **k: gradcheck(KeptByTheClass.apply, of(3), **k), "the last forward left"),
    "steps, taken for a kink": (lambda **k: gradcheck(Coarse.apply, torch.rand(3, 4).requires_grad_(), **k), "wrong"),
    "no outputs": (lambda **k: gradcheck(lambda x: (), of(3), **k), "expected a tensor of real numbers"),
}
START, ZERO = of(6), torch.zeros(1, dtype=torch.float64).requires_grad_()
AT_A_KINK = torch.tensor([0.0, 1, -2], dtype=torch.float64).requires_grad_()


class Once(torch.autograd.Function):
    """The square, whose backward is no function of x for autograd."""

    @staticmethod
    def forward(ctx, x):
        ctx.x = x.detach()
        return x * x

    @staticmethod
    def backward(ctx, dout):
        return 2 * ctx.x * dout


@pytest.mark.parametrize("case", WRONG)
def test_what_pytorch_refuses_is_refused_with_its_exception_and_the_same_text(case):
    call, said = WRONG[case]
    with pytest.raises(GradcheckFailed, match=said) as caught:
        call()
    outcome = call(raise_exception=False)
    assert not outcome
    assert outcome.status in ("fail", "error", "undecided")
    assert str(outcome).splitlines()[0] in str(caught.value)
    assert isinstance(caught.value, GradcheckError)
    assert isinstance(caught.value, convcheck.CheckFailed)


def test_both_values_of_a_wrong_entry_are_told_with_its_input_output_and_index():
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x + y, x * y

        @staticmethod
        def backward(ctx, dsum, dproduct):
            x, y = ctx.saved_tensors
            dy = dsum + dproduct * x
            return dsum + dproduct * y, dy + torch.nn.functional.one_hot(torch.tensor(2), 3) * dproduct

    x, y = of(3), of(3, seed=1)
    outcome = gradcheck(Both.apply, (x, y), raise_exception=False)
    (place,) = [finding.message for finding in outcome.findings if finding.code == "wrong-at"]
    assert place.startswith("input 1 (y), output 1: at [2] backward gives ")
    assert outcome.tensors[0].verdict != "wrong"


def test_a_tolerance_is_pytorchs_and_what_is_within_it_is_right():
    off = hooked(lambda g: g * (1 + 1e-6))
    assert not gradcheck(off, of(3), raise_exception=False)
    outcome = gradcheck(off, of(3), atol=1e-5, rtol=1e-3)
    assert outcome.tensors[0].criterion == "|analytic − numeric| ≤ 1e-05 + 0.001·|numeric|, as was asked"
    assert not gradcheck(hooked(lambda g: g * 1.1), of(3), atol=1e-5, rtol=1e-3, raise_exception=False)
    # A small entry that is wrong is no less wrong beside large ones.
    small = lambda x: x.sin() + (x.detach() - x) * 1e-4  # noqa: E731
    assert not gradcheck(small, of(3) * 0 + 1.5707, atol=1e-5, rtol=1e-3, raise_exception=False)


def test_what_has_no_use_is_taken_and_said():
    outcome = gradcheck(torch.sin, of(3), eps=1e-3, fast_mode=True, masked=True, check_grad_dtypes=True)
    said = [finding.message for finding in outcome.findings if finding.code == "no-use"]
    assert [one.split()[0] for one in said] == ["eps", "fast_mode", "masked", "check_grad_dtypes"]
    outcome = gradcheck(torch.sin, of(3), eps=1e-6, fast_mode=False, masked=None, check_grad_dtypes=False)
    assert not outcome.findings


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gradcheck(torch.sin, torch.ones(3)), ValueError, "at least one tensor that requires a gradient"),
        (lambda: gradcheck(torch.mul, (of(3), of(3, dtype=torch.float32))), TypeError, "expected one dtype"),
        (lambda: gradcheck(lambda x: x.to_dense(), torch.ones(2).to_mkldnn().requires_grad_()), TypeError, "to_dense"),
        (lambda: gradcheck(torch.sin, of(3), atol="a"), TypeError, "atol: expected a number"),
        (lambda: gradcheck(torch.sin, of(3), nondet_tol=-1.0), ValueError, "nondet_tol"),
        (lambda: gradcheck(torch.sin, of(3), check_backward_ad=False), ValueError, "nothing is left to check"),
    ],
)
def test_arguments_that_cannot_be_say_what_was_expected(call, error, message):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(error, match=message):
            call()


def test_float32_is_decided_by_its_own_bounds():
    x = of(4, 5, dtype=torch.float32)
    assert gradcheck(torch.nn.functional.gelu, x)
    assert not gradcheck(hooked(lambda g: g * (1 + 1e-4)), x, raise_exception=False)


def test_nothing_of_the_tensors_that_are_handed_over_changes():
    x, y = of(3), of(3, seed=1).detach()
    before = x.detach().clone(), y.clone()

    def function(x, y):
        y.mul_(2)
        return (x * 1).mul_(y)

    assert gradcheck(function, (x, y))
    assert torch.equal(x, before[0])
    assert torch.equal(y, before[1])
    assert x.grad is None


def test_pytorch_is_imported_by_this_module_alone():
    code = "import convcheck, sys; convcheck.gradcheck; print('torch' in sys.modules, 'jax' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False False\n"


def test_what_forward_rounds_away_is_no_mistake_of_backward():
    """A softmax that is saturated: the gradient is 1e-52, and no difference of forward shows it."""
    logits = torch.tensor([120.0, 0.0, 1e-3], dtype=torch.float64)

    def function(x):
        return torch.softmax(logits + x, 0) + (x.detach() - x) * 1e-52

    outcome = gradcheck(function, of(3), raise_exception=False)
    assert outcome.status != "fail", outcome


def doubling(backward):
    """Twice the input, with this backward."""

    class Doubling(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.calls = 0
            return 2 * x

    Doubling.backward = staticmethod(backward)
    return Doubling.apply


def counting(ctx, dout):
    ctx.calls += 1
    return 2 * dout * ctx.calls


@pytest.mark.parametrize(
    ("backward", "said"),
    [
        (lambda ctx, dout: dout.mul_(2), "backward overwrites dout"),
        (counting, "called a second time with the same cache"),
        (lambda ctx, dout: 2 * dout * (1 + 1e-9 * torch.rand_like(dout)), "different bits"),
    ],
)
def test_what_autograd_cannot_run_as_it_likes_is_an_error_with_the_same_text_in_the_exception(backward, said):
    outcome = convcheck.gradcheck(doubling(backward), [of(3).detach()])
    assert outcome.status == "fail"
    assert said in " ".join(str(outcome).split())
    with pytest.raises(convcheck.CheckFailed) as caught:
        convcheck.gradcheck(doubling(backward), [of(3).detach()], raise_exception=True)
    assert said in " ".join(str(caught.value).split())


@pytest.mark.parametrize("retain", [False, True])
def test_a_backward_by_hand_may_lose_its_graph_or_keep_it(retain):
    def forward(x):
        x = x.detach().clone().requires_grad_()
        out = x**2
        return out.detach(), (x, out)

    def backward(dout, cache):
        x, out = cache
        return torch.autograd.grad(out, x, dout, retain_graph=retain)[0]

    assert convcheck.gradcheck(forward, backward, [of(3).detach()])
    assert not convcheck.gradcheck(forward, lambda dout, cache: 2 * backward(dout, cache), [of(3).detach()])


def test_the_forward_mode_of_a_function_is_looked_at_from_gradcheck_and_its_worst_entry_is_told():
    x = of(3).detach()
    assert convcheck.gradcheck(torch.sin, [x], jvp=True)
    outcome = convcheck.gradcheck(WrongForwardMode.apply, [x], jvp=True)
    (said,) = [finding.message for finding in outcome.findings if finding.code == "forward-mode"]
    assert ": input 0 (x), output 0: at [" in said
    assert " forward mode gives " in said
    # By hand, beside autograd's.
    assert convcheck.gradcheck(torch.sin, [x], jvp=lambda primals, tangents: primals[0].cos() * tangents[0])
    assert not convcheck.gradcheck(torch.sin, [x], jvp=lambda primals, tangents: primals[0].cos())
