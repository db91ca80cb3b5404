"""What forward and backward are held to beside the mathematics: shapes, dtypes, purity, the same bits, no state."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import epsilon_of
from convcheck.checking.contract import findings
from convcheck.checking.contract.arrangement import Arrangement, arranged
from convcheck.checking.contract.bits import same_bits, same_bits_all
from convcheck.checking.contract.memory_layout import scattered
from convcheck.checking.contract.rounding import movement_by_dout
from convcheck.checking.contract.state import (
    LEFT,
    EarlierCall,
    Held,
    hands_on,
    kept_by_forward,
    kept_by_instance,
    leave_in_free_memory,
    other_inputs,
    result_changes,
)
from convcheck.checking.contract.warnings import warnings_counted
from convcheck.checking.result import Finding, Severity, TensorResult
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised, guarded
from convcheck.implementations.received import Received, received
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function
from convcheck.spec.sizes import Shape

# How often forward is called once more after many evaluations.
OFTEN = 6


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

    `tolerance` is what somebody allows gradients, 0 where nobody does. Whatever the code under test raises comes out
    of the methods as `Raised` or NotWritten.
    """

    def __init__(self, subject: Subject, function: Function, tolerance: float = 0.0) -> None:
        self._subject = subject
        self._function = function
        self._tolerance = tolerance
        self._names = ["d" + claim.name for claim in subject.claims]
        self._shapes = [claim.shape for claim in subject.claims]
        # For each input the position of its gradient: by the shapes, and then, among these, by the values.
        self._order: tuple[int, ...] = tuple(range(len(self._names)))
        self.exchanged: tuple[int, ...] = ()
        # Gradients whose values can be compared, in another shape than their input's: theirs, and the input's.
        self._misshapen: dict[str, tuple[Shape, Shape]] = {}
        # Of what cannot be compared, the shape in which it came.
        self.wrong_shapes: dict[str, Shape] = {}
        self.findings: list[Finding] = []
        # Both passes gave the same bits where arrays lay otherwise in memory.
        self.holds_in_any_layout = False
        # The gradients of the other dout, where it came to them.
        self.of_other_dout: list[Array] | None = None
        self.backward_evaluations = 0
        # What the last call of backward returned.
        self._last: Any = None
        # The time that backward has taken so far, in seconds.
        self.backward_seconds = 0.0
        # The arrays that forward was called with, and what they should hold.
        self._arguments: list[Array] = []
        self._expected: list[Array] = []
        self._earlier: EarlierCall | None = None
        # The gradients of the earlier call, which came after the forward that is checked; None where they did not.
        self._of_earlier: list[Array] | None = None
        self._held_of_earlier = Held({})
        self._first: Arrangement | None = None

    def call_earlier(self) -> None:
        """Call forward on other data of the same shapes: what it leaves behind is seen in the calls to come.

        Where it raises there, as outside its domain, nothing is known of it.
        """
        inputs = other_inputs(self._subject.data.inputs)
        try:
            returned, cache = self._function.call([a.copy() for a in inputs])
            out = guarded("forward", received, returned).real
        except (Raised, NotWritten):
            return
        self._earlier = EarlierCall(inputs, out, cache, Held({"forward": returned}))

    def check_forward(self) -> ForwardPass:
        """Call forward once. Raises `Raised` or NotWritten."""
        subject = self._subject
        with warnings_counted(self.findings):
            got, cache = self._received(check_purity=True)
        self._take_earlier(got.real, cache)
        state = self._state()
        shape = None if subject.reference is None else subject.reference.shape
        out = got.real
        if out is None or (shape is not None and out.shape != shape):
            self.findings.append(findings.wrong_shape("forward", "forward", got, shape, subject.hints))
            self._keep_shape("forward", got)
            return ForwardPass(None, cache, subject.epsilon, {})
        self.findings += findings.wrong_container("forward", "forward", got)
        self.findings += findings.dtype_and_finiteness("forward", got, subject.dtype)
        return ForwardPass(out, cache, epsilon_of(out, subject.dtype), state)

    def check_backward(self, forward: ForwardPass, *, and_earlier: bool = True) -> Mapping[str, Array | None]:
        """Call backward of the earlier call, if there is one `and_earlier`, then of this one: its gradients by name.

        None stands for one that cannot be compared. Raises `Raised` or NotWritten.
        """
        if self._earlier is not None and and_earlier:
            # What it raises, backward of this call raises as well, unless something is kept.
            with suppress(Raised, NotWritten):
                self._of_earlier = self.backward(self._subject.data.dout, self._earlier.cache)
                self._held_of_earlier = self._held(self._last)
        with warnings_counted(self.findings):
            self._first = self._arranged(self._subject.data.dout, forward.cache, check_purity=True)
        # They were to be looked at after the first call of each pass.
        self._arguments, self._expected = [], []
        self._check_arrangement(self._first)
        return dict(zip(self._names, self._first.values, strict=True))

    def check_reuse(self, forward: ForwardPass) -> None:
        """After `check_backward`: both passes on an object that has run forward on another x before, if there is one.

        Where it raises then, nothing is said: it may be made for one run.
        """
        again, (x, *weights) = self._subject.pair.again, self._subject.data.inputs
        first = [] if self._first is None else self._first.values
        by_chance = self.findings_of(*findings.BY_CHANCE)
        if again is None or by_chance or not first or any(values is None for values in first):
            return
        with suppress(Raised, NotWritten):
            _, cache = self._function.call([*other_inputs([x]), *(a.copy() for a in weights)])
            returned, second = guarded("forward", again, cache, x.copy())
            out = guarded("forward", received, returned).real
            gradients = self.backward(self._subject.data.dout, second)
            differing = [] if same_bits(out, forward.out) else ["forward"]
            differing += self._differing(first, gradients)
            if differing:
                self.findings.append(kept_by_instance(differing))
        self._last = None

    def check_repetition(self, forward: ForwardPass) -> bool:
        """After `check_backward`: call both passes again, then backward of other dout.

        The answer is whether forward gave the same bits twice: without that no difference of it means anything. Raises
        `Raised` or NotWritten.
        """
        try:
            return self._is_repeatable(forward)
        finally:
            self._forget_earlier()

    def _forget_earlier(self) -> None:
        """The earlier call has been asked all there is to ask: its arrays would be half of what a check holds."""
        self._earlier = self._of_earlier = self._last = None
        self._held_of_earlier = Held({})

    def _is_repeatable(self, forward: ForwardPass) -> bool:
        assert self._first is not None
        again = self._of_earlier is not None and self._earlier is not None
        if again and self._subject.data.exact and self._is_repeated_scattered():
            self.holds_in_any_layout = True
            self._check_linearity([values for values in self._first.values if values is not None], forward.cache)
            self._check_results(self._held_of_earlier, "backward")
            return True
        inputs, before = (self._earlier.inputs, self._earlier.out) if again and self._earlier else (None, forward.out)
        got, cache = self._received(inputs)
        repeatable = same_bits(before, got.real)
        if not repeatable:
            self.findings.append(findings.not_deterministic())
        if all(values is not None for values in self._first.values):
            first = [values for values in self._first.values if values is not None]
            second = self.backward(self._subject.data.dout, cache)
            kept = self._of_earlier if again else first
            if repeatable and not same_bits_all(kept or (), second):
                self._tell_state_from_chance(kept or (), second)
            else:
                self._check_linearity(first, forward.cache)
        self._check_results(self._held_of_earlier, "backward")
        return repeatable

    def _is_repeated_scattered(self) -> bool:
        """Whether the earlier call gives the same bits once more, its backward as well, for arrays in another layout.

        What rounds nothing does, in any order of its sums, and then nothing hangs on chance, state or memory layout.
        Where it does not, neither is to blame yet.
        """
        earlier, first = self._earlier, self._first
        assert earlier is not None
        assert first is not None
        if any(values is None for values in first.values):
            return False
        with suppress(Raised, NotWritten):
            got, cache = self._function.received([scattered(a) for a in earlier.inputs])
            if same_bits(earlier.out, got.real):
                return same_bits_all(self._of_earlier or (), self.backward(scattered(self._subject.data.dout), cache))
        return False

    def check_often(self, forward: ForwardPass) -> None:
        """Call forward again and again: what is different every few calls may have escaped many evaluations."""
        for _ in range(OFTEN):
            if not same_bits(forward.out, self._received()[0].real):
                self.findings.append(findings.not_deterministic())
                return

    def outcome(self, forward: ForwardPass) -> dict[str, Array | None]:
        """What the first call of each pass gave, by name: the output, and the gradients as far as there are any."""
        gradients = () if self._first is None else zip(self._names, self._first.values, strict=True)
        return {"forward": forward.out, **dict(gradients)}

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
        taken = time.perf_counter() - start
        # As of forward, the first may have compiled something.
        before = min(self.backward_seconds, taken) if self.backward_evaluations == 2 else self.backward_seconds
        self.backward_seconds = before + taken
        self._last = returned
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
                self._keep_shape(name, got)
                continue
            self.findings += findings.wrong_container("backward", name, got)
            self.findings += findings.dtype_and_finiteness(name, got, self._subject.dtype)
            if got.shape is not None and got.shape != shape:
                self._misshapen[name] = (got.shape, shape)

    def _keep_shape(self, tensor: str, got: Received) -> None:
        if got.shape is not None:
            self.wrong_shapes[tensor] = got.shape

    def _tell_state_from_chance(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        """A finding on gradients that two calls gave for the same data: `before`, and `after` it."""
        differing = self._differing(before, after)
        dout, earlier = self._subject.data.dout, self._earlier
        if self._of_earlier is None or earlier is None:
            self.findings.append(findings.backward_not_deterministic(differing[0] if differing else None))
            return
        alone = []
        for left in LEFT:
            _, cache = self._received(earlier.inputs)
            leave_in_free_memory(left, self._shapes, self._subject.dtype)
            alone.append(self.backward(dout, cache))
        _, cache = self._received(earlier.inputs)
        # What is checked comes in between.
        self._received()
        between = self.backward(dout, cache)
        same_alone = all(same_bits_all(gradients, after) for gradients in alone)
        if differing and same_alone and not same_bits_all(between, after):
            self.findings.append(kept_by_forward(differing, self._severity))
        else:
            self.findings.append(findings.backward_not_deterministic(differing[0] if differing else None))

    def _held(self, returned: Any) -> Held:
        parts = returned if type(returned) in (tuple, list) else (returned,)
        return Held(dict(zip((self._names[i] for i in self._order), parts, strict=False)))

    @property
    def _severity(self) -> Severity:
        """How grave state is: where no layer is known, both passes may be methods of one object, called in turn."""
        return "warning" if self._subject.reference is None else "error"

    def _take_earlier(self, out: Array | None, cache: Any) -> None:
        """Look at what the earlier call returned, now that forward has given `out` and `cache`; or forget that call."""
        earlier, self._earlier = self._earlier, None
        if earlier is None or earlier.out is None or out is None or earlier.out.shape != out.shape:
            return
        if hands_on(earlier.cache, cache):
            self._earlier = earlier
            self._check_results(earlier.returned, "forward")

    def _check_results(self, held: Held, by: str) -> None:
        if changed := held.changed():
            self.findings.append(result_changes(by, changed, self._severity))

    def _check_linearity(self, first: list[Any], cache: Any) -> None:
        """Backward of dout + dout' is backward of dout plus backward of dout': true of every derivative.

        All of it with the cache of the first call: where that does not add up, it may be that backward has changed it.
        """
        dout, other = self._subject.data.dout, self._subject.data.other_dout
        self.of_other_dout = self.backward(other, cache)
        if self._is_linear(first, self.of_other_dout, self.backward(dout + other, cache)):
            return
        if self._subject.data.is_last and same_bits_all(first, self.of_other_dout):
            self.findings.append(findings.dout_not_used())
            return
        repeated = self.backward(dout, cache)
        kept = same_bits_all(first, repeated)

        def gradients(dout: Array) -> list[Any]:
            return self.backward(dout, cache if kept else self._received()[1])

        terms = (first, gradients(other), gradients(dout + other))
        if not kept:
            differing = self._differing(first, repeated)
            self.findings.append(findings.backward_not_repeatable(differing[0] if differing else None))
            if self._is_linear(*terms):
                return
        moved = [movement_by_dout(d, gradients, self._subject.rng) for d in (dout, other, dout + other)]
        for name, a, b, both, *movements in zip(self._names, *terms, *moved, strict=True):
            if not self._adds_up(name, a, b, both, sum(movements)):
                same = same_bits(a, b)
                self.findings.append(findings.without_dout(name) if same else findings.not_linear(name))

    def _is_linear(self, first: Sequence[Any], of_other: Sequence[Any], of_sum: Sequence[Any]) -> bool:
        terms = zip(self._names, first, of_other, of_sum, strict=True)
        return all(self._adds_up(name, a, b, both) for name, a, b, both in terms)

    def _adds_up(self, name: str, a: Array, b: Array, both: Array, moved: Array | float = 0.0) -> bool:
        """Whether a + b is `both`, but for rounding, which has `moved` a; true where their shapes differ."""
        if not a.shape == b.shape == both.shape:
            return True
        if (a + b == both).all():
            return True
        with np.errstate(all="ignore"):
            size = max(float(np.abs(t).max(initial=0)) for t in (a, b, both))
            # Where terms cancel to nothing, what is left is their rounding, which is measured against the terms.
            data = self._subject.data
            terms = (data.dout, data.other_dout) if self._subject.scale is None else (self._subject.scale[name],)
            scale = max(float(np.abs(t).max(initial=0)) for t in terms)
            epsilon = epsilon_of(a, self._subject.dtype)
            slack = np.sqrt(epsilon) * size + 1e3 * epsilon * scale + moved
            # An iteration that stops within a tolerance is as linear as that.
            slack = slack + self._tolerance * max(1.0, size)
            difference = np.abs(both.astype(float) - a - b)
        # A gradient that is not finite has a finding of its own.
        return bool((difference <= slack).all()) or not np.isfinite(size)

    def _received(self, inputs: Sequence[Array] | None = None, check_purity: bool = False) -> tuple[Received, Any]:
        """Forward at copies of the `inputs`, those of the subject where there are none."""
        copies = [a.copy() for a in (self._subject.data.inputs if inputs is None else inputs)]
        got, cache = self._function.received(copies)
        if check_purity:
            self._arguments, self._expected = copies, self._subject.data.inputs
            self._check_arguments("forward")
            # What forward wrote there may be part of its cache: backward is held to what it finds.
            self._expected = [a.copy() for a in copies]
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

    def _differing(self, first: Sequence[Any], second: Sequence[Any]) -> list[str]:
        pairs = zip(self._names, first, second, strict=False)
        return [name for name, a, b in pairs if not same_bits(a, b)]
