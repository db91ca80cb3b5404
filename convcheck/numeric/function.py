"""Forward as a function of arrays alone: its evaluations are counted, and the caller's arrays stay as they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from convcheck.implementations.errors.raised import Raised, WrongReturn, guarded
from convcheck.implementations.plain_exception import type_name
from convcheck.implementations.received import Received, real_part, received
from convcheck.layers.layer import Array

# What numeric code raises outside its domain, in any library: math.sqrt(-1), math.exp(1000), a singular matrix, an
# index beyond a table, a range that is asserted. Code that leaves out entries by their values returns fewer there.
OUTSIDE_DOMAIN = (ArithmeticError, ValueError, RuntimeError, LookupError, AssertionError, WrongReturn)


class Function:
    """`function(inputs)` is forward's output, a new array. `seconds` is the time spent in forward so far, as if the
    first call had taken no longer than the second.

    Every evaluation gets copies of the inputs, so that code which overwrites them, or which returns the same buffer
    twice, does no harm. Whoever makes one sees to it that warnings are not shown: a probe may overflow where the data
    itself does not.
    """

    def __init__(self, forward: Callable[..., tuple[Any, Any]]) -> None:
        self._forward = forward
        # That of the first output that held numbers.
        self._shape: tuple[int, ...] | None = None
        self.evaluations = 0
        self.seconds = 0.0

    def call(self, inputs: Sequence[Array]) -> tuple[Any, Any]:
        """(out, cache) for the very arrays given. Raises `Raised` where forward raises or returns no pair."""
        self.evaluations += 1
        start = time.perf_counter()
        with np.errstate():  # code that sets NumPy's error handling sets it for itself alone
            returned = guarded("forward", self._forward, *inputs)
        taken = time.perf_counter() - start
        # The first may have compiled or imported something, which says nothing of those to come.
        self.seconds = taken + (min(self.seconds, taken) if self.evaluations == 2 else self.seconds)
        if not issubclass(type(returned), tuple) or tuple.__len__(returned) != 2:
            raise Raised("forward", WrongReturn(f"returned {_described(returned)}, expected (out, cache)"))
        # A subclass of tuple may unpack to anything.
        return tuple.__getitem__(returned, 0), tuple.__getitem__(returned, 1)

    def received(self, inputs: Sequence[Array]) -> tuple[Received, Any]:
        """As `call`, with the output as numbers, if it holds any."""
        out, cache = self.call(inputs)
        got: Received = guarded("forward", received, out)
        if self._shape is None and got.values is not None:
            self._shape = got.values.shape
        return got, cache

    def __call__(self, inputs: Sequence[Array]) -> Array:
        """The output at `inputs`, an array of its own.

        Raises `Raised` as `call` does, and where the output is no array of numbers of the same shape as the first.
        """
        out, _ = self.received([a.copy() for a in inputs])
        if out.values is None or out.values.shape != self._shape:
            wanted = "an array of numbers" + ("" if self._shape is None else f" of shape {self._shape}")
            raise Raised("forward", WrongReturn(f"returned {out.described}, expected {wanted}"))
        return out.values


class InputProbe:
    """Forward as input number `position` is displaced and the others stay: `probe(delta)` is the output at x + delta.

    Where a real displacement leads out of the domain of code that raises there, the output is NaN, as NumPy's would be.
    """

    def __init__(self, function: Function, inputs: Sequence[Array], position: int) -> None:
        self._function = function
        self._inputs = list(inputs)
        self._position = position
        self.x = self._inputs[position]

    def __call__(self, delta: Array) -> Array:
        """The output at x + delta in double precision; a complex `delta` gives a complex output.

        The inputs keep the dtype of x, so that code written for float32 is evaluated in float32. Raises `Raised` where
        forward raises, other than by leaving its domain.
        """
        real = delta.dtype.kind != "c"
        dtype = self.x.dtype if real else np.result_type(self.x.dtype, np.complex64)
        inputs = list(self._inputs)
        inputs[self._position] = self.x + delta.astype(dtype, copy=False)
        try:
            out = self._function(inputs)
        except Raised as raised:
            if not real or not isinstance(raised.error, OUTSIDE_DOMAIN):
                raise
            out = self._outside_domain
        if real and out.dtype.kind == "c":
            out = real_part(out)
        return out.astype(np.complex128 if out.dtype.kind == "c" else np.float64, copy=False)

    def shrunk(self, factor: float) -> InputProbe:
        """The same forward at inputs of which all are `factor` times as large."""
        inputs = [(a * factor).astype(a.dtype) for a in self._inputs]
        return InputProbe(self._function, inputs, self._position)

    @cached_property
    def _outside_domain(self) -> Array:
        """NaN in the shape of the output."""
        return np.full(self._function(self._inputs).shape, np.nan)


def _described(value: Any) -> str:
    return f"a tuple of {tuple.__len__(value)}" if issubclass(type(value), tuple) else type_name(value)
