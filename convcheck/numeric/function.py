"""Forward as a function of arrays alone: it counts its evaluations and keeps the caller's arrays safe."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from convcheck.implementations.errors.raised import Raised, guarded
from convcheck.layers.layer import Array


class Function:
    """`function(inputs)` returns forward's output as a new array. `seconds` is the time spent in forward so far.

    Every evaluation gets copies, so code that overwrites its inputs or reuses an output buffer does no harm here. What
    the code says with NumPy's warnings is not heard while probing: a probe may well overflow where the base does not.
    """

    def __init__(self, forward: Callable[..., tuple[Any, Any]]) -> None:
        self._forward = forward
        self.evaluations = 0
        self.seconds = 0.0

    def call(self, inputs: Sequence[Array]) -> tuple[Any, Any]:
        """(out, cache) for the very arrays given. Raises `Raised` where forward raises or returns no pair."""
        self.evaluations += 1
        start = time.perf_counter()
        with np.errstate():  # what the code sets for its own errors stays in it
            returned = guarded("forward", self._forward, *inputs)
        self.seconds += time.perf_counter() - start
        if not isinstance(returned, tuple) or len(returned) != 2:
            problem = f"returned {_described(returned)}, expected (out, cache)"
            raise Raised("forward", TypeError(problem))
        return returned

    def __call__(self, inputs: Sequence[Array]) -> Array:
        """The output at `inputs`, an array of its own."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            out, _ = self.call([a.copy() for a in inputs])
            return np.array(out)


def _described(value: Any) -> str:
    return f"a tuple of {len(value)}" if isinstance(value, tuple) else type(value).__name__


# What code says outside of its domain, in any library: math.sqrt(-1), math.exp(1000), a matrix that is singular.
OUTSIDE = (ArithmeticError, ValueError, RuntimeError)


class Line:
    """The function as one of its inputs moves and the others stay: `line(delta)` is its output at x + delta.

    Where a real delta leads out of the domain of code that raises there, the output is NaN, as NumPy has it.
    """

    def __init__(self, function: Function, inputs: Sequence[Array], position: int) -> None:
        self._function = function
        self._inputs = list(inputs)
        self._position = position
        self.x = self._inputs[position]

    @cached_property
    def _outside(self) -> Array:
        """NaN of the output's shape."""
        return np.full(self._function(self._inputs).shape, np.nan)

    def __call__(self, delta: Array) -> Array:
        """The output at x + delta, in double precision; a complex delta makes a complex evaluation.

        The inputs keep the dtype of x, so that code written for float32 is evaluated in float32.
        """
        dtype = np.result_type(self.x.dtype, np.complex64) if np.iscomplexobj(delta) else self.x.dtype
        moved = list(self._inputs)
        moved[self._position] = self.x + delta.astype(dtype)
        try:
            out = self._function(moved)
        except Raised as raised:
            if np.iscomplexobj(delta) or not isinstance(raised.error, OUTSIDE):
                raise
            out = self._outside
        return out.astype(np.complex128 if np.iscomplexobj(out) else np.float64, copy=False)
