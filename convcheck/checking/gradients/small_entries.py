"""A closer look at entries whose verdict hangs on how large other entries are, where no layer says how they round.

Two kinds: those that agree with differences only because others are far larger, so that a zero in their place might
agree as well; and those that disagree by no more than rounding does where forward saturates, as in 1 - tanh(18)².
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import OVERHEAD, SWAYED, WIDEST, Criterion
from convcheck.layers.layer import Array
from convcheck.numeric.complex_step import COMPLEX_STEP
from convcheck.numeric.entries import Entries
from convcheck.numeric.probing import Probing
from convcheck.numeric.single_entry import Alone, alone, cost

# 1 - tanh(αx)² and s·(1 - s) are off by an epsilon of α as long as they are not zero, up to α|x| = 37 in float64.
SATURATED = 64
SATURATES = f" (+ {SATURATED}·eps·Σ|Δout·dout|/|Δx| where forward saturates)"


class Look(NamedTuple):
    """Numeric values and a criterion in which each doubtful entry has what it was found to be by itself.

    `unseen` marks doubtful entries that agree, and with which a zero would agree as well: differences show no more.
    """

    value: Array
    criterion: Criterion
    unseen: Array


def own_bound(seen: Alone, dout: Array, factor: float, epsilon: float, tiny: float) -> Array:
    """What rounding, saturation and numbers too small to be normal leave of each entry's own terms.

    Where forward loses most of its digits, as 1 + tanh(-4) does in float32, backward may as well.
    """
    weight = max(1.0, float(np.abs(dout).max(initial=0)))
    rounding = factor * (epsilon * seen.magnitude + tiny * weight)
    return np.asarray(rounding + seen.error + OVERHEAD * seen.lost + SATURATED * epsilon * seen.reach)


class Closer(NamedTuple):
    """The gradient that backward gave, in float64, and what differences found of it.

    `epsilon` is that of the gradient's dtype, `tiny` its smallest normal number, `factor` as of `rounding_factor`.
    """

    analytic: Array
    entries: Entries
    probing: Probing
    epsilon: float
    tiny: float
    factor: float

    def look(self, criterion: Criterion, affordable: Callable[[int], bool], sway: Callable[[Array], Array]) -> Look:
        """Probe the doubtful entries one by one.

        `affordable(n)` answers whether n more evaluations may be spent; without them, what may be saturated stays open.
        `sway(scale)` says how far rounding moves the gradient; it is asked where an entry would be wrong without.
        """
        found = self.entries.gradient
        lenient, saturated = self._doubtful(criterion)
        doubtful = np.flatnonzero(lenient | saturated)
        unseen = np.zeros(lenient.shape, dtype=bool)
        if not doubtful.size:
            return Look(found.value, criterion, unseen)
        if not affordable(len(doubtful) * cost(self.entries.plan)):
            return Look(found.value, criterion._replace(too_wide=criterion.too_wide | saturated), unseen)
        seen = alone(self.probing, self.entries.plan, self.entries.scheme, doubtful)
        value, bound, too_wide = found.value.copy(), criterion.bound.copy(), criterion.too_wide.copy()
        sentence = criterion.sentence + (SATURATES if saturated.any() else "")
        value.flat[doubtful] = seen.value
        too_wide.flat[doubtful] &= ~(seen.error <= WIDEST * max(float(found.magnitude.max()), self.tiny))
        own = own_bound(seen, self.probing.dout, self.factor, self.epsilon, self.tiny)
        off = np.abs(self.analytic - value).flat[doubtful]
        if (off > own).any():
            scale = found.magnitude.copy()
            scale.flat[doubtful] = seen.magnitude
            swaying = sway(scale).flat[doubtful]
            # Of a few samples the largest may be small: what sways by nearly as much as it is off, nobody can decide.
            too_wide.flat[doubtful] |= (off > own + swaying) & (off <= own + OVERHEAD * swaying)
            own += swaying
            sentence += "" if SWAYED in sentence else SWAYED
        before = bound.flat[doubtful]
        bound.flat[doubtful] = np.where(lenient.flat[doubtful], np.minimum(before, own), np.maximum(before, own))
        too_wide.flat[doubtful] |= self._undecidable(seen, doubtful, bound) | (seen.kinks > 0)
        unseen.flat[doubtful] = (seen.magnitude <= bound.flat[doubtful]) & ~too_wide.flat[doubtful]
        return Look(value, criterion._replace(bound=bound, too_wide=too_wide, sentence=sentence), unseen)

    def _doubtful(self, criterion: Criterion) -> tuple[Array, Array]:
        """Which entries agree too easily, and which may be no further off than saturation makes them."""
        bound = criterion.bound
        found, probing = self.entries.gradient, self.probing
        x = np.abs(probing.along.x.astype(np.float64))
        length = np.where(x > 0, x, x.max(initial=0) or 1.0)
        reach = float(np.abs(probing.base * probing.dout).sum()) / length
        with np.errstate(all="ignore"):
            off = np.abs(self.analytic - found.value)
            larger = np.maximum(np.abs(self.analytic), np.abs(found.value))
            within = off <= bound
            easily = (off > np.sqrt(self.epsilon) * larger) | (criterion.too_wide & (off > 0))
            lenient = within & easily
            saturated = ~within & (off <= bound + SATURATED * self.epsilon * reach)
        smooth = self.entries.plan.kind != "linear"
        decided = ~found.kinks & np.isfinite(off)
        return lenient & decided, saturated & decided & smooth

    def _undecidable(self, seen: Alone, doubtful: Array, bound: Array) -> Array:
        """Which entries agree within a bound that a zero would meet as well, though differences tell them from zero.

        Not those whose terms are larger, and cancel; nor those below a few roundings of the outputs that they reach, or
        are seen to move: whatever they are, forward does not show it.
        """
        found = self.entries.gradient
        said, first = self.analytic.flat[doubtful], found.value.flat[doubtful]
        larger = np.maximum(np.abs(said), np.abs(first))
        apart = np.abs(said - seen.value) > seen.error
        if self.entries.scheme == COMPLEX_STEP:
            apart |= np.abs(said - first) > found.error.flat[doubtful]
        few = OVERHEAD * self.epsilon
        telling = (np.abs(said - first) > WIDEST * larger) & (larger > few * seen.reach)
        moves = np.abs(seen.moved) > np.maximum(seen.moved_error, few * seen.moved_reach)
        left_out = moves & (np.abs(said) <= WIDEST * np.abs(seen.moved))
        return np.asarray(((apart & telling) | left_out) & (seen.magnitude <= bound.flat[doubtful]))
