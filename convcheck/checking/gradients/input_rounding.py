"""How far a gradient moves when the inputs and dout are rounded: what backward may be off where no layer tells it.

Sound code in a dtype gives the gradient at inputs a few roundings away from those given. Where terms cancel, or forward
curves steeply (the mean of numbers near 100, sin 50x), that is far more than a few roundings of the result. And for
c·dout sound code gives c times the gradient, but for its own rounding: where small entries come of large terms, as in a
Fourier transform, that shows. Both are measured on backward as it is, and only before a gradient is called wrong. That
excuses no wrong formula: being wrong does not make its values depend more on the last digits of the inputs.
"""

from __future__ import annotations

import numpy as np

from convcheck.checking.agreement.criterion import OVERHEAD
from convcheck.checking.subject import Backward, Subject
from convcheck.layers.layer import Array
from convcheck.numeric.data import jiggled
from convcheck.numeric.function import Function

SAMPLES = 8
# How far c is from 1: far enough that all digits of c·dout change, so near that code which is not linear in dout is not
# excused.
DOUT_CHANGE = 2.0**-10


def input_rounding(subject: Subject, function: Function, backward: Backward, position: int, scale: Array) -> Array:
    """A bound for each entry of gradient number `position`; `scale` is Σ|terms| of each.

    An entry that happens to move little in a few samples is allowed the median movement relative to `scale`. Costs nine
    evaluations of both passes. Raises `Raised` or NotWritten where the code under test does.
    """
    data, rng = subject.data, subject.rng
    gradients = [_gradient_at(data.inputs, data.dout, function, backward, position)]
    for _ in range(SAMPLES):
        rounded = jiggled(data.inputs, subject.epsilon, rng)
        factor = 1 + DOUT_CHANGE * rng.uniform(0.5, 1)
        dout = np.asarray(data.dout * factor).astype(subject.dtype)
        gradients.append(_gradient_at(rounded, dout, function, backward, position) / factor)
    with np.errstate(all="ignore"):
        furthest = np.max([np.abs(g - gradients[0]) for g in gradients[1:]], axis=0)
        typical = np.median((furthest / scale)[scale > 0]) if (scale > 0).any() else 0.0
        return np.asarray(OVERHEAD * np.fmax(furthest, typical * scale))


def _gradient_at(inputs: list[Array], dout: Array, function: Function, backward: Backward, position: int) -> Array:
    _, cache = function.call([a.copy() for a in inputs])
    return np.asarray(backward(dout, cache)[position]).astype(np.float64)
