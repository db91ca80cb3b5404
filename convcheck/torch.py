"""`gradcheck` and `gradgradcheck` with the arguments of PyTorch's: change the import, and no more.

    from convcheck.torch import gradcheck, gradgradcheck

They look at every entry, in the time that it takes, and decide by convcheck's own bounds, which are derived from what
the code rounds, unless a tolerance is given. Inputs that do not require a gradient are constants, and complex gradients
are PyTorch's. What they give is an `Outcome`, which is true where all is right.

Of PyTorch's arguments some are taken and have no use here, which a note of the outcome says where they are given:
eps, since steps are chosen entry by entry, with an error that is known; fast_mode, since what costs least is found out,
and shows every entry whatever it is; masked, since sparse tensors are always looked at where they have entries; and
check_grad_dtypes, since dtypes always are.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.autograd.gradcheck import GradcheckError

from convcheck.api import CheckFailed, Outcome
from convcheck.checking import gradcheck as checking
from convcheck.checking.by_its_library import (
    batched_gradients,
    batched_tangents,
    forward_mode,
    once,
    undefined_gradients,
)
from convcheck.checking.given import Further, HandedOver
from convcheck.checking.given_tolerance import Tolerated, with_tolerance
from convcheck.checking.gradcheck_arguments import require_numbers
from convcheck.checking.result import Finding, Result
from convcheck.implementations.of_no_layer.given import name_of

__all__ = ["GradcheckFailed", "gradcheck", "gradgradcheck"]

# A tensor, or several.
Inputs = Any
NO_USE = {
    "eps": "steps are chosen for each entry, with an error that is known",
    "fast_mode": "what costs least is found out, and every entry is looked at whatever it is",
    "masked": "sparse tensors are looked at where they have entries",
    "check_grad_dtypes": "dtypes are always looked at",
    "gen_non_contig_grad_outputs": "backward is always called with such a dout as well",
}
# With the defaults of PyTorch, which nobody has to have chosen.
DEFAULTS = {"eps": 1e-6, "fast_mode": False, "check_grad_dtypes": False}


class GradcheckFailed(CheckFailed, GradcheckError):  # type: ignore[misc]  # PyTorch need not be there for the types
    """A check that did not pass; PyTorch's error as well, so that what expects that goes on as it was."""


def gradcheck(
    fn: Callable[..., Any],
    inputs: Inputs,
    *,
    eps: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool | None = None,
    masked: bool | None = None,
) -> Outcome:
    """Check the gradients of `fn(*inputs)` for those inputs that require one, as `torch.autograd.gradcheck` does.

    With `atol` or `rtol`, an entry that convcheck's bound calls wrong is right where |a − n| ≤ atol + rtol·|n|.
    `nondet_tol` is how far two runs of backward may be apart. `check_undefined_grad`, `check_batched_grad`,
    `check_forward_ad` and `check_batched_forward_grad` ask what they ask in PyTorch, once the gradients are found
    right; without `check_backward_ad`, forward mode is held against differences alone. At a kink, as of |x| at 0, what
    lies between the slopes of both sides is right, and a note says so. Of sparse tensors the entries that they have are
    differentiated. The module's docstring says which arguments have no use here. Raises GradcheckFailed for what does
    not pass, unless `raise_exception` is False; ValueError where no input requires a gradient; TypeError for two dtypes
    and for tensors that are neither dense nor sparse.
    """
    unused = {"eps": eps, "fast_mode": fast_mode, "masked": masked, "check_grad_dtypes": check_grad_dtypes}
    tolerated = Tolerated(atol, rtol, nondet_tol)
    if not (check_backward_ad or check_forward_ad):
        raise ValueError("expected check_forward_ad or check_backward_ad to be True: nothing is left to check")
    given = _given(fn, inputs)
    batched_forward = [once(batched_tangents)] if check_forward_ad and check_batched_forward_grad else []
    if not check_backward_ad:
        given = checking.opened_forward_mode(given)
        return _told(given, batched_forward, tolerated, unused, raise_exception)
    further: list[Further] = []
    if check_undefined_grad:
        further.append(once(undefined_gradients))
    if check_batched_grad:
        further.append(once(batched_gradients))
    if check_forward_ad:
        further += [once(forward_mode), *batched_forward]
    return _told(given, further, tolerated, unused, raise_exception)


def gradgradcheck(
    fn: Callable[..., Any],
    inputs: Inputs,
    grad_outputs: Inputs | None = None,
    *,
    eps: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> Outcome:
    """Check the second derivatives of `fn(*inputs)`: its backward as a function of the inputs and of `grad_outputs`.

    The arguments are those of `torch.autograd.gradgradcheck`, and as in `gradcheck`; `grad_outputs` are drawn where
    they are not given. Raises as `gradcheck` does.
    """
    unused = {"eps": eps, "fast_mode": fast_mode, "masked": masked or None, "check_grad_dtypes": check_grad_dtypes}
    unused["gen_non_contig_grad_outputs"] = gen_non_contig_grad_outputs or None
    tolerated = Tolerated(atol, rtol, nondet_tol)
    if not check_rev_over_rev:
        raise ValueError("check_rev_over_rev: expected True: forward mode is held against backward")
    given = _given(fn, inputs)
    if given.arrays:
        given = checking.opened_backward(given, grad_outputs)
    further: list[Further] = []
    if check_undefined_grad:
        further.append(once(undefined_gradients))
    if check_batched_grad:
        further.append(once(batched_gradients))
    if check_fwd_over_rev:
        further.append(once(forward_mode))
    return _told(given, further, tolerated, unused, raise_exception)


def _given(fn: Callable[..., Any], inputs: Inputs) -> HandedOver:
    """What is checked. Raises TypeError and ValueError."""
    fn, every = _each_once(fn, (inputs,) if isinstance(inputs, torch.Tensor) else tuple(inputs))
    wanted = [i for i, one in enumerate(every) if isinstance(one, torch.Tensor) and one.requires_grad]
    if not wanted:
        raise ValueError("inputs: expected at least one tensor that requires a gradient, as x.requires_grad_() does")
    # What has no entries has no gradient that could be wrong.
    skip = [i for i, one in enumerate(every) if i not in wanted or not one.numel()]
    return checking.opened(fn, None, every, skip) if len(skip) < len(every) else checking.without_entries(fn, every)


def _each_once(fn: Callable[..., Any], inputs: tuple[Any, ...]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The function of its inputs without those that came before: a tensor that is handed over twice is one input."""
    once = {id(one): one for one in inputs}
    if len(once) == len(inputs) or not all(isinstance(one, torch.Tensor) for one in inputs):
        return fn, inputs
    places = [[*once].index(id(one)) for one in inputs]

    def of_each(*given: Any) -> Any:
        return fn(*(given[place] for place in places))

    of_each.__name__ = name_of(fn)
    return of_each, (*once.values(),)


def _told(
    given: HandedOver,
    further: Sequence[Further],
    tolerated: Tolerated,
    unused: Mapping[str, Any],
    raise_exception: bool,
) -> Outcome:
    require_numbers(**{name: value for name, value in tolerated._asdict().items() if value is not None})
    result: Result = (
        checking.checked(given, budget=math.inf, further=further, subgradients=True)
        if given.arrays
        else checking.nothing_to_check(given)
    )
    result = with_tolerance(result, given, tolerated)
    said = [
        f"{name} has no use here: {NO_USE[name]}"
        for name, value in unused.items()
        if value is not None and value != DEFAULTS.get(name)
    ]
    notes = (*(Finding("no-use", "note", one) for one in said),)
    outcome = Outcome(*result._replace(findings=(*result.findings, *notes)))
    if raise_exception and not outcome:
        raise GradcheckFailed(outcome)
    return outcome
