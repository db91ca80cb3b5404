"""The numeric gradient of each input, and backward's gradient held against it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from convcheck.checking.agreement.compare import compare, missing
from convcheck.checking.agreement.criterion import SWAYED, Criterion, derived, rounding_factor, tolerated
from convcheck.checking.contract.findings import claims_lost, epsilon_of
from convcheck.checking.diagnosis.last_digits import lone
from convcheck.checking.gradients.precision import Widest, readied, widest
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Subject
from convcheck.layers.layer import Array
from convcheck.numeric.entries import every_entry_of
from convcheck.numeric.function import Function
from convcheck.numeric.probing import Probing


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
        probing = readied(self._subject, self._function, self._widest, position)
        if self._scheme == "probe":
            return self._by_direction(position, analytic, probing)
        return self._by_entries(position, analytic, probing)

    def _by_direction(self, position: int, analytic: Array, probing: Probing) -> TensorResult:
        from convcheck.checking.gradients.directions import ByDirection

        terms, sway = self._terms("d" + probing.claim.name), partial(self._sway, position)
        way = ByDirection(self._subject, probing, analytic, self._tolerance, terms, sway, self._affordable)
        result, findings = way.verdict(self._words)
        self.findings += findings
        return result

    def _by_entries(self, position: int, analytic: Array, probing: Probing) -> TensorResult:
        claim, name = probing.claim, "d" + probing.claim.name
        entries = every_entry_of(probing, self._scheme == "full", self._affordable)
        self.findings += claims_lost(name, entries.plan.given_up)
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
                criterion = criterion._replace(sentence=criterion.sentence + SWAYED)
            from convcheck.checking.gradients.small_entries import Closer

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
            from convcheck.checking.diagnosis.patterns import patterns

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
        from convcheck.checking.gradients.input_rounding import sway

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

    @cached_property
    def _widest(self) -> Widest:
        return widest(self._subject, self._function, self._out)

    def _words(self, scheme: str) -> str:
        wide = self._subject.dtype != np.float64 and self._widest.epsilon < self._subject.epsilon
        return scheme + (" in float64" if wide else "")

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
