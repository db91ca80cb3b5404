"""The numeric gradient of each input, and backward's gradient held against it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from convcheck.checking.along import compare_along
from convcheck.checking.compare import compare, missing
from convcheck.checking.criterion import derived, rounding_factor, tolerated
from convcheck.checking.lapses import epsilon_of
from convcheck.checking.patterns import patterns
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Subject
from convcheck.layers.layer import Array
from convcheck.numeric.directions import directions_of
from convcheck.numeric.entries import every_entry_of
from convcheck.numeric.function import Function, Line
from convcheck.numeric.probing import Probing


class Differentiation:
    """Differentiates the inputs of one subject, one after the other; `findings` collects what is to be said of it."""

    def __init__(
        self,
        subject: Subject,
        function: Function,
        out: Array,
        scheme: str,
        tolerance: float | None,
        affordable: Callable[[int], bool],
    ) -> None:
        self._subject = subject
        self._function = function
        self._out = out
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
            return compare_along(name, analytic, along, self._subject, self._tolerance, self._words(along.scheme))
        entries = every_entry_of(probing, self._scheme == "full", self._affordable)
        self._say_lost(name, entries.lost)
        found = entries.gradient
        undecided = {"kink": found.kinks}
        if not found.certified:
            undecided["differences disagree"] = np.ones(claim.shape, dtype=bool)
            self._say_uncertified(name)
        if self._tolerance is None:
            criterion = derived(
                self._scale(name, found.magnitude),
                found.error,
                self._subject.terms.get(name, self._out.size),
                epsilon_of(analytic, self._subject.dtype),
                self._subject.data.exact and not entries.lost,
            )
        else:
            criterion = tolerated(self._tolerance, analytic, found.value)
        result = compare(name, analytic, found.value, criterion, self._words(entries.scheme), undecided)
        if result.verdict == "wrong":
            off = ~(np.abs(analytic.astype(np.float64) - found.value) <= criterion.bound) & (analytic != found.value)
            self.findings += patterns(
                claim, analytic.astype(np.float64), found.value, off, self._out.shape, self._subject.letters
            )
        return result

    def _scale(self, name: str, magnitude: Array) -> Array:
        """The layer's own scale, or without a layer the probes' Σ|terms|, of which no entry may be far below the rest:
        a gradient that cancels to nothing still carries the rounding of what cancelled."""
        if self._subject.scale is not None:
            return np.asarray(np.maximum(self._subject.scale[name], magnitude))
        return np.asarray(np.maximum(magnitude, magnitude.mean()))

    def _probing(self, position: int) -> Probing:
        inputs, base, epsilon = self._widest
        forward_terms = self._subject.terms.get("forward", max(a.size for a in inputs))
        roundoff = rounding_factor(forward_terms) * epsilon
        if self._subject.scale is None:
            noise = np.full(base.shape, roundoff * float(np.abs(base).max(initial=0)))
        else:
            noise = roundoff * self._subject.scale["forward"]
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

    @cached_property
    def _widest(self) -> tuple[list[Array], Array, float]:
        """Inputs, output and epsilon in the widest dtype that the code carries: differences of float32 say little.

        float64 is taken where forward then returns float64, equal to its float32 output but for rounding.
        """
        inputs, out = self._subject.data.inputs, self._out.astype(np.float64)
        epsilon = epsilon_of(self._out, self._subject.dtype)
        if self._subject.dtype == np.float64:
            return inputs, out, epsilon
        wide = [a.astype(np.float64) for a in inputs]
        carried = self._function(wide)
        if carried.dtype == np.float64 and carried.shape == out.shape:
            scale = np.abs(out).max(initial=0) if self._subject.scale is None else self._subject.scale["forward"]
            slack = rounding_factor(self._subject.terms.get("forward", out.size)) * self._subject.epsilon
            if (np.abs(carried - out) <= 2 * slack * scale).all():
                return wide, carried, float(np.finfo(np.float64).eps)
        return inputs, out, epsilon

    def _words(self, scheme: str) -> str:
        wide = self._subject.dtype != np.float64 and self._widest[2] < self._subject.epsilon
        return scheme + (" in float64" if wide else "")

    def _say_lost(self, name: str, lost: tuple[str, ...]) -> None:
        self.findings += [Finding("claim-lost", "note", sentence, name) for sentence in lost]

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
