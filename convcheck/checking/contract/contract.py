"""What forward and backward are held to beside the mathematics: shapes, dtypes, purity, the same bits twice."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import epsilon_of
from convcheck.checking.contract import findings
from convcheck.checking.contract.arrangement import Arrangement, arranged
from convcheck.checking.contract.rounding import movement_by_dout
from convcheck.checking.contract.warnings import warnings_counted
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.raised import guarded
from convcheck.implementations.received import Received, received
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function
from convcheck.spec.sizes import Shape


class ForwardPass(NamedTuple):
    """What the first call of forward gave: `out`, None where it cannot be compared; its cache; its parameters after it.

    `epsilon` is what the output can be held to: that of its dtype, if that is coarser than what was asked for.
    """

    out: Array | None
    cache: Any
    epsilon: float
    state: Mapping[str, Any]


class Contract:
    """Calls forward and backward on the data of a subject, as often as its questions need, and collects `findings`.

    Whatever the code under test raises comes out of the methods as `Raised` or NotWritten.
    """

    def __init__(self, subject: Subject, function: Function) -> None:
        self._subject = subject
        self._function = function
        self._names = ["d" + claim.name for claim in subject.claims]
        self._shapes = [claim.shape for claim in subject.claims]
        # For each input the position of its gradient: by the shapes, and then, among these, by the values.
        self._order: tuple[int, ...] = tuple(range(len(self._names)))
        self.exchanged: tuple[int, ...] = ()
        # Gradients whose values can be compared, in another shape than their input's: theirs, and the input's.
        self._misshapen: dict[str, tuple[Shape, Shape]] = {}
        self.findings: list[Finding] = []
        self.backward_evaluations = 0
        # The time that backward has taken so far, in seconds.
        self.backward_seconds = 0.0
        # The arrays that forward was called with, and what they should hold.
        self._arguments: list[Array] = []
        self._expected: list[Array] = []

    def check_forward(self) -> ForwardPass:
        """Call forward once. Raises `Raised` or NotWritten."""
        subject = self._subject
        with warnings_counted(self.findings):
            got, cache = self._received(check_purity=True)
        state = self._state()
        shape = None if subject.reference is None else subject.reference.shape
        out = got.real
        if out is None or (shape is not None and out.shape != shape):
            self.findings.append(findings.wrong_shape("forward", "forward", got, shape, subject.hints))
            return ForwardPass(None, cache, subject.epsilon, {})
        self.findings += findings.wrong_container("forward", "forward", got)
        self.findings += findings.dtype_and_finiteness("forward", got, subject.dtype)
        return ForwardPass(out, cache, epsilon_of(out, subject.dtype), state)

    def check_backward(self, forward: ForwardPass) -> Mapping[str, Array | None]:
        """Call backward once: the gradients by name, None where one cannot be compared.

        Raises `Raised` or NotWritten.
        """
        with warnings_counted(self.findings):
            self._first = self._arranged(self._subject.data.dout, forward.cache, check_purity=True)
        self._check_arrangement(self._first)
        return dict(zip(self._names, self._first.values, strict=True))

    def check_repetition(self, forward: ForwardPass) -> bool:
        """After `check_backward`: call both passes again, then backward of a sum.

        The answer is whether forward gave the same bits twice: without that no difference of it means anything. Raises
        `Raised` or NotWritten.
        """
        out, second_cache = self._forward()
        repeatable = same_bits(forward.out, out)
        if not repeatable:
            self.findings.append(findings.not_deterministic())
        if all(values is not None for values in self._first.values):
            self._check_gradients_again(list(self._first.values), forward.cache, second_cache, repeatable)
        return repeatable

    def arrangement_findings(self, tensors: Sequence[TensorResult]) -> list[Finding]:
        """What there is to say of the order of the gradients, and of each whose values came in another shape.

        `tensors` are the verdicts.
        """
        verdicts = {tensor.name: tensor.verdict for tensor in tensors}
        order = [self._order[place] for place in self.exchanged] if self.exchanged else list(self._order)
        said = [] if order == sorted(order) else [findings.swapped(self._names, order)]
        said += [
            findings.misshapen(name, got, expected, verdicts.get(name))
            for name, (got, expected) in self._misshapen.items()
        ]
        return said

    def findings_of(self, *codes: str) -> list[Finding]:
        """The findings so far that have one of these codes."""
        return [finding for finding in self.findings if finding.code in codes]

    def backward(self, dout: Array, cache: Any) -> list[Array]:
        """The gradients that backward returns for a copy of `dout`, in the shapes of the inputs.

        One that cannot be brought into that shape is all NaN. Raises `Raised` or NotWritten.
        """
        given = zip(self._arranged(dout, cache).values, self._shapes, strict=True)
        return [np.full(shape, np.nan) if values is None else values for values, shape in given]

    def _arranged(self, dout: Array, cache: Any, check_purity: bool = False) -> Arrangement:
        argument = dout.copy(order="K")
        self.backward_evaluations += 1
        start = time.perf_counter()
        with np.errstate():
            returned = guarded("backward", self._subject.pair.backward, argument, cache)
        self.backward_seconds += time.perf_counter() - start
        arrangement: Arrangement = guarded("backward", arranged, returned, self._shapes)
        if check_purity:
            self._check_arguments("backward")
            if not same_bits(argument, dout):
                self.findings.append(findings.overwritten("backward", "dout"))
        return arrangement

    def _check_arrangement(self, arrangement: Arrangement) -> None:
        """Findings on how many gradients there are, their order, and the shape and dtype of each."""
        returned, order, gradients = arrangement
        if not order:
            self.findings.append(findings.wrong_count(len(returned), self._names))
            return
        self._order = order
        for name, position, values, shape in zip(self._names, order, gradients, self._shapes, strict=True):
            got = returned[position]
            if values is None:
                self.findings.append(findings.wrong_shape("backward", name, got, shape, self._subject.hints))
                continue
            self.findings += findings.wrong_container("backward", name, got)
            self.findings += findings.dtype_and_finiteness(name, got, self._subject.dtype)
            if got.shape is not None and got.shape != shape:
                self._misshapen[name] = (got.shape, shape)

    def _check_gradients_again(self, first: list[Any], cache: Any, second_cache: Any, repeatable: bool) -> None:
        """Backward with the cache of a second forward, with the first cache again, and of a sum of two dout."""
        dout = self._subject.data.dout
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
        terms = list(zip(self._names, first, of_other, of_sum, strict=False))
        if all(self._adds_up(name, a, b, both) for name, a, b, both in terms):
            return

        def gradients(dout: Array) -> list[Any]:
            return self.backward(dout, cache if kept else self._forward()[1])

        moved = [movement_by_dout(d, gradients, self._subject.rng) for d in (dout, other, dout + other)]
        for (name, a, b, both), *movements in zip(terms, *moved, strict=True):
            if not self._adds_up(name, a, b, both, sum(movements)):
                self.findings.append(findings.not_linear(name))

    def _adds_up(self, name: str, a: Array, b: Array, both: Array, moved: Array | float = 0.0) -> bool:
        """Whether a + b is `both`, but for rounding, which has `moved` a; true where their shapes differ."""
        if not np.shape(a) == np.shape(b) == np.shape(both):
            return True
        with np.errstate(all="ignore"):
            size = max(float(np.abs(t).max(initial=0)) for t in (a, b, both))
            # Where terms cancel to nothing, what is left is their rounding, which is measured against the terms.
            data = self._subject.data
            terms = (data.dout, data.other_dout) if self._subject.scale is None else (self._subject.scale[name],)
            scale = max(float(np.abs(t).max(initial=0)) for t in terms)
            epsilon = epsilon_of(a, self._subject.dtype)
            slack = np.sqrt(epsilon) * size + 1e3 * epsilon * scale + moved
            difference = np.abs(both.astype(float) - a - b)
        # A gradient that is not finite has a finding of its own.
        return bool((difference <= slack).all()) or not np.isfinite(size)

    def _forward(self) -> tuple[Array | None, Any]:
        got, cache = self._received()
        return got.real, cache

    def _received(self, check_purity: bool = False) -> tuple[Received, Any]:
        inputs = [a.copy() for a in self._subject.data.inputs]
        got, cache = self._function.received(inputs)
        if check_purity:
            self._arguments = inputs
            self._expected = self._subject.data.inputs
            self._check_arguments("forward")
        return got, cache

    def _state(self) -> Mapping[str, Any]:
        """Copies of what forward left in its parameters, where the pair can tell; a finding where it is no array."""
        left = guarded("forward", self._subject.pair.state) if self._subject.pair.state else {}
        state = {}
        for name in self._subject.state:
            if left.get(name) is None:
                continue
            got = guarded("forward", received, left[name])
            if got.real is None:
                self.findings.append(findings.wrong_shape("forward", name, got, None))
            else:
                self.findings += findings.wrong_container("forward", name, got)
                state[name] = got.real
        return state

    def _check_arguments(self, by: str) -> None:
        """A finding for each argument of forward that the pass `by` changed."""
        for claim, argument, expected in zip(self._subject.claims, self._arguments, self._expected, strict=True):
            if not same_bits(argument, expected):
                self.findings.append(findings.overwritten(by, claim.name))
        # What forward wrote there may be part of its cache: backward is held to what it finds.
        self._expected = [a.copy() for a in self._arguments]

    def _differing(self, first: Sequence[Any], second: Sequence[Any]) -> str | None:
        pairs = zip(self._names, first, second, strict=False)
        return next((name for name, a, b in pairs if not same_bits(a, b)), None)


def same_bits(a: Any, b: Any) -> bool:
    """Equal shape, dtype and bytes: NaN equals NaN, and 0.0 is not -0.0."""
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return False
    if a.dtype == b.dtype == np.longdouble:
        # Six of its sixteen bytes mean nothing, and hold anything.
        return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a), np.signbit(b))
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def same_bits_all(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """`same_bits` for every pair, and as many of them."""
    return len(first) == len(second) and all(map(same_bits, first, second))
