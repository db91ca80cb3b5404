"""From a projection that disagrees to the groups of entries that do, by halves; what agrees is looked at no further.

Let v be the direction, and G a set of groups. Of v restricted to one half of G, forward gives the slope, and the other
half has what is left of that of G: one evaluation tells of both halves whether they agree. A single group that
disagrees needs no other one: each output belongs to one of its entries, and its slope over that entry of v is ∂aₒ/∂xₖ.

So n groups, however many of them are wrong, cost n evaluations at most, no more than a look at each of them, and one
that is wrong among them costs log₂(n) + 1.
"""

from collections.abc import Iterator

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.differences import OneSided, TwoSided
from convcheck.numeric.entries import ProbedEntries
from convcheck.numeric.gradient import NumericGradient, sums_by_owner
from convcheck.numeric.groups import Group, count_groups, groups
from convcheck.numeric.plan import ProbePlan
from convcheck.numeric.probing import Probing
from convcheck.numeric.projection import ExactIdentity, Projections, exact_slope


def probe_what_disagrees(
    probing: Probing, projections: Projections, gradient: Array, scale: Array
) -> ProbedEntries | None:
    """The numeric gradient, where `projections` of `gradient` disagree: its own entries in the groups that agree.

    `scale` is Σ|terms| of each entry, which needs no probe. None where outputs turn out to belong to other entries than
    the claim says, or where a side of a kink shows; or if the entries found do not make up for the disagreement in
    every direction. Raises `Raised` or NotWritten where forward does.
    """
    with np.errstate(all="ignore"):
        return _Halving(probing, projections, gradient, scale).run()


class _Halving:
    """The entries as far as they are known. `number` is the group of each entry, `seen` marks those probed."""

    def __init__(self, probing: Probing, projections: Projections, gradient: Array, scale: Array) -> None:
        self._probing = probing
        self._projections = projections
        self._identity = ExactIdentity(gradient, probing.dout, probing.claim.ties)
        scheme = next(probing.schemes(probing.claim.kind))
        assert isinstance(scheme, (OneSided, TwoSided))
        self._scheme = scheme
        self._value, self._magnitude = gradient.flatten(), scale.flatten()
        self._error = np.zeros(gradient.size)
        self._seen = np.zeros(gradient.size, dtype=bool)
        self._predicted = np.zeros(probing.dout.size)
        self._number = np.zeros(gradient.size, dtype=np.int64)
        for number, group in enumerate(self._groups()):
            self._number[group.entries] = number

    def run(self) -> ProbedEntries | None:
        claim = self._probing.claim
        if not self._halve() or not self._is_borne_out():
            return None
        value, magnitude, error = (a.reshape(claim.shape) for a in (self._value, self._magnitude, self._error))
        found = NumericGradient(value, magnitude, error, np.zeros(claim.shape, dtype=bool), certified=True)
        return ProbedEntries(found, self._scheme.name, ProbePlan(claim.kind, claim.ties))

    def _groups(self) -> Iterator[Group]:
        return groups(self._probing.claim.shape, self._probing.claim.ties, self._probing.base.shape)

    def _halve(self) -> bool:
        """From all groups down to those that disagree; whether nothing spoke against it."""
        v, number = self._projections.directions[0], self._number.reshape(self._probing.claim.shape)
        count = count_groups(self._probing.claim.shape, self._probing.claim.ties, self._probing.base.shape)
        numbered = enumerate(self._groups())
        # The first half is on top: groups come in the order in which they are made, and few slopes are kept.
        waiting = [(0, count, self._projections.slopes[0])]
        while waiting:
            first, end, slope = waiting.pop()
            agrees = self._identity.agrees(np.where((first <= number) & (number < end), v, 0.0), slope)
            if isinstance(agrees, str):
                return False
            if agrees.all():
                continue
            if end - first == 1:
                if not self._take(next(group for n, group in numbered if n == first), slope):
                    return False
                continue
            middle = (first + end) // 2
            half = exact_slope(self._probing, np.where((first <= number) & (number < middle), v, 0.0))
            if half is None:
                return False
            waiting += [(middle, end, slope - half), (first, middle, half)]
        return True

    def _take(self, group: Group, slope: Array) -> bool:
        """The entries of a group from the slope in v; whether no output changed that is none of theirs."""
        owned = [np.append(v.ravel()[group.entries], 0.0)[group.owner] for v in self._projections.directions[:2]]
        if slope.ravel()[group.strays].any():
            return False
        slopes = np.where(owned[0] != 0, slope.ravel() / owned[0], 0.0)
        errors = self._scheme.error_of(slopes.reshape(slope.shape)).ravel()
        upstream = self._probing.dout.ravel()
        self._value[group.entries] = sums_by_owner(group, slopes * upstream)
        self._magnitude[group.entries] = sums_by_owner(group, np.abs(slopes * upstream))
        self._error[group.entries] = sums_by_owner(group, errors * np.abs(upstream))
        self._seen[group.entries] = True
        self._predicted += owned[1] * slopes
        return True

    def _is_borne_out(self) -> bool:
        """Whether the entries found are what another direction shows of them, and all directions of the whole."""
        claim, other = self._probing.claim, self._projections.directions[1]
        slope = exact_slope(self._probing, np.where(self._seen.reshape(claim.shape), other, 0.0))
        if slope is None or not np.array_equal(slope.ravel(), self._predicted):
            return False
        whole = ExactIdentity(self._value.reshape(claim.shape), self._probing.dout, claim.ties)
        both = zip(self._projections.directions, self._projections.slopes, strict=True)
        identities = [whole.agrees(direction, slope) for direction, slope in both]
        return all(not isinstance(each, str) and bool(each.all()) for each in identities)
