"""A gradient of which every entry is compared: the evidence, in the steps whose order `evidence.py` tells."""

from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.compare import Comparison, compare_entries
from convcheck.checking.agreement.criterion import (
    INPUT_ROUNDING,
    Criterion,
    at_least_mean,
    decided_all_the_same,
    derived_criterion,
    tolerance_criterion,
    zero_but_for_rounding,
)
from convcheck.checking.diagnosis.last_digits import check_last_digits
from convcheck.checking.gradients.analytic import AnalyticGradient
from convcheck.checking.gradients.precision import FEW_DIGITS
from convcheck.checking.result import Finding, TensorResult
from convcheck.layers.layer import Array
from convcheck.numeric.entries import ProbedEntries, probe_entries
from convcheck.numeric.gradient import NumericGradient
from convcheck.numeric.groups import no_locality
from convcheck.spec.showing import count

# In arithmetic of few digits the least of a few estimates is small by chance now and then: what is off by no more than
# so many bounds is not called wrong.
FEW_DIGITS_MARGIN = 8


class SeenAlong(NamedTuple):
    """What so many random `directions` have shown to be right: all entries but those that are `left`, a mask.

    `scale` is the size of the terms behind each entry, and `sees` the share of it to within which they were seen; but
    for so many that are `unshown`, which are too small for the outputs to show.
    """

    left: Array
    scale: Array
    directions: int
    sees: float
    unshown: int = 0


class EntryEvidence:
    """What is known of one gradient so far: the differences, the criterion, and the verdict that follows from both.

    `full` probes every entry by itself from the start; `entries` are those that have been probed. What was seen `along`
    directions is not looked at again: it counts as what it was found to be. Each step adds to `findings`. Those that
    evaluate the code under test raise `Raised` or NotWritten where it does.
    """

    def __init__(
        self,
        gradient: AnalyticGradient,
        full: bool,
        findings: list[Finding],
        entries: ProbedEntries | None = None,
        along: SeenAlong | None = None,
    ) -> None:
        self.gradient = gradient
        self._probed = entries
        self._along = along
        self._full = full
        self._findings = findings

    @property
    def certified(self) -> bool:
        """Whether the differences add up to the slope in a random direction."""
        return self._numeric.certified

    @property
    def looks_wrong(self) -> bool:
        """Whether an entry is wrong, as far as is known."""
        return bool(self._comparison.wrong.any())

    @property
    def hangs_on_rounding(self) -> bool:
        """Whether an entry is wrong; or undecided, where differences show a zero and backward something else."""
        off, zero = np.abs(self.gradient.wide - self._value), np.abs(self._value) <= self._numeric.error
        return self.looks_wrong or bool((self._criterion.too_wide & zero & (off > self._criterion.bound)).any())

    @property
    def result(self) -> TensorResult:
        """The verdict, as far as is known."""
        return self._comparison.with_map

    def compare_with_differences(self) -> None:
        """Every entry against differences, by the cheapest plan whose claims hold on the code under test."""
        gradient = self.gradient
        along = self._along
        self._entries = self._probed or probe_entries(
            gradient.probing, self._full, gradient.affordable, along and along.left
        )
        self._numeric = self._entries.gradient
        if along:
            value, magnitude = self._numeric.value, self._numeric.magnitude
            value, magnitude = (
                np.where(along.left, of, seen) for of, seen in ((value, gradient.wide), (magnitude, along.scale))
            )
            self._numeric = self._numeric._replace(value=value, magnitude=magnitude)
            self._entries = self._entries._replace(gradient=self._numeric)
        self._findings += gradient.claims_given_up(self._entries.plan.given_up)
        self._undecided = {"kink": self._numeric.kinks}
        if not self.certified:
            every = np.ones(self._numeric.kinks.shape, dtype=bool)
            self._undecided["differences disagree"] = along.left if along else every
            self._findings.append(_differences_disagree(gradient.name))
        self._scale = _scale_of_terms(gradient, self._numeric)
        self._compare(self._numeric.value, self._criterion_for(self._numeric.error))

    def allow_input_rounding(self) -> None:
        """Allow every entry as much as it moves when the inputs are rounded."""
        error = self._numeric.error + self.gradient.input_rounding(self._scale)
        criterion = self._criterion_for(error)
        self._compare(self._numeric.value, criterion._replace(sentence=criterion.sentence + INPUT_ROUNDING))

    def probe_small_entries(self) -> None:
        """Hold entries whose verdict hangs on how large others are to what each shows by itself."""
        from convcheck.checking.gradients.small_entries import SmallEntries

        small = SmallEntries(self.gradient, self._entries).measured(self._criterion)
        if number := int(small.unseen.sum()) + (self._along.unshown if self._along else 0):
            self._findings.append(_too_small_to_tell(self.gradient.name, number))
        if small.criterion is not self._criterion:
            self._compare(small.value, small.criterion)

    @property
    def numeric(self) -> Array:
        """What the differences say of every entry."""
        return self._value

    def find_patterns(self) -> None:
        """Say what the wrong entries have in common."""
        from convcheck.checking.diagnosis.patterns import find_patterns

        gradient, wrong = self.gradient, self._comparison.wrong
        output, letters = gradient.probing.base.shape, gradient.subject.letters
        # What a zero of dout hides may change all the same.
        claim, magnitude = gradient.probing.claim, self._numeric.magnitude if gradient.probing.dout.all() else None
        own = gradient.probing.x if gradient.subject.reference is None else None
        # Where there is no derivative, no number is one.
        analytic, numeric = (np.where(self._numeric.kinks, 0.0, side) for side in (gradient.wide, self._value))
        self._findings += find_patterns(claim, analytic, numeric, wrong, output, letters, magnitude, own)

    def check_last_digits(self) -> None:
        """Point out a few entries that are not equal to the last bit where all others are."""
        values, epsilon = self.gradient.values, self.gradient.epsilon
        self._findings += check_last_digits(self._comparison, values, self._value, self._criterion, epsilon)

    def _compare(self, value: Array, criterion: Criterion) -> None:
        gradient = self.gradient
        scheme = gradient.scheme_in_words(self._entries.scheme)
        if gradient.rounding_is_unknown and gradient.arithmetic > FEW_DIGITS:
            off = np.abs(gradient.wide - value)
            near = (off > criterion.bound) & (off <= FEW_DIGITS_MARGIN * criterion.bound)
            criterion = criterion._replace(too_wide=criterion.too_wide | near)
        self._value, self._criterion = value, criterion
        compared = compare_entries(gradient.name, gradient.values, value, criterion, scheme, self._undecided)
        alone = self._entries.plan.ties == no_locality(gradient.probing.claim.shape)
        compared = compared._replace(result=compared.result._replace(method="entries" if alone else "groups"))
        self._comparison = _beside_directions(compared, along) if (along := self._along) else compared

    def _criterion_for(self, error: Array) -> Criterion:
        """The user's tolerance, or the bound derived from the scheme's `error`."""
        gradient = self.gradient
        if gradient.tolerance is not None:
            return tolerance_criterion(gradient.tolerance, gradient.values, self._numeric.value, error)
        exact = gradient.subject.data.exact and not self._entries.plan.given_up
        criterion = derived_criterion(self._scale, error, gradient.terms, gradient.epsilon, exact)
        if not gradient.rounding_is_unknown:
            return criterion
        value, wide = self._numeric.value, gradient.wide
        decided = decided_all_the_same(criterion, error, wide, value)
        zero, bound = zero_but_for_rounding(wide, value, self._numeric.error, criterion.bound, gradient.least_visible)
        return criterion._replace(bound=bound, too_wide=criterion.too_wide & ~(decided | zero))


def _beside_directions(compared: Comparison, along: SeenAlong) -> Comparison:
    """The comparison of entries that are left, as one of all of them."""
    result, left = compared.result, int(along.left.sum())
    by = f"{count(along.directions, 'random direction')}, and {count(left, 'entry', 'entries')} by "
    by += "itself" if left == 1 else "themselves"
    result = result._replace(scheme=f"{result.scheme} in {by}", directions=along.directions, sees=along.sees)
    if result.verdict == "exact":
        result = result._replace(verdict="within_bound", worst=None)
    return compared._replace(result=result, seen=along.left)


def _scale_of_terms(gradient: AnalyticGradient, numeric: NumericGradient) -> Array:
    """The size of the terms behind each entry: by the layer's own scale, or without one by those of the differences.

    These are enough where every entry is equal, and the layer's scale may cost as much as forward and backward do.
    """
    subject, magnitude = gradient.subject, numeric.magnitude
    if subject.scale is not None and np.array_equal(gradient.wide, numeric.value):
        return magnitude
    if subject.scale is not None:
        return np.asarray(np.maximum(subject.scale[gradient.name], magnitude))
    # Numbers below the smallest normal one lose digits whatever their scale.
    return np.asarray(np.maximum(at_least_mean(magnitude), gradient.lost_below_normal / subject.epsilon))


def _differences_disagree(name: str) -> Finding:
    return Finding(
        "differences-disagree",
        "warning",
        f"differences of forward along a random direction do not agree with those entry by entry: {name} is undecided",
        name,
        "forward may have kinks near this point, or steps, or it is too noisy to differentiate",
    )


def _too_small_to_tell(name: str, number: int) -> Finding:
    entries = count(number, "entry", "entries")
    message = f"{entries} of {name} would agree if zero: too small for differences of forward to tell"
    return Finding("too-small-to-tell", "note", message, name)
