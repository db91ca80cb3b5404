"""A gradient that is compared in random directions: the evidence, in the steps whose order `evidence.py` tells.

Where a layer tells how it rounds, a gradient that looks wrong in a direction is wrong. Elsewhere it may round by more
than any bound knows beforehand, so an entry has to be found that is wrong by itself; without one, the direction is
undecided.
"""

from math import fsum

import numpy as np

from convcheck.checking.agreement.compare import largest_errors, verdict_of
from convcheck.checking.agreement.criterion import (
    INPUT_ROUNDING,
    OVERHEAD,
    Criterion,
    derived_criterion,
    tolerance_criterion,
    zero_but_for_rounding,
)
from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.gradients.bisect import SingleEntry, bisect, bisection_cost
from convcheck.checking.gradients.input_rounding import SAMPLES
from convcheck.checking.gradients.small_entries import single_entry_bound
from convcheck.checking.result import Entry, Finding, TensorResult
from convcheck.layers.layer import Array
from convcheck.numeric.directions import Directions, probe_directions
from convcheck.numeric.groups import no_locality
from convcheck.numeric.plan import ProbePlan
from convcheck.numeric.single_entry import probe_single_entries
from convcheck.numeric.slope import EXTRAPOLATION
from convcheck.spec.showing import numeral


class DirectionEvidence:
    """What is known of one gradient so far: the slopes in its directions, and the verdict that follows from them.

    Each step adds to `findings`. All of them evaluate the code under test, and raise `Raised` or NotWritten where it
    does.
    """

    def __init__(self, gradient: AnalyticGradient, count: int) -> None:
        self.gradient = gradient
        self._count = count
        self.findings: list[Finding] = []
        self._wide = gradient.wide
        self._allowance = ""

    @property
    def looks_wrong(self) -> bool:
        """Whether a direction is wrong, as far as is known."""
        return self.result.verdict == "wrong"

    def compare_with_differences(self) -> None:
        """A few random directions against slopes, by the scheme that the claim allows if the code keeps to it."""
        self._directions = probe_directions(self.gradient.probing, self._count)
        self.findings += self.gradient.claims_given_up(self._directions.given_up)
        self._compare()

    def allow_input_rounding(self) -> None:
        """Allow every direction as much as its entries move when the inputs are rounded.

        Without time for that, a direction that may look wrong because of rounding is undecided.
        """
        if not self.gradient.affordable(2 * (1 + SAMPLES)):
            worst = self.result.worst
            assert worst is not None
            size = float((np.abs(self._directions.directions[worst.index[0]]) * np.abs(self._wide)).sum())
            if not abs(worst.analytic - worst.numeric) > np.sqrt(self.gradient.epsilon) * size:
                self._compare("bound too wide")
            return
        movement = self.gradient.input_rounding(np.abs(self._wide))
        known = zip(self._directions.directions, self._directions.errors, strict=True)
        errors = [error + float((np.abs(d) * movement).sum()) for d, error in known]
        self._directions = self._directions._replace(errors=errors)
        self._allowance = INPUT_ROUNDING
        self._compare()

    def bisect(self) -> None:
        """Look for a wrong entry in the worst direction; without one, say that it is undecided if rounding is unknown.

        Nothing changes where the evaluations cannot be afforded, or where the gradient has entries that are not finite.
        """
        gradient, directions = self.gradient, self._directions
        cost = bisection_cost(directions.scheme, self._wide.size)
        if not np.isfinite(self._wide).all() or not gradient.affordable(cost):
            return
        assert self.result.worst is not None
        number = self.result.worst.index[0]
        worst = directions.directions[number]
        others = [d for i, d in enumerate(directions.directions) if i != number]
        bisection = bisect(gradient.probing, directions.scheme, worst, others, self._wide, self._single_entry)
        if bisection.entry is not None:
            self.findings.append(_wrong_entry(gradient.name, number, bisection.entry))
        elif gradient.rounding_is_unknown:
            self._compare("bound too wide" if bisection.consistent else "differences disagree")

    def _compare(self, doubt: str | None = None) -> None:
        result = compare_directions(self.gradient, self._directions, doubt)
        self.result = result._replace(criterion=result.criterion + self._allowance)

    def _single_entry(self, entry: int) -> SingleEntry:
        """One entry by itself; where no layer tells how it rounds, the bound allows for all that may move it."""
        gradient, probing, scheme = self.gradient, self.gradient.probing, self._directions.scheme
        direction = np.zeros(self._wide.shape)
        direction.flat[entry] = 1.0
        if gradient.subject.scale is not None:
            slope = scheme(direction)
            error = float((slope.error * np.abs(probing.dout)).sum())
            scale = float(gradient.subject.scale[gradient.name].flat[entry])
            value = float((slope.value * probing.dout).sum())
            return SingleEntry(value, gradient.rounding_factor * gradient.epsilon * scale + error)
        plan = ProbePlan(self._directions.kind, no_locality(self._wide.shape))
        measured = probe_single_entries(probing, plan, scheme.name, [entry])
        value = float(measured.value[0])
        bound = float(single_entry_bound(gradient, measured)[0])
        if scheme.name == EXTRAPOLATION:
            slopes, stairs = probing.ridders.second_opinion(direction)
            bound += OVERHEAD * abs(float((slopes * probing.dout).sum()) - value)
            bound = float("inf") if stairs.any() else bound
        movement = float(gradient.input_rounding(np.abs(self._wide)).flat[entry])
        return SingleEntry(value, float("inf") if measured.kinks[0] else bound + OVERHEAD * movement)


def compare_directions(gradient: AnalyticGradient, directions: Directions, doubt: str | None = None) -> TensorResult:
    """The verdict on Σₖ dₖ · gradient[k] for every direction d. The index of an `Entry` is the direction's number.

    `doubt` is why a direction that looks wrong is undecided.
    """
    wide = gradient.wide
    finite = np.isfinite(wide).all()
    analytic = np.array([fsum((d * wide).ravel()) if finite else np.nan for d in directions.directions])
    numeric = np.array(directions.values)
    criterion = _criterion(gradient, directions, analytic, numeric)
    with np.errstate(all="ignore"):
        error = np.abs(analytic - numeric)
        equal = analytic == numeric
        wrong = ~(error <= criterion.bound) & ~equal
    undecided = np.array(directions.kinked) | (criterion.too_wide & ~equal) | ~np.isfinite(numeric)
    wrong &= ~undecided
    doubted = wrong & (doubt is not None)
    undecided |= doubted
    wrong &= ~doubted
    verdict = verdict_of(wrong, undecided, equal)

    def entry(i: int) -> Entry:
        reason = "kink" if directions.kinked[i] else doubt if doubted[i] else "bound too wide" if undecided[i] else None
        return Entry((i,), float(analytic[i]), float(numeric[i]), float(criterion.bound[i]), reason)

    severity = np.where(np.isfinite(error), error, np.inf)
    order = sorted(range(len(analytic)), key=lambda i: (not wrong[i], not undecided[i], -severity[i]))
    return TensorResult(
        name=gradient.name,
        shape=tuple(wide.shape),
        verdict=verdict,
        entries=wide.size,
        checked=0,
        wrong=int(wrong.sum()),
        undecided=int(undecided.sum()),
        **largest_errors(analytic, numeric, criterion.bound),
        criterion=(criterion.if_equal if verdict == "exact" else None) or criterion.sentence,
        scheme=gradient.scheme_in_words(directions.scheme.name),
        directions=len(analytic),
        method="directions",
        worst=entry(order[0]),
        listed=tuple(entry(i) for i in order if wrong[i] or undecided[i]),
    )


def _criterion(gradient: AnalyticGradient, directions: Directions, analytic: Array, numeric: Array) -> Criterion:
    if gradient.tolerance is not None:
        return tolerance_criterion(gradient.tolerance, analytic, numeric)
    subject = gradient.subject
    scale = np.abs(gradient.wide) if subject.scale is None else subject.scale[gradient.name]
    sums = np.array([float((np.abs(d) * scale).sum()) for d in directions.directions])
    exact = subject.data.exact and not directions.given_up
    terms = subject.terms.get(gradient.name, gradient.values.size)
    magnitudes, error = np.maximum(sums, directions.magnitudes), np.array(directions.errors)
    criterion = derived_criterion(magnitudes, error, terms, subject.epsilon, exact)
    if not gradient.rounding_is_unknown:
        return criterion
    least = np.array([float((np.abs(d) * gradient.least_visible).sum()) for d in directions.directions])
    zero = zero_but_for_rounding(analytic, numeric, error, criterion.bound, least)
    return criterion._replace(too_wide=criterion.too_wide & ~zero)


def _wrong_entry(name: str, number: int, entry: Entry) -> Finding:
    index = ", ".join(map(str, entry.index))
    message = (
        f"halving direction {number} leads to {name}[{index}]: backward gives {numeral(entry.analytic, 7)}, "
        f"the differences {numeral(entry.numeric, 7)}"
    )
    return Finding("wrong-entry", "note", message, name)
