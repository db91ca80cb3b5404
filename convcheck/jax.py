"""`check_grads` with the arguments of JAX's: change the import, and no more.

    from convcheck.jax import check_grads

It looks at every entry, in the dtype that the arguments have and in the time that it takes, and decides by convcheck's
own bounds, which are derived from what the code rounds, unless a tolerance is given. eps has no use here, since steps
are chosen entry by entry; a note of the outcome says so where it is given.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax

from convcheck.api import CheckFailed, Outcome
from convcheck.checking import gradcheck as checking
from convcheck.checking.by_its_library import batched_gradients, forward_mode, once
from convcheck.checking.given import Further, HandedOver
from convcheck.checking.given_tolerance import Tolerated, with_tolerance
from convcheck.checking.gradcheck_arguments import require_numbers
from convcheck.checking.result import Finding, Result

__all__ = ["check_grads"]

MODES = ("fwd", "rev")
NO_USE = "eps has no use here: steps are chosen for each entry, with an error that is known"


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int,
    modes: str | Sequence[str] = MODES,
    atol: float | None = None,
    rtol: float | None = None,
    eps: float | None = None,
    *,
    check_batched_grad: bool = False,
) -> Outcome:
    """Check the derivatives of `f(*args)` up to `order`, as `jax.test_util.check_grads` does.

    `args` may be nested. "rev" checks backward against differences of f, "fwd" forward mode; where both are asked for,
    forward mode is held against the backward that was found right. With `atol` or `rtol`, an entry that convcheck's
    bound calls wrong is right where |a − n| ≤ atol + rtol·|n|. At a kink, what lies between the slopes of both sides is
    right, and a note says so. `check_batched_grad`, which JAX's does not have, holds backward under `jax.vmap` against
    one call after the other. Returns the outcome of the highest order. Raises
    `CheckFailed`, an AssertionError, for the first order that does not pass; ValueError for an order below 1 and for
    other modes, TypeError for two dtypes.
    """
    chosen = (modes,) if isinstance(modes, str) else tuple(modes)
    if not chosen or set(chosen) - set(MODES):
        raise ValueError(f'modes: expected "fwd", "rev" or both, received {modes!r}')
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"order: expected a whole number of at least 1, received {order!r}")
    tolerated = Tolerated(atol, rtol)
    require_numbers(**{name: value for name, value in tolerated._asdict().items() if value is not None})
    given = _opened(f, args)
    for number in range(1, order + 1):
        if number > 1:
            given = checking.opened_backward(given)
        asked = given if "rev" in chosen else checking.opened_forward_mode(given)
        further = [once(forward_mode)] if {*chosen} == {*MODES} else []
        further += [once(batched_gradients)] if check_batched_grad and "rev" in chosen else []
        result = with_tolerance(_checked(asked, further, tolerated), asked, tolerated)
        notes = () if eps is None else (Finding("no-use", "note", NO_USE),)
        outcome = Outcome(*result._replace(id=f"order {number}", findings=(*result.findings, *notes)))
        if not outcome:
            raise CheckFailed(outcome)
    return outcome


def _checked(given: HandedOver, further: Sequence[Further], tolerated: Tolerated) -> Result:
    within = tolerated.linear_within
    return checking.checked(given, budget=math.inf, further=further, subgradients=True, linear_within=within)


def _opened(f: Callable[..., Any], args: Sequence[Any]) -> HandedOver:
    """The function of all leaves of its arguments. Raises TypeError and ValueError."""
    leaves, tree = jax.tree_util.tree_flatten(tuple(args))
    made = [jax.numpy.asarray(leaf) if isinstance(leaf, (float, complex)) else leaf for leaf in leaves]
    if len(leaves) == len(args):
        return checking.opened(f, None, made)

    def of_leaves(*given: Any) -> Any:
        return f(*jax.tree_util.tree_unflatten(tree, given))

    return checking.opened(of_leaves, None, made)
