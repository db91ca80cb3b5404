"""The numeric gradient of each input, and backward's gradient held against it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from math import isfinite
from typing import Any

import numpy as np

from convcheck.checking.along import compare_along
from convcheck.checking.compare import compare, missing
from convcheck.checking.criterion import Criterion, derived, rounding_factor, tolerated
from convcheck.checking.lapses import epsilon_of
from convcheck.checking.lone import lone
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Subject
from convcheck.checking.sway import SENTENCE, sway
from convcheck.implementations.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.directions import directions_of
from convcheck.numeric.entries import every_entry_of
from convcheck.numeric.function import Function, Line
from convcheck.numeric.probing import Probing

# Epsilons above this are of dtypes in which differences have no digits to spare; what one point shows, others exceed.
FEW_DIGITS = 1e-10
OBSERVED = 4


class Differentiation:
    """Differentiates the inputs of one subject, one after the other; `findings` collects what is to be said of it."""

    def __init__(
        self,
        subject: Subject,
        function: Function,
        out: Array,
        backward: Callable[[Array, Any], list[Any]],
        scheme: str,
        tolerance: float | None,
        affordable: Callable[[int], bool],
    ) -> None:
        self._subject = subject
        self._function = function
        self._out = out
        self._backward = backward
        self._scheme = scheme
        self._tolerance = tolerance
        self._affordable = affordable
        self.findings: list[Finding] = []

    def tensor(self, position: int, analytic: Array | None) -> TensorResult:
        """The verdict on the gradient of input number `position`; `analytic` is None where backward gave none."""
        claim = self._subject.claims[position]
        name = "d" + claim.name
        if analytic is None:
            return missing(name, claim.shape, "not compared")
        probing = self._probing(position)
        if self._scheme == "probe":
            along = directions_of(probing)
            self._say_lost(name, along.lost)
            words = self._words(along.scheme)
            result = compare_along(name, analytic, along, self._subject, self._tolerance, words)
            if result.verdict == "wrong" and self._sways():
                swaying = self._sway(position, np.abs(analytic.astype(np.float64)))
                errors = [
                    e + float((np.abs(d) * swaying).sum()) for d, e in zip(along.directions, along.errors, strict=True)
                ]
                result = compare_along(name, analytic, along._replace(errors=errors), self._subject, None, words)
                result = result._replace(criterion=result.criterion + SENTENCE)
            return result
        entries = every_entry_of(probing, self._scheme == "full", self._affordable)
        self._say_lost(name, entries.plan.given_up)
        found = entries.gradient
        undecided = {"kink": found.kinks}
        if not found.certified:
            undecided["differences disagree"] = np.ones(claim.shape, dtype=bool)
            self._say_uncertified(name)
        words = self._words(entries.scheme)
        scale = self._scale(name, found.magnitude)
        criterion = self._criterion(name, analytic, found.value, scale, found.error, not entries.plan.given_up)
        compared = compare(name, analytic, found.value, criterion, words, undecided)
        value, first = found.value, criterion
        if self._sways() and found.certified:
            if compared.wrong.any():
                error = found.error + self._sway(position, scale)
                criterion = self._criterion(name, analytic, found.value, scale, error, not entries.plan.given_up)
                criterion = criterion._replace(sentence=criterion.sentence + SENTENCE)
            from convcheck.checking.closer import Closer  # noqa: PLC0415 (layers that say how they round need none)

            closer = Closer(
                analytic.astype(np.float64),
                entries,
                probing,
                epsilon_of(analytic, self._subject.dtype),
                self._tiny,
                rounding_factor(self._terms(name)),
            )
            look = closer.look(criterion, self._affordable, partial(self._sway, position))
            self._say_unseen(name, int(look.unseen.sum()))
            if look.criterion is not first:
                value, criterion = look.value, look.criterion
                compared = compare(name, analytic, value, criterion, words, undecided)
        if compared.wrong.any():
            from convcheck.checking.patterns import patterns  # noqa: PLC0415 (few gradients are wrong)

            self.findings += patterns(
                claim, analytic.astype(np.float64), value, compared.wrong, self._out.shape, self._subject.letters
            )
        self.findings += lone(compared, analytic, value, criterion, epsilon_of(analytic, self._subject.dtype))
        return compared.result

    def _criterion(
        self, name: str, analytic: Array, numeric: Array, scale: Array, error: Array, kept: bool
    ) -> Criterion:
        """The user's tolerance, or the derived bound; `kept` is whether no claim was given up."""
        if self._tolerance is not None:
            return tolerated(self._tolerance, analytic, numeric)
        epsilon = epsilon_of(analytic, self._subject.dtype)
        return derived(scale, error, self._terms(name), epsilon, self._subject.data.exact and kept)

    def _terms(self, name: str) -> int:
        """How many terms the sums behind a gradient have; without a layer, as many as there are outputs."""
        return self._subject.terms.get(name, self._out.size)

    def _sways(self) -> bool:
        """Whether rounding inside backward has yet to be asked for: a layer's scale has it, a tolerance needs none."""
        return self._subject.scale is None and self._tolerance is None

    def _sway(self, position: int, scale: Array) -> Array:
        return sway(self._subject, self._function, self._backward, position, scale)

    def _scale(self, name: str, magnitude: Array) -> Array:
        """The layer's own scale, or without a layer the probes' Σ|terms|, of which no entry may be far below the rest:
        a gradient that cancels to nothing still carries the rounding of what cancelled."""
        if self._subject.scale is not None:
            return np.asarray(np.maximum(self._subject.scale[name], magnitude))
        # Below the smallest normal number digits are lost, whatever they are digits of.
        weight = max(1.0, float(np.abs(self._subject.data.dout).max(initial=0)))
        lost = self._tiny * weight / self._subject.epsilon
        return np.asarray(np.maximum(magnitude, max(float(magnitude.mean()), lost)))

    @property
    def _tiny(self) -> float:
        return float(np.finfo(self._subject.dtype).tiny)

    def _probing(self, position: int) -> Probing:
        inputs, base, epsilon, seen = self._widest
        forward_terms = self._subject.terms.get("forward", max(a.size for a in inputs))
        roundoff = rounding_factor(forward_terms) * epsilon
        if self._subject.scale is None:
            noise = np.full(base.shape, max(seen, roundoff * float(np.abs(base).max(initial=0))))
        else:
            noise = self._noise_factor(base, roundoff, epsilon) * self._subject.scale["forward"]
        return Probing(
            claim=self._subject.claims[position],
            along=Line(self._function, inputs, position),
            base=base,
            dout=self._subject.data.dout.astype(np.float64),
            steps=self._subject.data.steps[position],
            exact=self._subject.data.exact,
            noise=noise,
            roundoff=roundoff,
            epsilon=epsilon,
            rng=self._subject.rng,
        )

    def _noise_factor(self, base: Array, roundoff: float, epsilon: float) -> float:
        """Rounding in forward relative to the layer's scale: what is possible; or, where differences are of float32 and
        have no digits to spare, what its distance from the reference shows, four times that, and one rounding at least.
        """
        scale, reference = (self._subject.scale or {})["forward"], self._subject.reference
        if reference is None or epsilon < FEW_DIGITS:
            return roundoff
        shown = np.abs(base - reference)[scale > 0] / scale[scale > 0]
        return min(roundoff, max(epsilon, OBSERVED * float(shown.max(initial=0))))

    @cached_property
    def _widest(self) -> tuple[list[Array], Array, float, float]:
        """Inputs, output and epsilon in the widest dtype that the code carries: differences of float32 say little.

        float64 is taken where forward then returns float64, equal to its float32 output but for rounding. Last comes
        the noise that this showed: what float32 lost, where float64 is not taken.
        """
        inputs, out = self._subject.data.inputs, self._out.astype(np.float64)
        epsilon = epsilon_of(self._out, self._subject.dtype)
        if self._subject.dtype == np.float64:
            return inputs, out, epsilon, 0.0
        wide = [a.astype(np.float64) for a in inputs]
        try:
            carried = self._function(wide)
        except Raised:  # code that takes float32 and nothing else
            return inputs, out, epsilon, 0.0
        if carried.dtype == np.float64 and carried.shape == out.shape:
            scale = np.abs(out).max(initial=0) if self._subject.scale is None else self._subject.scale["forward"]
            slack = rounding_factor(self._subject.terms.get("forward", out.size)) * self._subject.epsilon
            if (np.abs(carried - out) <= 2 * slack * scale).all():
                return wide, carried, float(np.finfo(np.float64).eps), 0.0
            seen = float(np.abs(carried - out).max(initial=0))
            return inputs, out, epsilon, seen if isfinite(seen) else 0.0
        return inputs, out, epsilon, 0.0

    def _words(self, scheme: str) -> str:
        wide = self._subject.dtype != np.float64 and self._widest[2] < self._subject.epsilon
        return scheme + (" in float64" if wide else "")

    def _say_lost(self, name: str, lost: tuple[str, ...]) -> None:
        self.findings += [Finding("claim-lost", "note", sentence, name) for sentence in lost]

    def _say_unseen(self, name: str, count: int) -> None:
        if count:
            entries = "1 entry" if count == 1 else f"{count} entries"
            message = f"{entries} of {name} would agree if zero: too small for differences of forward to tell"
            self.findings.append(Finding("too-small-to-tell", "note", message, name))

    def _say_uncertified(self, name: str) -> None:
        self.findings.append(
            Finding(
                "differences-disagree",
                "warning",
                f"differences of forward along a random direction do not agree with those entry by entry: {name} is "
                "undecided",
                name,
                "forward may have kinks near this point, or steps, or it is too noisy to differentiate",
            )
        )
