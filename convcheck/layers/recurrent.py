"""What recurrent layers have in common: tanh and sigmoid of gates, and how rounding grows from step to step.

Their vectorised passes are written with what is here and with +, -, *, @, .T, .sum and slices, so that they can be run
on arrays, and on `Rounded`: numbers with a bound on how far off they may be. That is the running error analysis of
Wilkinson (Higham 2002, section 3.3): each operation adds its own rounding to what it was handed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convcheck.layers.layer import Array, Arrays, Facts, Params

if TYPE_CHECKING:
    from convcheck.layers.layer import Layer

# How far a value may be off where the slope of tanh is looked at: a bound in float32, which is the coarsest dtype.
COARSE = 64 * float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Rounded:
    """An array, and `off`: in units of eps, how far each entry may be off by rounding."""

    value: Array
    off: Array

    # NumPy leaves array + Rounded to __radd__ below.
    __array_ufunc__ = None

    def __add__(self, other: Any) -> Rounded:
        a, b = self, _rounded(other)
        value = a.value + b.value
        # Terms that cancel have been rounded before.
        return Rounded(value, np.abs(a.value) + np.abs(b.value) + a.off + b.off)

    __radd__ = __add__

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.off)

    def __sub__(self, other: Any) -> Rounded:
        return self + -_rounded(other)

    def __rsub__(self, other: Any) -> Rounded:
        return _rounded(other) + -self

    def __mul__(self, other: Any) -> Rounded:
        a, b = self, _rounded(other)
        value = a.value * b.value
        return Rounded(value, np.abs(value) + a.off * np.abs(b.value) + np.abs(a.value) * b.off)

    __rmul__ = __mul__

    def __matmul__(self, other: Any) -> Rounded:
        by = _rounded(other)
        a, b = np.abs(self.value), np.abs(by.value)
        return Rounded(self.value @ by.value, a @ b + self.off @ b + a @ by.off)

    def __rmatmul__(self, other: Any) -> Rounded:
        return _rounded(other) @ self

    def __getitem__(self, index: Any) -> Rounded:
        return Rounded(self.value[index], self.off[index])

    @property
    def T(self) -> Rounded:
        """Transposed."""
        return Rounded(self.value.T, self.off.T)

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of the array."""
        return self.value.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the array."""
        return tuple(self.value.shape)

    def swapaxes(self, one: int, other: int) -> Rounded:
        """With two axes exchanged."""
        return Rounded(self.value.swapaxes(one, other), self.off.swapaxes(one, other))

    def reshape(self, *shape: int) -> Rounded:
        """In another shape."""
        return Rounded(self.value.reshape(*shape), self.off.reshape(*shape))

    def sum(self, axis: int | tuple[int, ...], *, keepdims: bool = False) -> Rounded:
        """Summed over axes."""
        terms = np.abs(self.value) + self.off
        return Rounded(self.value.sum(axis=axis, keepdims=keepdims), terms.sum(axis=axis, keepdims=keepdims))


def _rounded(other: Any) -> Rounded:
    return other if isinstance(other, Rounded) else Rounded(np.asarray(other), np.zeros(np.shape(other)))


def tanh(a: Any) -> Any:
    """tanh of an array, or of a `Rounded`."""
    if not isinstance(a, Rounded):
        return np.tanh(a)
    value = np.tanh(a.value)
    return Rounded(value, np.abs(value) + steepest(a) * a.off)


def steepest(a: Rounded) -> Array:
    """The slope of tanh where it is steepest, as near as the value may be off."""
    nearest = np.maximum(np.abs(a.value) - COARSE * a.off, 0)
    return np.asarray(1 - np.tanh(nearest) ** 2)


def sigmoid(a: Any) -> Any:
    """1 / (1 + exp(-a)), as a tanh, which overflows nowhere."""
    return 0.5 * (1 + tanh(0.5 * a))


def beside(parts: Sequence[Any]) -> Any:
    """The parts side by side along the last axis."""
    if isinstance(parts[0], Rounded):
        return Rounded(*(np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in ("value", "off")))
    return np.concatenate(parts, axis=-1)


def over_time(steps: Sequence[Any]) -> Any:
    """(N, T, …) of T steps (N, …)."""
    if isinstance(steps[0], Rounded):
        return Rounded(*(np.stack([getattr(s, name) for s in steps], axis=1) for name in ("value", "off")))
    return np.stack(steps, axis=1)


def recurrent_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """The magnitudes by which the layer's reference, run on `Rounded`, may be off."""
    reference = layer.variants[layer.reference]
    given: list[Any] = [_rounded(np.asarray(a, np.float64)) for a in (*inputs, dout)]
    out: Any
    out, cache = reference.forward(*given[:-1], *(() if params is None else (params,)))
    gradients = reference.backward(given[-1], cache)
    names = ("forward", *("d" + name for name in layer.input_names))
    return {name: one.off for name, one in zip(names, (out, *gradients), strict=True)}
