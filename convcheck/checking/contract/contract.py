"""What forward and backward are held to beside the mathematics: shapes, dtypes, purity, the same bits twice."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import epsilon_of
from convcheck.checking.contract import findings
from convcheck.checking.contract.warnings import warnings_counted
from convcheck.checking.result import Finding
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.raised import guarded
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function


class ForwardPass(NamedTuple):
    """What the first call of forward gave: `out`, None where it cannot be compared; its cache; its parameters after it.

    `epsilon` is what the output can be held to: that of its dtype, if that is coarser than what was asked for.
    """

    out: Array | None
    cache: Any
    epsilon: float
    state: Mapping[str, Any]


class BackwardPass(NamedTuple):
    """What the first call of backward gave: the gradients by name, None where one cannot be compared.

    `repeatable` is whether forward gave the same bits twice: without that no difference of it means anything.
    """

    gradients: Mapping[str, Array | None]
    repeatable: bool


class Contract:
    """Calls forward and backward on the data of a subject, as often as its questions need, and collects `findings`.

    Whatever the code under test raises comes out of the methods as `Raised` or NotWritten.
    """

    def __init__(self, subject: Subject, function: Function) -> None:
        self._subject = subject
        self._function = function
        self._names = ["d" + claim.name for claim in subject.claims]
        self.findings: list[Finding] = []
        self.backward_evaluations = 0
        # The arrays that forward was called with, and what they should hold.
        self._arguments: list[Array] = []
        self._expected: list[Array] = []

    def check_forward(self) -> ForwardPass:
        """Call forward once. Raises `Raised` or NotWritten."""
        subject = self._subject
        with warnings_counted(self.findings):
            out, cache = self._forward(check_purity=True)
        state = self._state()
        shape = None if subject.reference is None else subject.reference.shape
        if not findings.is_numbers(out) or (shape is not None and out.shape != shape):
            self.findings.append(findings.wrong_shape("forward", "forward", out, shape))
            return ForwardPass(None, cache, subject.epsilon, {})
        self.findings += findings.dtype_and_finiteness("forward", out, subject.dtype)
        return ForwardPass(out.copy(), cache, epsilon_of(out, subject.dtype), state)

    def check_backward(self, forward: ForwardPass) -> BackwardPass:
        """Call backward, then both passes again, then backward of a sum. Raises `Raised` or NotWritten."""
        first, gradients = self._first_backward(forward)
        out, second_cache = self._forward()
        repeatable = same_bits(forward.out, out)
        if not repeatable:
            self.findings.append(findings.not_deterministic())
        self._check_repetition(first, forward.cache, second_cache, repeatable)
        return BackwardPass(gradients, repeatable)

    def gradients(self, forward: ForwardPass) -> Mapping[str, Array | None]:
        """Call backward once: the gradients by name, None where one cannot be compared. Raises as `check_backward`."""
        return self._first_backward(forward)[1]

    def findings_of(self, *codes: str) -> list[Finding]:
        """The findings so far that have one of these codes."""
        return [finding for finding in self.findings if finding.code in codes]

    def backward(self, dout: Array, cache: Any, check_purity: bool = False) -> list[Any]:
        """What backward returns for a copy of `dout`, as a list of copies. Raises `Raised` or NotWritten."""
        argument = dout.copy()
        self.backward_evaluations += 1
        with np.errstate():
            gradients = guarded("backward", self._subject.pair.backward, argument, cache)
        returned = list(gradients) if isinstance(gradients, (tuple, list)) else [gradients]
        if check_purity:
            self._check_arguments("backward")
            if not same_bits(argument, dout):
                self.findings.append(findings.overwritten("backward", "dout"))
        return [np.array(g) if isinstance(g, (np.ndarray, np.generic, float)) else g for g in returned]

    def _first_backward(self, forward: ForwardPass) -> tuple[list[Any], Mapping[str, Array | None]]:
        with warnings_counted(self.findings):
            first = self.backward(self._subject.data.dout, forward.cache, check_purity=True)
        if len(first) != len(self._names):
            self.findings.append(findings.wrong_count(len(first), self._names))
        return first, {name: self._comparable(position, first) for position, name in enumerate(self._names)}

    def _check_repetition(self, first: list[Any], cache: Any, second_cache: Any, repeatable: bool) -> None:
        """Backward with the cache of a second forward, with the first cache again, and of a sum of two dout."""
        dout = self._subject.data.dout
        if len(first) != len(self._names) or not all(isinstance(g, np.ndarray) for g in first):
            return
        second = self.backward(dout, second_cache)
        if repeatable and not same_bits_all(first, second):
            self.findings.append(findings.backward_not_deterministic(self._differing(first, second)))
            return
        repeated = self.backward(dout, cache)
        cache_kept = same_bits_all(first, repeated)
        if not cache_kept:
            self.findings.append(findings.backward_not_repeatable(self._differing(first, repeated)))
        self._check_linearity(first, cache if cache_kept else None)

    def _check_linearity(self, first: list[Any], cache: Any) -> None:
        """Backward of dout + dout' is backward of dout plus backward of dout': true of every derivative."""
        dout, other = self._subject.data.dout, self._subject.data.other_dout
        kept = cache is not None
        of_other = self.backward(other, cache if kept else self._forward()[1])
        of_sum = self.backward(dout + other, cache if kept else self._forward()[1])
        for name, a, b, both in zip(self._names, first, of_other, of_sum, strict=False):
            if np.shape(a) == np.shape(b) == np.shape(both) and not self._adds_up(name, a, b, both):
                self.findings.append(findings.not_linear(name))

    def _adds_up(self, name: str, a: Array, b: Array, both: Array) -> bool:
        with np.errstate(all="ignore"):
            size = max(float(np.abs(t).max(initial=0)) for t in (a, b, both))
            # Where terms cancel to nothing, what is left is their rounding, which is measured against the terms.
            data = self._subject.data
            terms = (data.dout, data.other_dout) if self._subject.scale is None else (self._subject.scale[name],)
            scale = max(float(np.abs(t).max(initial=0)) for t in terms)
            epsilon = epsilon_of(a, self._subject.dtype)
            slack = np.sqrt(epsilon) * size + 1e3 * epsilon * scale
            difference = np.abs(both.astype(float) - a - b)
        # A gradient that is not finite has a finding of its own.
        return bool((difference <= slack).all()) or not np.isfinite(size)

    def _forward(self, check_purity: bool = False) -> tuple[Any, Any]:
        inputs = [a.copy() for a in self._subject.data.inputs]
        out, cache = self._function.call(inputs)
        if check_purity:
            self._arguments = inputs
            self._expected = self._subject.data.inputs
            self._check_arguments("forward")
        return out, cache

    def _state(self) -> Mapping[str, Any]:
        """Copies of what forward left in its parameters, where the pair can tell."""
        left = self._subject.pair.state() if self._subject.pair.state else {}
        return {name: np.array(left[name]) for name in self._subject.state if left.get(name) is not None}

    def _check_arguments(self, by: str) -> None:
        """A finding for each argument of forward that the pass `by` changed."""
        for claim, argument, expected in zip(self._subject.claims, self._arguments, self._expected, strict=True):
            if not same_bits(argument, expected):
                self.findings.append(findings.overwritten(by, claim.name))
        # What forward wrote there may be part of its cache: backward is held to what it finds.
        self._expected = [a.copy() for a in self._arguments]

    def _comparable(self, position: int, returned: Sequence[Any]) -> Array | None:
        """The gradient at `position` if it has the shape of its input; findings on its shape, dtype and finiteness."""
        if len(returned) != len(self._names):
            return None
        name, gradient = self._names[position], returned[position]
        shape = self._subject.claims[position].shape
        if not findings.is_numbers(gradient) or gradient.shape != shape:
            self.findings.append(findings.wrong_shape("backward", name, gradient, shape))
            return None
        self.findings += findings.dtype_and_finiteness(name, gradient, self._subject.dtype)
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
