"""Whether backward shares out the gradient among entries that tie, rather than giving all of it to each.

Where entries of a kinked input tie, none of them has a gradient of its own: any one winner, or a split, is right. But
in a direction that moves tied entries together there is a slope, to which every such choice adds up:
    Σₖ dₖ · gradient[k] = Σₒ slopeₒ · doutₒ        for d the same wherever x is the same
"""

from __future__ import annotations

from math import fsum

import numpy as np

from convcheck.checking.agreement.criterion import rounding_factor
from convcheck.checking.result import Finding
from convcheck.checking.subject import Backward, Subject
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.data import dyadic
from convcheck.numeric.differences import TwoSided
from convcheck.numeric.function import Function, InputProbe
from convcheck.spec.showing import numeral
from convcheck.spec.sizes import Shape

# Few values, so that any window has ties; none is zero, where an input may have a kink that no direction avoids.
TIED_VALUES = np.array([-1.5, -0.5, 0.5, 1.5])
# The values stay in their order over this step in a direction with entries below 2.
STEP = 0.125


def check_ties(subject: Subject, function: Function, backward: Backward, position: int) -> list[Finding]:
    """A finding where the gradient of kinked input number `position` does not add up on tied data.

    Costs three evaluations of forward. Raises `Raised` or NotWritten where the code under test does.
    """
    claim = subject.claims[position]
    x, direction = tied_data(claim.shape, subject.rng)
    inputs = [a.copy() for a in subject.data.inputs]
    inputs[position] = x.astype(subject.dtype)
    dout = subject.data.dout.astype(np.float64)
    received, cache = function.received([a.copy() for a in inputs])
    out = np.zeros(dout.shape) if received.real is None else received.real
    gradient = backward(subject.data.dout, cache)[position]
    noise = rounding_factor(1) * subject.epsilon * np.abs(out).astype(np.float64)
    scheme = TwoSided(InputProbe(function, inputs, position), out.astype(np.float64), STEP, noise, subject.epsilon)
    slope = scheme(direction)
    if slope.kinks.any() or np.shape(gradient) != claim.shape:
        return []
    terms = np.asarray(gradient).astype(np.float64) * direction
    analytic, numeric = fsum(terms.ravel()), fsum((slope.value * dout).ravel())
    if abs(analytic - numeric) <= _bound(subject, terms, slope.value * dout, slope.error * np.abs(dout)):
        return []
    name = "d" + claim.name
    message = (
        f"where entries of {claim.name} tie, {name} does not add up to dout: {numeral(analytic)} along a "
        f"direction in which they stay tied, where forward changes by {numeral(numeric)}"
    )
    hint = "give the gradient to one winner of each window, or split it; not all of it to every winner"
    return [Finding("ties", "error", message, name, hint)]


def tied_data(shape: Shape, rng: Draws) -> tuple[Array, Array]:
    """x with many equal entries, and a direction that is equal wherever x is."""
    chosen = rng.integers(0, len(TIED_VALUES), shape)
    return TIED_VALUES[chosen], dyadic((len(TIED_VALUES),), 6, rng)[chosen]


def _bound(subject: Subject, analytic_terms: Array, numeric_terms: Array, errors: Array) -> float:
    factor = rounding_factor(max(subject.terms.values(), default=1))
    size = float(np.abs(analytic_terms).sum() + np.abs(numeric_terms).sum())
    return factor * subject.epsilon * size + float(errors.sum())
