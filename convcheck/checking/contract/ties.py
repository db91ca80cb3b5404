"""Whether backward shares out the gradient among entries that tie, rather than giving all of it to each."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum
from typing import Any

import numpy as np

from convcheck.checking.agreement.criterion import rounding_factor
from convcheck.checking.result import Finding
from convcheck.checking.subject import Subject
from convcheck.layers.layer import Array
from convcheck.numeric.differences import TwoSided
from convcheck.numeric.function import Function, Line
from convcheck.numeric.tied import STEP, tied


def check_ties(
    subject: Subject, function: Function, backward: Callable[[Array, Any], list[Any]], position: int
) -> list[Finding]:
    """A finding where the gradient of a kinked input does not add up on tied data. Three evaluations of forward."""
    claim = subject.claims[position]
    x, direction = tied(claim.shape, subject.rng)
    inputs = [a.copy() for a in subject.data.inputs]
    inputs[position] = x.astype(subject.dtype)
    dout = subject.data.dout.astype(np.float64)
    out, cache = function.call([a.copy() for a in inputs])
    gradient = backward(subject.data.dout, cache)[position]
    noise = rounding_factor(1) * subject.epsilon * np.abs(out).astype(np.float64)
    slope = TwoSided(Line(function, inputs, position), out.astype(np.float64), STEP, noise, subject.epsilon)(direction)
    if slope.kinks.any() or np.shape(gradient) != claim.shape:
        return []
    terms = np.asarray(gradient).astype(np.float64) * direction
    said, changed = fsum(terms.ravel()), fsum((slope.value * dout).ravel())
    if abs(said - changed) <= _bound(subject, terms, slope.value * dout, slope.error * np.abs(dout)):
        return []
    name = "d" + claim.name
    message = (
        f"where entries of {claim.name} tie, {name} does not add up to dout: {said:.6g} along a direction in which "
        f"they stay tied, where forward changes by {changed:.6g}"
    )
    hint = "give the gradient to one winner of each window, or split it; not all of it to every winner"
    return [Finding("ties", "error", message, name, hint)]


def _bound(subject: Subject, terms: Array, changes: Array, errors: Array) -> float:
    factor = rounding_factor(max(subject.terms.values(), default=1))
    size = float(np.abs(terms).sum() + np.abs(changes).sum())
    return factor * subject.epsilon * size + float(errors.sum())
