"""Whether anything is kept between calls: a gradient of what the last forward left, results in memory used again.

A layer is called many times before any backward: two layers of a net, two steps of a recurrent one. So forward is
called on other data of the same shapes first, and backward of that call comes after the forward that is checked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.contract.bits import same_bits
from convcheck.checking.result import Finding, Severity
from convcheck.implementations.pair import Kept
from convcheck.layers.layer import Array
from convcheck.spec.showing import listed
from convcheck.spec.sizes import Shape

# The other data is the data itself, from its end to its beginning, so many times as large: other values and other ranks
# in the same places, of the same signs and within the domain of the code.
OTHERS = 0.75

# What free memory is made to hold, one after the other.
LEFT = (1.0, -3.0)

KEPT = (
    "return in the cache all that backward needs of this call of forward, and take it from there: neither from a "
    "global nor from what another call has left"
)
REUSED = "make the array anew in each call (np.zeros_like), or return a copy"
KEPT_BY_INSTANCE = (
    "keep anew in every forward what backward needs of it (self.x = x): neither only where nothing is kept yet, nor by "
    "the shape of x"
)
REMEMBERED = (
    "look for what is kept between calls, in a global or by the shape of x: compute it from the arguments of this "
    "call, or look it up by all that it depends on"
)


class Held:
    """Arrays that code under test returned, as they are, and what they held then."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        # Subclasses have methods of their own, which are code under test as well.
        self._arrays = {name: a for name, a in arrays.items() if type(a) is np.ndarray and a.dtype.kind in "iufcb"}
        self._before = {name: a.copy() for name, a in self._arrays.items()}

    def changed(self) -> list[str]:
        """The names of those that hold something else by now."""
        return [name for name, before in self._before.items() if not same_bits(before, self._arrays[name])]


class EarlierCall(NamedTuple):
    """A call of forward on other data: its `inputs`, a copy of its output, its cache, and what it returned."""

    inputs: list[Array]
    out: Array | None
    cache: Any
    returned: Held


def other_inputs(inputs: Sequence[Array]) -> list[Array]:
    """Other data of the same shapes and dtypes."""
    return [np.ascontiguousarray(np.flip(a) * a.dtype.type(OTHERS)).reshape(a.shape) for a in inputs]


def hands_on(cache: Any, other: Any) -> bool:
    """Whether the caches of two calls differ in anything.

    Where they do not, as where backward is a method of the one object that forward was called on, backward is of the
    last forward by its nature.
    """
    if cache is other:
        return False
    if type(cache) is type(other) is Kept:
        return hands_on(cache.handed, other.handed)
    # By their types: what they say of their class is code under test as well.
    if all(issubclass(type(each), tuple) for each in (cache, other)) and tuple.__len__(cache) == tuple.__len__(other):
        return any(map(hands_on, tuple.__iter__(cache), tuple.__iter__(other)))
    return True


def leave_in_free_memory(left: float, shapes: Sequence[Shape], dtype: np.dtype[Any]) -> None:
    """Have memory that is free hold this, so that code which takes it and never writes it gives something else."""
    arrays = [np.full(shape, left, dtype) for shape in shapes for _ in range(8)]
    arrays.clear()


def kept_by_forward(names: list[str], severity: Severity) -> Finding:
    """Backward of an earlier call gives other gradients once forward has been called on other data."""
    message = (
        f"backward uses what the last forward left: {listed(names)} of one call "
        f"{_are(names)} after forward has been called on other data"
    )
    return Finding("state", severity, message, names[0], KEPT)


def kept_by_instance(names: list[str]) -> Finding:
    """An instance gives something else in its second forward than one whose first it is."""
    what = listed(["the output" if name == "forward" else name for name in names])
    message = f"{what} {_are(names)} where the same instance has run forward on another x before"
    return Finding("state", "error", message, names[0], KEPT_BY_INSTANCE)


def result_changes(by: str, names: list[str], severity: Severity) -> Finding:
    """Arrays that the pass `by` returned hold something else after later calls."""
    what = listed(["its output" if name == "forward" else name for name in names])
    message = f"the result of an earlier call changes: {by} writes {what} into memory that an earlier call returned"
    return Finding("state", severity, message, names[0], REUSED)


def remembered(names: list[str]) -> Finding:
    """A first call gives something else than the same call after others."""
    what = listed(["the output" if name == "forward" else name for name in names])
    message = f"{what} {_are(names)} where no other call came before: something of an earlier call is remembered"
    return Finding("state", "error", message, names[0], REMEMBERED)


def raised_after_calls(by: str) -> Finding:
    """The pass `by` raised, and does not where no other call came before."""
    message = f"{by} raises nothing where no other call came before: something of an earlier call is remembered"
    return Finding("state", "error", message, None, REMEMBERED)


def _are(names: list[str]) -> str:
    return "is another" if len(names) == 1 else "are others"
