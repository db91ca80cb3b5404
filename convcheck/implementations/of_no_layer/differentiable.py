"""`Differentiable`: a pair that is of no layer, and the arrays at which it is looked at."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from convcheck.implementations.pair import Pair
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.spec.inputs import WHOLE, DrawnInput

# How far from 0 positive entries are at least, and distinct ones from each other, as a part of the gap they have.
AWAY, APART = 0.1, 0.5


class Differentiable(NamedTuple):
    """`pair` takes the arrays of `inputs`, in their order, and its backward returns a gradient for each of them.

    `is_last`: the output is a loss, and dout is 1. `letters` are sizes by which a wrong gradient may be explained.
    `by_its_library`: it is a function that PyTorch or JAX differentiates.
    """

    pair: Pair
    inputs: Mapping[str, Array]
    letters: Mapping[str, float] = MappingProxyType({})
    is_last: bool = False
    by_its_library: bool = False


# Makes it for the arrays that were drawn.
Opened = Callable[[Mapping[str, Array]], Differentiable]


def in_words(arrays: Mapping[str, Array]) -> str:
    """What code is called with: "x (4, 5), beta ()"."""
    return ", ".join(f"{name} {array.shape}" for name, array in arrays.items())


def drawn_array(told: DrawnInput, dtype: np.dtype[Any], rng: Draws) -> Array:
    """The array that a spec tells of, of `dtype` where it says no other."""
    kind = np.dtype(told.dtype or dtype)
    # What is computed from arrays without axes is a scalar.
    return np.asarray(_values(told, rng)).reshape(told.shape).astype(kind)


def _values(told: DrawnInput, rng: Draws) -> Any:
    if told.value is not None:
        return told.value
    count = int(np.prod(told.shape))
    if told.dtype in WHOLE:
        first = int(told.low or 0)
        return rng.integers(first, max(first + 1, _end(told, first + 2, whole=True)), told.shape)
    if told.distinct:
        low = AWAY if told.positive else -2.0
        low = low if told.low is None else told.low
        # Each has a place of its own among equally many, and may be off it by less than half the way to the next.
        places = (rng.order(count) + 0.5 * APART * rng.uniform(-1, 1, (count,)) + 0.5) / max(1, count)
        return low + (_end(told, max(2.0, low + 1)) - low) * places
    if told.low is None and told.high is None:
        values = rng.normal(told.shape)
        return np.abs(values) + AWAY if told.positive else values
    below = 0.0 if told.positive else min(-1.0, (told.high or 0.0) - 1)
    below = below if told.low is None else told.low
    return rng.uniform(below, _end(told, max(1.0, below + 1)), told.shape)


def _end(told: DrawnInput, otherwise: float, *, whole: bool = False) -> Any:
    end = otherwise if told.high is None else told.high
    return int(end) if whole else end
