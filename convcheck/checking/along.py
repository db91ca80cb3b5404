"""A gradient held against slopes along random directions, where entries are not looked at one by one."""

from __future__ import annotations

from math import fsum

import numpy as np

from convcheck.checking.compare import maxima
from convcheck.checking.criterion import Criterion, derived, tolerated
from convcheck.checking.result import Entry, TensorResult, Verdict
from convcheck.checking.subject import Subject
from convcheck.layers.layer import Array
from convcheck.numeric.directions import Directions


def compare_along(
    name: str,
    analytic: Array,
    along: Directions,
    subject: Subject,
    tolerance: float | None,
    scheme: str,
    doubt: str | None = None,
) -> TensorResult:
    """The verdict on Σₖ dₖ · analytic[k] for every direction d. The index of an `Entry` is the direction's number.

    `doubt` is why a direction that looks wrong is undecided.
    """
    wide = analytic.astype(np.float64)
    said = np.array([fsum((d * wide).ravel()) if np.isfinite(wide).all() else np.nan for d in along.directions])
    numeric = np.array(along.values)
    criterion = _criterion(name, wide, along, subject, tolerance, said)
    with np.errstate(all="ignore"):
        error = np.abs(said - numeric)
        wrong = ~(error <= criterion.bound) & (said != numeric)
    undecided = np.array(along.kinked) | (criterion.too_wide & (said != numeric)) | ~np.isfinite(numeric)
    wrong &= ~undecided
    doubted = wrong & (doubt is not None)
    undecided |= doubted
    wrong &= ~doubted
    verdict: Verdict = "within_bound"
    if wrong.any():
        verdict = "wrong"
    elif undecided.any():
        verdict = "undecided"
    elif (said == numeric).all():
        verdict = "exact"

    def entry(i: int) -> Entry:
        reason = "kink" if along.kinked[i] else doubt if doubted[i] else "bound too wide" if undecided[i] else None
        return Entry((i,), float(said[i]), float(numeric[i]), float(criterion.bound[i]), reason)

    severity = np.where(np.isfinite(error), error, np.inf)
    order = sorted(range(len(said)), key=lambda i: (not wrong[i], not undecided[i], -severity[i]))
    return TensorResult(
        name=name,
        shape=tuple(analytic.shape),
        verdict=verdict,
        entries=analytic.size,
        checked=0,
        wrong=int(wrong.sum()),
        undecided=int(undecided.sum()),
        **maxima(said, numeric, criterion.bound),
        criterion=(criterion.if_equal if verdict == "exact" else None) or criterion.sentence,
        scheme=scheme,
        directions=len(said),
        worst=entry(order[0]),
        listed=tuple(entry(i) for i in order if wrong[i] or undecided[i]),
    )


def _criterion(
    name: str, analytic: Array, along: Directions, subject: Subject, tolerance: float | None, said: Array
) -> Criterion:
    if tolerance is not None:
        return tolerated(tolerance, said, np.array(along.values))
    scale = np.abs(analytic) if subject.scale is None else subject.scale[name]
    sums = np.array([float((np.abs(d) * scale).sum()) for d in along.directions])
    exact = subject.data.exact and not along.lost
    terms = subject.terms.get(name, analytic.size)
    return derived(np.maximum(sums, along.magnitudes), np.array(along.errors), terms, subject.epsilon, exact)
