"""What forward and backward are held to beside the mathematics: shapes, dtypes, purity, the same bits twice."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.contract import findings as lapses
from convcheck.checking.contract.warnings import counted
from convcheck.checking.result import Finding
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.raised import guarded
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function


class Passed(NamedTuple):
    """What the first forward gave: `out`, None where it cannot be compared; its cache; what it left in its parameters.

    `epsilon` is what the output can be held to: that of its dtype, if that is coarser than what was asked for.
    """

    out: Array | None
    cache: Any
    epsilon: float
    state: Mapping[str, Any]


class Returned(NamedTuple):
    """What backward gave for it: the gradients by name, None where one cannot be compared.

    `steady` is whether forward gave the same bits twice: without that no difference of it means anything.
    """

    gradients: Mapping[str, Array | None]
    steady: bool


class Contract:
    """Runs forward and backward at the data of a subject, as often as its questions need, and collects `findings`."""

    def __init__(self, subject: Subject, function: Function) -> None:
        self._subject = subject
        self._function = function
        self._names = ["d" + claim.name for claim in subject.claims]
        self.findings: list[Finding] = []
        self.backward_evaluations = 0
        self._given: list[Array] = []
        self._kept: list[Array] = []

    def forward(self) -> Passed:
        """Forward, once."""
        subject = self._subject
        with counted(self.findings):
            out, cache = self._forward(check_purity=True)
        state = self._state()
        expected = None if subject.reference is None else subject.reference.shape
        if not lapses.is_numbers(out) or (expected is not None and out.shape != expected):
            self.findings.append(lapses.wrong_shape("forward", "forward", out, expected))
            return Passed(None, cache, subject.epsilon, {})
        self.findings += lapses.of_values("forward", out, subject.dtype)
        return Passed(out.copy(), cache, lapses.epsilon_of(out, subject.dtype), state)

    def differentiate(self, passed: Passed) -> Returned:
        """Backward, then both again, then backward of a sum: the codes of the findings say what is asked."""
        dout = self._subject.data.dout
        with counted(self.findings):
            first = self.backward(dout, passed.cache, check_purity=True)
        if len(first) != len(self._names):
            self.findings.append(lapses.wrong_count(len(first), self._names))
        gradients = {name: self._examined(position, first) for position, name in enumerate(self._names)}
        again, fresh_cache = self._forward()
        steady = same_bits(passed.out, again)
        if not steady:
            self.findings.append(lapses.not_deterministic())
        self._repeat(first, passed.cache, fresh_cache, steady)
        return Returned(gradients, steady)

    def findings_of(self, *codes: str) -> list[Finding]:
        """The findings so far that have one of these codes."""
        return [finding for finding in self.findings if finding.code in codes]

    def backward(self, dout: Array, cache: Any, check_purity: bool = False) -> list[Any]:
        """What backward returns for a copy of `dout`, as a list; the arrays in it are copies."""
        given = dout.copy()
        self.backward_evaluations += 1
        with np.errstate():
            gradients = guarded("backward", self._subject.pair.backward, given, cache)
        returned = list(gradients) if isinstance(gradients, (tuple, list)) else [gradients]
        if check_purity:
            self._say_overwritten("backward")
            if not same_bits(given, dout):
                self.findings.append(lapses.overwritten("backward", "dout"))
        return [np.array(g) if isinstance(g, (np.ndarray, np.generic, float)) else g for g in returned]

    def _repeat(self, first: list[Any], cache: Any, fresh_cache: Any, steady: bool) -> None:
        """Backward again from a fresh cache, again from the first one, and of a sum of two upstream gradients."""
        dout = self._subject.data.dout
        if len(first) != len(self._names) or not all(isinstance(g, np.ndarray) for g in first):
            return
        second = self.backward(dout, fresh_cache)
        if steady and not same_bits_all(first, second):
            self.findings.append(lapses.backward_not_deterministic(self._differing(first, second)))
            return
        repeated = self.backward(dout, cache)
        repeatable = same_bits_all(first, repeated)
        if not repeatable:
            self.findings.append(lapses.backward_not_repeatable(self._differing(first, repeated)))
        self._linear(first, cache if repeatable else None)

    def _linear(self, first: list[Any], cache: Any) -> None:
        """Backward of dout + dout' is backward of dout plus backward of dout': true of every derivative."""
        dout, other = self._subject.data.dout, self._subject.data.other_dout
        kept = cache is not None
        of_other = self.backward(other, cache if kept else self._forward()[1])
        of_sum = self.backward(dout + other, cache if kept else self._forward()[1])
        for name, a, b, both in zip(self._names, first, of_other, of_sum, strict=False):
            if np.shape(a) == np.shape(b) == np.shape(both) and not self._adds_up(name, a, b, both):
                self.findings.append(lapses.not_linear(name))

    def _adds_up(self, name: str, a: Array, b: Array, both: Array) -> bool:
        with np.errstate(all="ignore"):
            size = max(float(np.abs(t).max(initial=0)) for t in (a, b, both))
            # Where terms cancel to nothing, their rounding is left, which is measured against what went in.
            data = self._subject.data
            terms = (data.dout, data.other_dout) if self._subject.scale is None else (self._subject.scale[name],)
            scale = max(float(np.abs(t).max(initial=0)) for t in terms)
            epsilon = lapses.epsilon_of(a, self._subject.dtype)
            slack = np.sqrt(epsilon) * size + 1e3 * epsilon * scale
            difference = np.abs(both.astype(float) - a - b)
        # A gradient that is not finite has a finding of its own.
        return bool((difference <= slack).all()) or not np.isfinite(size)

    def _forward(self, check_purity: bool = False) -> tuple[Any, Any]:
        inputs = [a.copy() for a in self._subject.data.inputs]
        out, cache = self._function.call(inputs)
        if check_purity:
            self._given = inputs
            self._kept = self._subject.data.inputs
            self._say_overwritten("forward")
        return out, cache

    def _state(self) -> Mapping[str, Any]:
        """Copies of what forward left in its parameters, where the pair can tell."""
        left = self._subject.pair.state() if self._subject.pair.state else {}
        return {name: np.array(left[name]) for name in self._subject.state if left.get(name) is not None}

    def _say_overwritten(self, by: str) -> None:
        for claim, given, kept in zip(self._subject.claims, self._given, self._kept, strict=True):
            if not same_bits(given, kept):
                self.findings.append(lapses.overwritten(by, claim.name))
        # What forward left there belongs to its cache, so backward is asked about changes since then.
        self._kept = [a.copy() for a in self._given]

    def _examined(self, position: int, returned: Sequence[Any]) -> Array | None:
        """The gradient at `position` if it has the shape of its input; findings on its shape, dtype and finiteness."""
        if len(returned) != len(self._names):
            return None
        name, gradient = self._names[position], returned[position]
        shape = self._subject.claims[position].shape
        if not lapses.is_numbers(gradient) or gradient.shape != shape:
            self.findings.append(lapses.wrong_shape("backward", name, gradient, shape))
            return None
        self.findings += lapses.of_values(name, gradient, self._subject.dtype)
        return np.asarray(gradient)

    def _differing(self, first: Sequence[Any], second: Sequence[Any]) -> str | None:
        pairs = zip(self._names, first, second, strict=False)
        return next((name for name, a, b in pairs if not same_bits(a, b)), None)


def same_bits(a: Any, b: Any) -> bool:
    """Equal shape, dtype and bytes: NaN equals NaN, and 0.0 is not -0.0."""
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return False
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def same_bits_all(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """`same_bits` for every pair, and as many of them."""
    return len(first) == len(second) and all(map(same_bits, first, second))
