"""Entries whose verdict hangs on how large other entries are, measured again, each by itself.

They matter where no layer tells how its entries round. Two kinds are doubtful: those that agree with differences only
because others are far larger, so that a zero in their place might agree as well; and those that disagree by no more
than rounding does where forward saturates, as in 1 - t² for a t that rounds to 1.

A gradient in float32 is held against the same in float64, which was looked at before: what that shows of the formula,
differences of float32 never would. What is left to see is how float32 rounds it, of some entries each by itself.
"""

from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.compare import compare_entries
from convcheck.checking.agreement.criterion import (
    INPUT_ROUNDING,
    MOST_UNCERTAIN,
    OVERHEAD,
    Criterion,
    zero_but_for_rounding,
)
from convcheck.checking.gradients.analytic import SAMPLES, AnalyticGradient
from convcheck.checking.result import TensorResult
from convcheck.layers.layer import Array
from convcheck.numeric.complex_step import COMPLEX_STEP
from convcheck.numeric.entries import ProbedEntries
from convcheck.numeric.plan import ProbePlan
from convcheck.numeric.single_entry import SingleEntries, evaluations_for_entries, probe_single_entries

# 1 - t² and s·(1 - s), the slopes of functions of αx that saturate at 1, are off by an epsilon of α as long as they are
# not zero, up to α|x| = 37 in float64.
SATURATED = 64
# How near an entry is to what the outputs show that are seen to change, where others may change unseen.
ROUGHLY = 1e-6
IN_FLOAT64 = "|analytic − the same in float64| ≤ {:.3g}·eps·|terms|"
SATURATES = f" (+ {SATURATED}·eps·Σ|Δout·dout|/|Δx| where forward saturates)"


class MeasuredEntries(NamedTuple):
    """Numeric values and a criterion in which each doubtful entry has what was measured of it by itself.

    `unseen` marks doubtful entries that agree, and with which a zero would agree as well: differences show no more.
    """

    value: Array
    criterion: Criterion
    unseen: Array


def single_entry_bound(gradient: AnalyticGradient, measured: SingleEntries) -> Array:
    """What rounding, saturation and numbers too small to be normal leave of the terms of each measured entry.

    Where forward loses most of its digits, as 1 + t does for a t near -1 in float32, backward may as well.
    """
    rounding = gradient.rounding_factor * (gradient.epsilon * measured.magnitude + gradient.lost_below_normal)
    saturation = SATURATED * gradient.epsilon * measured.chord
    return np.asarray(rounding + measured.error + OVERHEAD * measured.lost + saturation)


class SmallEntries:
    """Finds the doubtful entries of a gradient, given what differences say of all of them, and measures each again."""

    def __init__(self, gradient: AnalyticGradient, entries: ProbedEntries) -> None:
        self._gradient = gradient
        self._analytic = gradient.wide
        self._entries = entries
        self._numeric = entries.gradient

    def measured(self, criterion: Criterion) -> MeasuredEntries:
        """Probe the doubtful entries one by one. Without any, `criterion` comes back as it is.

        Where the evaluations cannot be afforded, entries that may be saturated stay undecided. How far the gradient
        moves when the inputs are rounded is measured only where an entry would be wrong without it. Raises `Raised` or
        NotWritten where the code under test does.
        """
        gradient, numeric, plan = self._gradient, self._numeric, self._entries.plan
        lenient, saturated = self._doubtful(criterion)
        doubtful = np.flatnonzero(lenient | saturated)
        unseen = np.zeros(lenient.shape, dtype=bool)
        if not doubtful.size:
            return MeasuredEntries(numeric.value, criterion, unseen)
        known = self._entries.slopes
        cost = evaluations_for_entries(plan, doubtful.size, sum(int(entry) in known for entry in doubtful))
        if not gradient.affordable(cost):
            too_wide = criterion.too_wide | saturated
            return MeasuredEntries(numeric.value, criterion._replace(too_wide=too_wide), unseen)
        measured = probe_single_entries(gradient.probing, plan, self._entries.scheme, doubtful, known)
        value, bound, too_wide = numeric.value.copy(), criterion.bound.copy(), criterion.too_wide.copy()
        sentence = criterion.sentence + (SATURATES if saturated.any() else "")
        value.flat[doubtful] = measured.value
        largest = max(float(numeric.magnitude.max()), gradient.smallest_normal)
        too_wide.flat[doubtful] &= ~(measured.error <= MOST_UNCERTAIN * largest)
        own_bound = single_entry_bound(gradient, measured)
        off = np.abs(self._analytic - value).flat[doubtful]
        if (off > own_bound).any():
            scale = numeric.magnitude.copy()
            scale.flat[doubtful] = measured.magnitude
            movement = gradient.input_rounding(scale).flat[doubtful]
            # The largest of a few samples may be small by chance: where it is of the size of the error, nothing can be
            # decided.
            too_wide.flat[doubtful] |= (off > own_bound + movement) & (off <= own_bound + OVERHEAD * movement)
            own_bound += movement
            sentence += "" if INPUT_ROUNDING in sentence else INPUT_ROUNDING
        before = bound.flat[doubtful]
        narrowed, widened = np.minimum(before, own_bound), np.maximum(before, own_bound)
        bound.flat[doubtful] = np.where(lenient.flat[doubtful], narrowed, widened)
        zero, bound.flat[doubtful] = zero_but_for_rounding(
            self._analytic.flat[doubtful],
            value.flat[doubtful],
            measured.error,
            bound.flat[doubtful],
            gradient.least_visible.flat[doubtful],
        )
        cannot_tell, left_out = self._undecidable(measured, doubtful, bound)
        too_wide.flat[doubtful] |= cannot_tell
        too_wide.flat[doubtful] &= ~zero
        too_wide.flat[doubtful] |= left_out | (measured.kinks > 0)
        unseen.flat[doubtful] = (measured.magnitude <= bound.flat[doubtful]) & ~too_wide.flat[doubtful]
        return MeasuredEntries(value, criterion._replace(bound=bound, too_wide=too_wide, sentence=sentence), unseen)

    def _doubtful(self, criterion: Criterion) -> tuple[Array, Array]:
        """Which entries agree only because the bound is lenient, and which disagree by what saturation may explain."""
        bound, epsilon = criterion.bound, self._gradient.epsilon
        numeric, probing = self._numeric, self._gradient.probing
        x = np.abs(probing.x.astype(np.float64))
        length = np.where(x > 0, x, x.max(initial=0) or 1.0)
        chord = float(np.abs(probing.base * probing.dout).sum()) / length
        with np.errstate(all="ignore"):
            off = np.abs(self._analytic - numeric.value)
            larger = np.maximum(np.abs(self._analytic), np.abs(numeric.value))
            within = off <= bound
            loosely = (off > np.sqrt(epsilon) * larger) | (criterion.too_wide & (off > 0))
            lenient = within & loosely
            saturated = ~within & (off <= bound + SATURATED * epsilon * chord)
        smooth = self._entries.plan.kind != "linear"
        decided = ~numeric.kinks & np.isfinite(off)
        return lenient & decided, saturated & decided & smooth

    def _undecidable(self, measured: SingleEntries, doubtful: Array, bound: Array) -> tuple[Array, Array]:
        """Which entries agree within a bound that a zero would meet as well, though differences tell them apart, and
        which are not what the outputs show that are seen to change with them.

        Not those whose terms are larger, and cancel; nor those below a few roundings of the outputs that they reach, or
        are seen to change: forward shows nothing of such an entry, whatever it is.
        """
        numeric, epsilon = self._numeric, self._gradient.epsilon
        analytic, first = self._analytic.flat[doubtful], numeric.value.flat[doubtful]
        larger = np.maximum(np.abs(analytic), np.abs(first))
        apart = np.abs(analytic - measured.value) > measured.error
        if self._entries.scheme == COMPLEX_STEP:
            apart |= np.abs(analytic - first) > numeric.error.flat[doubtful]
        few = OVERHEAD * epsilon
        telling = (np.abs(analytic - first) > MOST_UNCERTAIN * larger) & (larger > few * measured.chord)
        visible = np.abs(measured.visible) > np.maximum(measured.visible_error, few * measured.visible_chord)
        differing = np.abs(analytic - measured.visible)
        left_out = visible & (differing > measured.visible_error + ROUGHLY * np.abs(measured.visible))
        as_good_as_zero = measured.magnitude <= bound.flat[doubtful]
        left_out &= as_good_as_zero | (differing > MOST_UNCERTAIN * np.abs(measured.visible))
        left_out &= np.abs(analytic - measured.value) <= bound.flat[doubtful]
        return apart & telling & as_good_as_zero, left_out


def compare_narrow(
    gradient: AnalyticGradient, wide: AnalyticGradient, result: TensorResult, plan: ProbePlan, scheme: str
) -> TensorResult:
    """The verdict on every entry of `gradient`, given the same in float64, `wide`, and the `result` on that.

    Where no layer tells how it rounds, entries that are further off are measured, each by itself, by this `plan` and
    `scheme`; without time for that they are undecided. Raises `Raised` or NotWritten where the code under test does.
    """
    bound = gradient.rounding_factor * (gradient.epsilon * wide.scale + gradient.smallest_normal)
    too_wide, sentence = np.zeros(bound.shape, dtype=bool), IN_FLOAT64.format(gradient.rounding_factor)
    with np.errstate(all="ignore"):
        doubtful = np.flatnonzero(~(np.abs(gradient.wide - wide.wide) <= bound) & np.isfinite(gradient.wide))
    if doubtful.size and gradient.rounding_is_unknown:
        sentence += SATURATES + INPUT_ROUNDING
        if gradient.affordable(evaluations_for_entries(plan, doubtful.size) + 2 * (1 + SAMPLES)):
            measured = probe_single_entries(gradient.probing, plan, scheme, doubtful)
            movement = gradient.input_rounding(wide.scale).flat[doubtful]
            own = single_entry_bound(gradient, measured) + OVERHEAD * movement
            bound.flat[doubtful] = np.maximum(bound.flat[doubtful], own)
            too_wide.flat[doubtful] = measured.kinks > 0
        else:
            too_wide.flat[doubtful] = True
    criterion = Criterion(bound, too_wide, sentence, result.criterion)
    compared = compare_entries(gradient.name, gradient.values, wide.wide, criterion, result.scheme).with_map
    return compared._replace(
        directions=result.directions,
        method=result.method,
        miss_probability=result.miss_probability,
        sees=max(result.sees or 0.0, gradient.rounding_factor * gradient.epsilon),
    )
