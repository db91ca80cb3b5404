"""Whether backward shares out the gradient among entries that tie, rather than giving all of it to each.

Where entries of a kinked input tie, none of them has a gradient of its own: any one winner, or a split, is right. But
in a direction that moves tied entries together there is a slope, to which every such choice adds up:
    Σₖ dₖ · gradient[k] = Σₒ slopeₒ · doutₒ        for d the same wherever x is the same
"""

from __future__ import annotations

import numpy as np

from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.gradients.directions import Compared, compare_directions
from convcheck.checking.gradients.precision import probing_of, widest_precision
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Backward, Subject
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.blocks import Blocks
from convcheck.numeric.data import dyadic, with_ties
from convcheck.numeric.differences import TwoSided
from convcheck.numeric.directions import identity_along
from convcheck.numeric.function import Function
from convcheck.numeric.plan import TIED_DIRECTIONS
from convcheck.spec.showing import numeral

# Entries tie across blocks as well.
WHOLE = Blocks((), ())
IN_WORDS = "two-sided difference, in directions in which ties stay"
SENTENCE = "along directions in which ties stay: |Σ v·analytic − Σ v·numeric| within rounding, or the tolerance"
HINT = "give the gradient to one winner of each window, or split it; not all of it to every winner"


def check_ties(subject: Subject, function: Function, backward: Backward, position: int) -> list[Finding]:
    """A finding where the gradient of kinked input number `position` does not add up on data with ties.

    For a subject whose own data has none. Raises `Raised` or NotWritten where the code under test does.
    """
    assert subject.elsewhere is not None
    place = subject.elsewhere(with_ties(subject.data, position, subject.dtype, subject.rng))
    received, cache = function.received([a.copy() for a in place.data.inputs])
    out = received.real
    values = backward(place.data.dout, cache)[position]
    assert place.reference is not None
    if out is None or out.shape != place.reference.shape or np.shape(values) != subject.claims[position].shape:
        return []
    return ties_found(place, ties_verdict(place, function, backward, out, position, values, None), position)


def ties_verdict(
    subject: Subject,
    function: Function,
    backward: Backward,
    out: Array,
    position: int,
    values: Array,
    tolerance: float | None,
) -> TensorResult:
    """The verdict on the gradient `values` of an input whose data has ties, in directions in which they stay ties.

    `out` is what forward gave. Raises `Raised` or NotWritten where the code under test does.
    """
    precision = widest_precision(subject, function, out)
    probing = probing_of(subject, function, precision, position)
    step = probing.steps.step
    scheme = TwoSided(probing.probe, probing.base, step, probing.noise, probing.roundoff, IN_WORDS)
    directions = [tied_direction(probing.x, subject.rng) for _ in range(TIED_DIRECTIONS)]
    gradient = AnalyticGradient(
        subject, function, backward, position, np.asarray(values), probing, precision.arithmetic, tolerance, _always
    )
    compared = []
    for direction in directions:
        identity = identity_along(probing, scheme, direction, WHOLE)
        wide, size = gradient.wide, np.abs(direction)
        allowed = gradient.rounding_factor * gradient.epsilon * gradient.scale
        if tolerance is not None:
            allowed = tolerance * np.maximum(1.0, np.abs(wide))
        bound = identity.error + (size * allowed).sum()
        analytic = np.asarray((direction * wide).sum())
        off = np.asarray(np.abs(analytic - identity.value))
        compared.append(Compared(identity, analytic, off, np.asarray(bound)))
    result = compare_directions(gradient, compared)
    return result._replace(scheme=gradient.scheme_in_words(IN_WORDS), criterion=SENTENCE)


def ties_found(subject: Subject, verdict: TensorResult, position: int) -> list[Finding]:
    """The finding on a gradient that does not add up where entries tie; none where it does."""
    if verdict.verdict != "wrong" or verdict.worst is None:
        return []
    name = subject.claims[position].name
    analytic, numeric = numeral(verdict.worst.analytic), numeral(verdict.worst.numeric)
    message = (
        f"where entries of {name} tie, d{name} does not add up to dout: {analytic} along a direction in which they "
        f"stay tied, where forward changes by {numeric}"
    )
    return [Finding("ties", "error", message, "d" + name, HINT)]


def tied_direction(x: Array, rng: Draws) -> Array:
    """A direction that is the same wherever x is the same."""
    values, chosen = np.unique(x, return_inverse=True)
    return dyadic(values.shape, 6, rng)[chosen.reshape(x.shape)]


def _always(evaluations: int) -> bool:
    """Directions in which ties stay are few: they are looked at whatever they take."""
    return True
