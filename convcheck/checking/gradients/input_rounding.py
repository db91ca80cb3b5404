"""How far a gradient moves when its arguments are rounded: what its code may be off where no layer says it beforehand.

Sound code in a dtype gives the gradient at inputs a few roundings away from those given. Where terms cancel, or forward
curves steeply (the mean of numbers near 100, sin 50x), that is far more than a few roundings of the result. And it
gives the same for c·dout, divided by c, but for its own rounding: where small entries come of large terms, as in a
Fourier transform, that shows. Both are asked for only before a gradient is called wrong, and of the code as it is: a
wrong formula does not sway by being wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convcheck.checking.agreement.criterion import OVERHEAD
from convcheck.checking.subject import Subject
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function

SAMPLES = 8
# Far enough from 1 that all digits change, near enough that code which is not linear in dout is not excused by it.
NEAR_ONE = 2.0**-10


def sway(
    subject: Subject, function: Function, backward: Callable[[Array, Any], list[Any]], position: int, scale: Array
) -> Array:
    """A bound for each entry of gradient number `position`, no entry far below the others relative to `scale`."""

    data, rng = subject.data, subject.rng
    gradients = [_at(data.inputs, data.dout, function, backward, position)]
    for _ in range(SAMPLES):
        moved = [a * (1 + subject.epsilon * rng.signs(a.shape)) for a in data.inputs]
        rounded = [np.asarray(a).astype(subject.dtype) for a in moved]
        factor = 1 + NEAR_ONE * rng.uniform(0.5, 1)
        dout = np.asarray(data.dout * factor).astype(subject.dtype)
        gradients.append(_at(rounded, dout, function, backward, position) / factor)
    with np.errstate(all="ignore"):
        furthest = np.max([np.abs(g - gradients[0]) for g in gradients[1:]], axis=0)
        typical = np.median((furthest / scale)[scale > 0]) if (scale > 0).any() else 0.0
        return np.asarray(OVERHEAD * np.fmax(furthest, typical * scale))


def _at(
    inputs: list[Array],
    dout: Array,
    function: Function,
    backward: Callable[[Array, Any], list[Any]],
    position: int,
) -> Array:
    _, cache = function.call([a.copy() for a in inputs])
    return np.asarray(backward(dout, cache)[position]).astype(np.float64)
