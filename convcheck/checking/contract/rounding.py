"""How far rounding moves both passes: asked before linearity or memory layout is blamed for a small difference.

Code may compute in float32 whatever it is given, or subtract numbers that are nearly equal. A few evaluations at inputs
and at a dout that differ in their last digits show it. No real dependence on layout, and no term that is not linear in
dout, is as small as that.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convcheck.checking.agreement.criterion import OVERHEAD
from convcheck.checking.gradients.analytic import DOUT_CHANGE
from convcheck.checking.subject import Backward, Subject
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.data import jiggled
from convcheck.numeric.function import Function

SAMPLES = 4
# Inputs are changed by this share of themselves: two roundings of float32, whatever the dtype.
INPUT_CHANGE = 2.0**-22


def movement_by_inputs(subject: Subject, function: Function, backward: Backward) -> list[Array]:
    """How far each entry of the output, then of each gradient, may move when the last digits of the inputs change.

    Raises NotWritten where the code under test does.
    """

    def passes(inputs: Sequence[Array]) -> list[Any]:
        received, cache = function.received([a.copy() for a in inputs])
        return [received.real, *backward(subject.data.dout, cache)]

    inputs = subject.data.inputs
    return _furthest(passes(inputs), lambda: passes(jiggled(inputs, INPUT_CHANGE, subject.rng)))


def movement_by_dout(dout: Array, gradients: Callable[[Array], list[Any]], rng: Draws) -> list[Array]:
    """How far each entry of each gradient is from c times what it should be, for `gradients(c·dout)` and c near 1."""

    def changed() -> list[Any]:
        factor = dout.dtype.type(1 + DOUT_CHANGE * rng.uniform(0.5, 1))
        return [np.asarray(g) / factor for g in gradients(dout * factor)]

    return _furthest(gradients(dout), changed)


def _furthest(at_data: Sequence[Any], changed: Callable[[], Sequence[Any]]) -> list[Array]:
    """For each array the largest of a few changes of each entry, at least their median, with room for chance."""
    moved = [np.zeros(np.shape(a)) for a in at_data]
    with np.errstate(all="ignore"):
        for _ in range(SAMPLES):
            try:
                arrays = changed()
            except Raised:  # outside the domain of the code
                continue
            for i, (a, b) in enumerate(zip(at_data, arrays, strict=False)):
                if np.shape(a) == np.shape(b):
                    moved[i] = np.fmax(moved[i], np.abs(np.asarray(b, dtype=float) - np.asarray(a, dtype=float)))
        return [OVERHEAD * np.fmax(m, np.median(m)) if m.size else m for m in moved]
