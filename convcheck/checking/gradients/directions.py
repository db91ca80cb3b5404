"""A gradient that is held against slopes in random directions: all entries at once, as numeric/directions.py tells.

That can show it to be right, to within what the directions see. Where one disagrees, or they cannot see enough, entries
have to be looked at. Where there are too many for that, halving a direction that disagrees leads to one that is wrong;
a direction without such an entry is undecided.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.compare import largest_errors, verdict_of
from convcheck.checking.agreement.criterion import INPUT_ROUNDING, OVERHEAD, SMALLEST_NORMAL
from convcheck.checking.gradients.analytic import SAMPLES, AnalyticGradient
from convcheck.checking.gradients.bisect import SingleEntry, bisect, bisection_cost
from convcheck.checking.gradients.every_entry import SeenAlong
from convcheck.checking.gradients.small_entries import single_entry_bound
from convcheck.checking.result import Entry, Finding, TensorResult
from convcheck.layers.layer import Array
from convcheck.numeric.blocks import blocks_of
from convcheck.numeric.data import random_direction
from convcheck.numeric.directions import Identity, Sight, identity_along, root_sum, weighted_direction, weights_of
from convcheck.numeric.groups import no_locality
from convcheck.numeric.plan import (
    ENOUGH,
    FURTHER_DIRECTIONS,
    MOST_DIRECTIONS,
    NEARLY,
    NOT_OF_KIND,
    WISH,
    ZERO_DIRECTIONS,
    ProbePlan,
)
from convcheck.numeric.single_entry import probe_single_entries
from convcheck.numeric.slope import EXTRAPOLATION, Scheme, is_linear
from convcheck.numeric.unshown import unshown
from convcheck.spec.showing import count, numeral

# Directions that see no more of an entry than this share of its terms say nothing of it.
FAINT = 0.1
# One that sees no entry to within so many times what is enough is hardly followed by others that do.
BLIND = 8
SENTENCE = "|Σ v·analytic − Σ v·numeric| ≤ {:.3g}·eps·√Σ(v·terms)² + the scheme's error"
BY_TOLERANCE = "|Σ v·analytic − Σ v·numeric| ≤ {:g}·Σ|v|·max(1, |analytic|), as the tolerance asks"


class Compared(NamedTuple):
    """Both sides of an identity for one gradient, how far they are `off`, and how far they may be; block by block."""

    identity: Identity
    analytic: Array
    off: Array
    bound: Array

    @property
    def agrees(self) -> bool:
        """Whether they are no further apart than they may be, and no output has a kink."""
        return bool(((self.off <= self.bound) & ~self.identity.kinked).all())

    def worst(self, number: int, doubt: str | None) -> Entry:
        """The block that is furthest off, as an entry whose index is the `number` of the direction."""
        with np.errstate(all="ignore"):
            share = np.asarray(self.off / (self.bound + SMALLEST_NORMAL))
        share[self.identity.kinked | np.isnan(share)] = np.inf
        flat = int(share.argmax())
        analytic, numeric, bound = (float(side.flat[flat]) for side in (self.analytic, self.identity.value, self.bound))
        reason = None if self.off.flat[flat] <= bound else doubt
        return Entry((number,), analytic, numeric, bound, "kink" if self.identity.kinked.flat[flat] else reason)


class DirectionEvidence:
    """What random directions show of one gradient: whether it `agrees` with them, and whether that `suffices`.

    Each step adds to `findings`. All of them evaluate the code under test, and raise `Raised` or NotWritten where it
    does.
    """

    def __init__(self, gradient: AnalyticGradient) -> None:
        self.gradient = gradient
        self.findings: list[Finding] = []
        self._wide = gradient.wide
        self._blocks = blocks_of(gradient.probing.claim.ties)
        # What is not finite is told from anything by one direction.
        self._scale = gradient.scale if np.isfinite(gradient.scale).all() else np.ones(gradient.values.shape)
        self._rounding = gradient.rounding_factor * (gradient.epsilon * self._scale + gradient.lost_below_normal)
        self._allowance = ""
        self._compared: list[Compared] = []
        # How many of these move nothing but entries without terms.
        self._of_zeros = 0
        # Whether no direction speaks against the gradient, nor has a kink.
        self.agrees = True
        self._sight = Sight(self._scale)
        # The entries that were not seen as closely as is wished.
        self._unseen = self._scale > 0
        # What is enough where they do not show as much as is wished.
        self._least: Array | float = ENOUGH
        if gradient.tolerance is not None:
            with np.errstate(all="ignore"):
                self._least = gradient.tolerance * np.maximum(1.0, np.abs(self._wide)) / self._scale
        self._wish = np.fmin(WISH, self._least)
        self._doubt: str | None = None
        # Found wrong by itself.
        self._single: Entry | None = None

    @property
    def _seen(self) -> Array:
        """What each entry was seen to within, as a share of its terms."""
        return self._sight.seen_to

    @property
    def suffices(self) -> bool:
        """Whether every entry was seen closely enough, and as closely as the user's tolerance asks."""
        return not (self._unseen & ~(self._seen <= self._least)).any()

    def what_was_seen(self) -> SeenAlong | None:
        """What directions that agree have shown, beside entries that are left; None where that is nothing.

        An entry without terms is left where forward changes with it at all, by however little.
        """
        known = self._scale > 0
        left = known & ~(self._seen <= np.fmin(NEARLY, self._least))
        if any(one.identity.error.any() for one in self._compared[: self._of_zeros]):
            left |= ~known
        shares = self._seen[known & ~left]
        if left.all() or not shares.size:
            return None
        seen = SeenAlong(left, self._scale, len(self._compared), float(shares.max()))
        gradient = self.gradient
        if self._scheme.name != EXTRAPOLATION or not gradient.rounding_is_unknown:
            return seen
        hidden = unshown(gradient.probing, self._scale, left)
        return seen._replace(left=left & ~hidden, unshown=int(hidden.sum()))

    @property
    def result(self) -> TensorResult:
        """The verdict, as far as is known."""
        gradient = self.gradient
        sentence = SENTENCE.format(gradient.rounding_factor) + self._allowance
        compared = self._compared
        if gradient.tolerance is not None and not self.agrees:
            sentence = BY_TOLERANCE.format(gradient.tolerance)
            allowed = gradient.tolerance * np.maximum(1.0, np.abs(self._wide))
            sums = [self._blocks.input_sums(np.abs(one.identity.direction) * allowed) for one in compared]
            compared = [one._replace(bound=bound) for one, bound in zip(compared, sums, strict=True)]
        result = compare_directions(gradient, compared, self._doubt)
        seen = float(self._seen[self._scale > 0].max(initial=0))
        result = result._replace(
            criterion=sentence,
            scheme=gradient.scheme_in_words(f"{self._scheme.name} in {count(len(compared), 'random direction')}"),
            sees=seen if seen <= FAINT else None,
        )
        if result.verdict in ("wrong", "undecided") or result.worst is None:
            return result
        if seen <= FAINT:
            return result._replace(checked=result.entries, worst=None)
        unseen = result.worst._replace(undecided="bound too wide")
        return result._replace(verdict="undecided", undecided=result.directions, worst=unseen, listed=(unseen,))

    def with_map(self, result: TensorResult) -> TensorResult:
        """The `result`; of what is wrong or undecided, with a map of the entries that were looked at by themselves."""
        if result.verdict not in ("wrong", "undecided"):
            return result
        from convcheck.checking.agreement.tensor_map import map_of

        # What is not finite is wrong, whatever it should be.
        wrong, numeric = ~np.isfinite(self._wide), np.full(self._wide.shape, np.nan)
        bound = np.zeros(self._wide.shape)
        if (single := self._single) is not None:
            wrong[single.index], numeric[single.index], bound[single.index] = True, single.numeric, single.bound
        return result._replace(map=map_of(self._wide, numeric, bound, wrong, np.zeros(wrong.shape, dtype=bool), wrong))

    def look(self, closely: bool) -> None:
        """In direction after direction, until every entry is seen, one disagrees, or more of them would show no more.

        `closely`: what they do not see is looked at by itself, so that none has to be drawn in vain. What has no terms
        behind it is looked at first, and by itself: forward is not to change with it at all.
        """
        gradient = self.gradient
        self._scheme, self._kind = self._chosen_scheme()
        zeros = self._scale == 0
        for _ in range(ZERO_DIRECTIONS if zeros.any() else 0):
            self._look_along(zeros)
            if not self.agrees:
                return
        drawn = self._of_zeros = len(self._compared)
        while self._unseen.any() and len(self._compared) < MOST_DIRECTIONS:
            if len(self._compared) > drawn and not gradient.affordable(self._scheme.cost):
                return
            before, entries = self._seen, self._unseen
            self._look_along(entries)
            if not self.agrees or not (self._seen < before)[entries].any() or self._is_nearly_seen:
                return
            same = closely and np.array_equal(entries, self._unseen)
            if same and self._sight.is_blind(BLIND * self._least)[entries].all():
                return

    @property
    def _is_nearly_seen(self) -> bool:
        """Whether what is left is seen nearly as closely as is wished, and what is missing takes many directions."""
        left = self._unseen
        nearly = (self._seen <= np.fmin(NEARLY, self._least))[left].all()
        return bool(nearly and (self._sight.further(self._wish)[left] > FURTHER_DIRECTIONS).any())

    @property
    def is_far_off(self) -> bool:
        """Whether the two sides of an identity are further apart than rounding of half the digits would explain."""
        for one in self._compared:
            size = self._blocks.input_sums(np.abs(one.identity.direction * self._wide))
            if (one.off > np.sqrt(self.gradient.epsilon) * size).any():
                return True
        return False

    def allow_input_rounding(self) -> None:
        """Allow every entry as much as it moves when the inputs are rounded, if that can be afforded."""
        if self.gradient.affordable(2 * (1 + SAMPLES)):
            self._rounding = self._rounding + self.gradient.input_rounding(self._scale)
            self._allowance = INPUT_ROUNDING
            before, self._compared = self._compared, []
            self._sight, self.agrees = Sight(self._scale), True
            for one in before:
                self._take(self._held_against(one.identity))
        else:
            self._doubt = "bound too wide"

    def bisect(self) -> None:
        """Look for a wrong entry in the worst direction; without one it is undecided: it may be off by chance.

        Where the evaluations cannot be afforded, only what is far off is wrong. Entries that are not finite are wrong.
        """
        gradient, result = self.gradient, self.result
        if not np.isfinite(self._wide).all() or result.worst is None:
            return
        if not gradient.affordable(bisection_cost(self._scheme, self._wide.size)):
            self._doubt = self._doubt if self.is_far_off else "bound too wide"
            return
        number = result.worst.index[0]
        directions = [one.identity.direction for one in self._compared]
        worst = directions.pop(number)
        # The slope along another one is needed to see whether they add up.
        others = directions or [weighted_direction(weights_of(self._scale, self._scale >= 0), gradient.probing.rng)]
        bisection = bisect(gradient.probing, self._scheme, worst, others, self._wide, self._single_entry)
        if bisection.entry is not None:
            self._single = bisection.entry
            self.findings.append(_wrong_entry(gradient.name, number, bisection.entry))
        else:
            self._doubt = "bound too wide" if bisection.consistent else "differences disagree"

    @property
    def plan(self) -> ProbePlan:
        """How single entries are probed: by the same dependence, and with no locality."""
        return ProbePlan(self._kind, no_locality(self._wide.shape))

    @property
    def scheme(self) -> str:
        """The name of the scheme by which slopes are measured."""
        return self._scheme.name

    def tell_what_is_left(self) -> None:
        """A finding on entries that directions do not see as closely as is wished, where no more can be afforded."""
        if self.agrees and not self.suffices:
            self.findings.append(_not_every_entry(self.gradient.name, int(self._unseen.sum()), self.result.sees))

    def _look_along(self, entries: Array) -> None:
        """Along a random direction that moves these entries, a mask."""
        probing, weights = self.gradient.probing, weights_of(self._scale, entries)
        direction = weighted_direction(weights, probing.rng)
        identity = identity_along(probing, self._scheme, direction, self._blocks, self._scale, weights)
        self._take(self._held_against(identity))

    def _held_against(self, identity: Identity) -> Compared:
        """Both sides of an identity, and how far they may be apart for a right gradient, block by block.

        The rounding of backward was there before the direction was drawn: it has no part in its signs.
        """
        analytic = self._blocks.input_sums(identity.direction * self._wide)
        rounding = root_sum(self._blocks.input_sums((identity.direction * self._rounding) ** 2))
        return Compared(identity, analytic, np.asarray(np.abs(analytic - identity.value)), identity.error + rounding)

    def _take(self, compared: Compared) -> None:
        """What was seen of each entry, after there is one direction more."""
        self._compared.append(compared)
        # One that disagrees has shown nothing of any entry.
        if compared.agrees:
            self._sight.add(compared.identity, compared.bound, self._blocks)
        self.agrees = self.agrees and compared.agrees
        self._unseen = (self._scale > 0) & ~(self._seen <= self._wish)

    def _chosen_scheme(self) -> tuple[Scheme, str]:
        """The scheme that the claim allows, if the code keeps to the claim, and the kind of dependence it assumes."""
        probing, claim = self.gradient.probing, self.gradient.probing.claim
        scheme = next(probing.schemes(claim.kind))
        # Where no layer is known, what is called linear has been tested near and far.
        if claim.kind != "linear" or self.gradient.subject.reference is None:
            return scheme, claim.kind
        if is_linear(scheme, random_direction(probing.x, probing.steps, probing.exact, probing.rng), probing.roundoff):
            return scheme, claim.kind
        self.findings += self.gradient.claims_given_up([NOT_OF_KIND.format(claim.kind, claim.name)])
        return next(probing.schemes("smooth")), "smooth"

    def _single_entry(self, entry: int) -> SingleEntry:
        """One entry by itself; where no layer tells how it rounds, the bound allows for all that may move it."""
        gradient, probing, scheme = self.gradient, self.gradient.probing, self._scheme
        direction = np.zeros(self._wide.shape)
        direction.flat[entry] = 1.0
        if gradient.subject.scale is not None:
            slope = scheme(direction)
            error = float((slope.error * np.abs(probing.dout)).sum())
            scale = float(self._scale.flat[entry])
            value = float((slope.value * probing.dout).sum())
            return SingleEntry(value, gradient.rounding_factor * gradient.epsilon * scale + error)
        measured = probe_single_entries(probing, self.plan, scheme.name, [entry])
        value = float(measured.value[0])
        bound = float(single_entry_bound(gradient, measured)[0])
        if scheme.name == EXTRAPOLATION:
            slopes, stairs = probing.ridders.second_opinion(direction)
            bound += OVERHEAD * abs(float((slopes * probing.dout).sum()) - value)
            bound = float("inf") if stairs.any() else bound
        movement = float(gradient.input_rounding(np.abs(self._wide)).flat[entry])
        return SingleEntry(value, float("inf") if measured.kinks[0] else bound + OVERHEAD * movement)


def compare_directions(
    gradient: AnalyticGradient, compared: Sequence[Compared], doubt: str | None = None
) -> TensorResult:
    """The verdict on Σ v·gradient in every direction; `doubt` is why one that looks wrong is undecided."""
    entries = [one.worst(number, doubt) for number, one in enumerate(compared)]
    analytic, numeric, bound = (np.array([entry[i] for entry in entries]) for i in (1, 2, 3))
    undecided = np.array([entry.undecided is not None for entry in entries])
    wrong = ~(np.abs(analytic - numeric) <= bound) & ~undecided
    equal = np.array([bool((one.off == 0).all()) for one in compared])
    shares = np.nan_to_num(np.abs(analytic - numeric) / np.maximum(bound, SMALLEST_NORMAL), nan=np.inf)
    order = sorted(range(len(entries)), key=lambda i: (not wrong[i], not undecided[i], -shares[i]))
    return TensorResult(
        name=gradient.name,
        shape=tuple(gradient.values.shape),
        verdict=verdict_of(wrong, undecided, equal),
        entries=gradient.values.size,
        checked=0,
        wrong=int(wrong.sum()),
        undecided=int(undecided.sum()),
        **largest_errors(analytic, numeric, bound),
        criterion="",
        scheme="",
        directions=len(entries),
        method="directions",
        worst=entries[order[0]],
        listed=tuple(entries[i] for i in order if wrong[i] or undecided[i]),
    )


def _not_every_entry(name: str, count: int, sees: float | None) -> Finding:
    entries = "1 entry" if count == 1 else f"{count} entries"
    share = "hardly" if sees is None else f"to within {sees:.1g} of their terms"
    return Finding(
        "not-every-entry",
        "warning",
        f"random directions see {entries} of {name} {share}, and to look at entries would take more than the budget",
        name,
        "give more time (--budget SECONDS; from Python, budget=), a smaller size, or the scheme entries",
    )


def _wrong_entry(name: str, number: int, entry: Entry) -> Finding:
    index = ", ".join(map(str, entry.index))
    message = (
        f"halving direction {number} leads to {name}[{index}]: backward gives {numeral(entry.analytic, 7)}, "
        f"the differences {numeral(entry.numeric, 7)}"
    )
    return Finding("wrong-entry", "note", message, name)
