"""A gradient held against a few random directions, and what is made of one along which it looks wrong.

Where a layer says how it rounds, it is wrong. Elsewhere rounding may be more than any bound knows beforehand, so an
entry has to be found that is wrong by itself; without one the direction is undecided.
"""

from collections.abc import Callable
from functools import partial
from math import fsum
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.compare import maxima
from convcheck.checking.agreement.criterion import OVERHEAD, SWAYED, Criterion, derived, rounding_factor, tolerated
from convcheck.checking.contract.findings import claims_lost, epsilon_of
from convcheck.checking.gradients.bisect import Judgement, cost, traced
from convcheck.checking.gradients.small_entries import own_bound
from convcheck.checking.result import Entry, Finding, TensorResult, Verdict
from convcheck.checking.subject import Subject
from convcheck.layers.layer import Array
from convcheck.numeric.directions import Directions, directions_of
from convcheck.numeric.groups import every_entry
from convcheck.numeric.plan import Plan
from convcheck.numeric.probing import Probing
from convcheck.numeric.single_entry import alone


class ByDirection(NamedTuple):
    """One gradient. `terms` are those of its sums; `sway(scale)` says how far rounding moves each entry.

    `affordable(n)` answers whether n more evaluations of forward may be spent.
    """

    subject: Subject
    probing: Probing
    analytic: Array
    tolerance: float | None
    terms: int
    sway: Callable[[Array], Array]
    affordable: Callable[[int], bool]

    @property
    def name(self) -> str:
        """Of the gradient: "dx", …"""
        return "d" + self.probing.claim.name

    def verdict(self, words: Callable[[str], str]) -> tuple[TensorResult, list[Finding]]:
        """The verdict, and what there is to say beside it; `words(scheme)` is what a report calls the scheme."""
        along = directions_of(self.probing)
        findings = claims_lost(self.name, along.lost)
        result = compare_along(self.name, self.analytic, along, self.subject, self.tolerance, words(along.scheme.name))
        if result.verdict != "wrong" or self.tolerance is not None:
            return result, findings
        wide = self.analytic.astype(np.float64)
        if self.subject.scale is None:
            swaying = self.sway(np.abs(wide))
            errors = [
                e + float((np.abs(d) * swaying).sum()) for d, e in zip(along.directions, along.errors, strict=True)
            ]
            along = along._replace(errors=errors)
            result = self._swayed(along, words)
        if (
            result.verdict != "wrong"
            or not np.isfinite(wide).all()
            or not self.affordable(cost(along.scheme, wide.size))
        ):
            return result, findings
        assert result.worst is not None
        number = result.worst.index[0]
        others = [d for i, d in enumerate(along.directions) if i != number]
        judge = partial(self._judged, along, wide)
        found = traced(self.probing, along.scheme, along.directions[number], others, wide, judge)
        if found.entry is not None:
            findings.append(_at(self.name, number, found.entry))
        elif self.subject.scale is None:
            doubt = "bound too wide" if found.steady else "differences disagree"
            result = self._swayed(along, words, doubt)
        return result, findings

    def _swayed(self, along: Directions, words: Callable[[str], str], doubt: str | None = None) -> TensorResult:
        scheme = words(along.scheme.name)
        result = compare_along(self.name, self.analytic, along, self.subject, None, scheme, doubt)
        return result._replace(criterion=result.criterion + SWAYED)

    def _judged(self, along: Directions, wide: Array, entry: int) -> Judgement:
        """One entry by itself: with all that may move it where no layer says how much that is."""
        epsilon = epsilon_of(self.analytic, self.subject.dtype)
        factor = rounding_factor(self.terms)
        direction = np.zeros(wide.shape)
        direction.flat[entry] = 1.0
        if self.subject.scale is not None:
            slope = along.scheme(direction)
            error = float((slope.error * np.abs(self.probing.dout)).sum())
            scale = float(self.subject.scale[self.name].flat[entry])
            return Judgement(float((slope.value * self.probing.dout).sum()), factor * epsilon * scale + error)
        plan = Plan(along.kind, every_entry(wide.shape))
        seen = alone(self.probing, plan, along.scheme.name, [entry])
        tiny = float(np.finfo(self.subject.dtype).tiny)
        bound = float(own_bound(seen, self.probing.dout, factor, epsilon, tiny)[0])
        if along.scheme.name == self.probing.ridders.name:
            other, stairs = self.probing.ridders.doubts(direction)
            bound += OVERHEAD * abs(float((other * self.probing.dout).sum()) - float(seen.value[0]))
            bound = float("inf") if stairs.any() else bound
        swaying = float(self.sway(np.abs(wide)).flat[entry])
        return Judgement(float(seen.value[0]), float("inf") if seen.kinks[0] else bound + OVERHEAD * swaying)


def _at(name: str, number: int, entry: Entry) -> Finding:
    index = ", ".join(map(str, entry.index))
    message = (
        f"halving direction {number} leads to {name}[{index}]: backward gives {entry.analytic:.7g}, "
        f"the differences {entry.numeric:.7g}"
    )
    return Finding("wrong-entry", "note", message, name)


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
