"""The examination of one subject: the contract, the output against the reference, then every gradient.

`examine` is the order of it. What is weighed for one gradient, and in which order, is told in `gradients/evidence.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.compare import unseen_tensor
from convcheck.checking.budget import Budget
from convcheck.checking.contract.contract import OFTEN, Contract, ForwardPass
from convcheck.checking.contract.memory_layout import check_layout
from convcheck.checking.contract.running_statistics import check_running_statistics
from convcheck.checking.forward import compare_forward
from convcheck.checking.gradients.evidence import GradientVerdicts
from convcheck.checking.result import Finding, Sample, TensorResult, sampled
from convcheck.checking.subject import Subject
from convcheck.checking.termination import Termination, termination_of
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array, Input
from convcheck.numeric.data import rooms_of
from convcheck.numeric.function import Function
from convcheck.numeric.plan import TIED_DIRECTIONS, planned_direction_probes, planned_gradients
from convcheck.spec.sizes import Shape

# On other data, on the data, and on the other once more for the same bits, in another memory layout. Where the layer
# rounds, other bits are right in another layout: that is one more.
BASE_EVALUATIONS = 3
NOT_FINITE = "the output is not finite"
# After so many evaluations it pays to see whether forward is the same at every call.
MANY = 64


class Options(NamedTuple):
    """How to examine: `scheme` as in a spec, the user's tolerance if any, and the budget in seconds for `auto`.

    `suite`: the check is one of the layer's suite, whose other checks ask the questions that this one does not.
    `linear_within`: a tolerance for how far backward is from linear in dout, beside that of the user.
    """

    scheme: str = "auto"
    tolerance: float | None = None
    budget: float = 60.0
    suite: bool = False
    linear_within: float = 0.0


class Examination(NamedTuple):
    """What an examination found. `scheme` is the one asked for: auto, entries or full; `ended` is what cut it short."""

    tensors: tuple[TensorResult, ...]
    findings: tuple[Finding, ...]
    scheme: str
    forward_evaluations: int
    backward_evaluations: int
    ended: Termination = "whole"
    samples: tuple[Sample, ...] = ()


def examine(
    subject: Subject,
    options: Options,
    function: Function,
    checkpoint: Callable[[Callable[[], Examination]], None] = lambda so_far: None,
) -> Examination:
    """Examine a subject whose forward is `function`; evaluations that it has had before are counted too.

    `checkpoint` is called each time that there is more, with what makes an examination of what was found until then.

    An exception in the code under test ends the examination, and is a finding; what was found until then is kept.
    """
    examiner = _Examiner(subject, options, function, checkpoint)
    ended: Termination = "whole"
    try:
        examiner.examine()
    except (Raised, NotWritten) as error:
        testing = subject.params.get("mode") == "test"
        ended, said = termination_of(error, subject.tiles, testing, subject.hints)
        examiner.findings += said
    remembered: list[Finding] = []
    # What a first call gives is compared on the data that was drawn first.
    wrong = ended == "raised" or any(tensor.verdict == "wrong" for tensor in examiner.tensors)
    if wrong and not examiner.is_elsewhere:
        from convcheck.checking.contract.first_call import first_call_findings

        remembered = first_call_findings(subject, examiner.contract, examiner.forward, raised=ended == "raised")
    return Examination(
        tuple(examiner.tensors_on_axes()),
        (
            # What else there is may come of it.
            *remembered,
            *examiner.contract.findings,
            *examiner.contract.arrangement_findings(examiner.tensors),
            *_consistent(examiner.tensors),
            *examiner.findings,
        ),
        examiner.scheme,
        function.evaluations,
        examiner.backward_evaluations,
        ended,
        examiner.samples(),
    )


def planned_evaluations_of(
    claims: Sequence[Input],
    output: Shape,
    scheme: str,
    dtype: str,
    *,
    tied: bool = False,
    rooms: Sequence[int] | None = None,
) -> int:
    """Forward evaluations of an examination in which every claim holds. `tied`: on data with ties.

    `rooms`: for each input the bits that are left for random projections, None where the layer rounds.
    """
    in_float64 = dtype == "float32"
    kinked = sum(claim.kind == "kinked" for claim in claims)
    ties = kinked * (in_float64 + 2 * TIED_DIRECTIONS)
    probed, left = _differentiated(claims, rooms, tied=tied)
    gradients = planned_gradients(probed, output, scheme, in_float64=in_float64, rooms=left)
    if tied:
        return BASE_EVALUATIONS + (rooms is None) + gradients + ties
    further = sum(claim.points.total for claim in claims) * (1 + gradients)
    extreme = sum(claim.extreme > 0 for claim in claims)
    until = BASE_EVALUATIONS + (rooms is None) + gradients + kinked + ties + extreme
    return until + further + (OFTEN if rooms is None and until > MANY else 0)


def _differentiated(
    claims: Sequence[Input], rooms: Sequence[int] | None, *, tied: bool
) -> tuple[list[Input], list[int] | None]:
    """The inputs whose gradients are held against differences, and their rooms: no kinked ones where entries tie."""
    kept = [number for number, claim in enumerate(claims) if not (tied and claim.kind == "kinked")]
    return [claims[number] for number in kept], rooms if rooms is None else [rooms[number] for number in kept]


class _Examiner:
    """An examination under way: `tensors` and `findings` as far as it has come."""

    def __init__(
        self,
        subject: Subject,
        options: Options,
        function: Function,
        checkpoint: Callable[[Callable[[], Examination]], None],
    ) -> None:
        self._checkpoint = checkpoint
        self._subject = subject
        self._options = options
        self._function = function
        contract = self.contract = Contract(subject, function, max(options.tolerance or 0.0, options.linear_within))
        # No method of this object, which would hold all arrays of the check until Python looks for circles.
        self._budget = Budget(
            options.budget if options.scheme == "auto" else None,
            lambda: (function.evaluations, contract.backward_evaluations),
        )
        self.scheme = options.scheme
        self.tensors: list[TensorResult] = []
        self.findings: list[Finding] = []
        self._further_backward = 0
        # Of what is wrong at a further point; None where no other point was looked at.
        self.of_further_points: list[Sample] | None = None
        # Whether it is looking at other data than what was drawn first.
        self.is_elsewhere = False
        # What the first call on the data of the subject gave.
        self.forward: ForwardPass | None = None

    @property
    def backward_evaluations(self) -> int:
        """How often backward has been called."""
        return self.contract.backward_evaluations + self._further_backward

    def examine(self) -> None:
        """All of it, in order. Raises `Raised` or NotWritten where the code under test does."""
        subject, options = self._subject, self._options
        self.contract.call_earlier()
        forward = self.forward = self.contract.check_forward()
        # Before backward is called at all: a wrong output is wrong, whatever becomes of the gradients.
        verdicts, digits = compare_forward(subject, forward, options.tolerance)
        self.tensors += verdicts
        self.findings += digits
        if verdicts and verdicts[0].verdict == "wrong" and forward.out is not None:
            self._take_mistake(forward.out, self.findings, len(self.findings) - len(digits))
        # One that is tolerated leaves another output, and nothing to compare it with at other points.
        is_the_layers = len(self.tensors) == len(verdicts)
        self._tell()
        x = subject.data.inputs[0].shape
        self.findings += check_running_statistics(subject.params, subject.state, forward.state, x, forward.epsilon)
        out = forward.out
        if out is None:
            return
        if subject.reference is None and not np.isfinite(out).any():
            # No difference of it is a number: each would be asked for in vain.
            self.tensors += [unseen_tensor(f"d{one.name}", one.shape, NOT_FINITE) for one in subject.claims]
            return
        ample = self._budget.is_ample_for(self._function.seconds)
        gradients = self.contract.check_backward(forward, and_earlier=ample)
        self._tell()
        if not self._is_over_budget(out.shape):
            if not self.contract.check_repetition(forward):
                return
            self.contract.check_reuse(forward)
            self._tell()
            if not self.contract.holds_in_any_layout and not self.contract.findings_of("backward-not-deterministic"):
                compared = list(gradients.items())
                self.findings += check_layout(subject, self._function, self.contract.backward, out, compared)
            if any(claim.extreme for claim in subject.claims):
                from convcheck.checking.contract.overflow import check_overflow

                self.findings += check_overflow(subject, self._function)
        # Neither the cache nor, afterwards, the gradients of the other dout are asked for any more.
        self.forward = forward = forward._replace(cache=None)
        self._compare_gradients(out, gradients)
        if not subject.data.exact and self._function.evaluations > MANY and self._budget.affords(OFTEN):
            self.contract.check_often(forward)
        self.contract.of_other_dout = None
        if not subject.data.tied and is_the_layers:
            self._look_further()

    def tensors_on_axes(self) -> Sequence[TensorResult]:
        """The verdicts; of what is wrong or undecided, the maps with the letters of their axes."""
        if all(tensor.map is None for tensor in self.tensors):
            return self.tensors
        from convcheck.checking.agreement.tensor_map import on_axes

        return on_axes(self.tensors, self._subject.claims)

    def samples(self) -> tuple[Sample, ...]:
        """Of each tensor that is wrong, and of running statistics that are: numbers, or the shape where none fit."""
        wrong = {tensor.name for tensor in self.tensors if tensor.verdict == "wrong"}
        if self.of_further_points is not None:
            # Nothing was wrong at the first.
            wrong = set()
        said = " ".join(finding.message for finding in self.findings if finding.code == "running-statistics")
        wrong |= {name for name in self._subject.state if name in said}
        further = tuple(self.of_further_points or ())
        if not wrong or self.forward is None:
            return further
        given = {**self.contract.outcome(self.forward), **self.forward.state}
        numbers = {name: values for name, values in given.items() if name in wrong and isinstance(values, np.ndarray)}
        return (
            *(Sample(name, values.shape, sampled(values)) for name, values in numbers.items()),
            *(Sample(name, shape, ()) for name, shape in self.contract.wrong_shapes.items()),
            *further,
        )

    def _has_no_time_for(self, claim: Input) -> bool:
        return self._budget.is_exceeded_by(planned_direction_probes(claim, 1))

    def _is_over_budget(self, output: Shape) -> bool:
        """Whether all of it would take more than there is, by what the calls until now have taken; then it is said."""
        function, contract, subject = self._function, self.contract, self._subject
        backward = contract.backward_seconds / max(1, contract.backward_evaluations)
        self._budget.timed(function.seconds / function.evaluations, backward)
        # Further points are looked at as far as what is left of the budget goes.
        claims, rooms = _differentiated(subject.claims, rooms_of(subject.data), tied=subject.data.tied)
        in_float64 = subject.dtype != np.float64
        forwards = planned_gradients(claims, output, self.scheme, in_float64=in_float64, rooms=rooms)
        said = self._budget.not_enough_for(forwards)
        self.findings += said
        return bool(said)

    def _tell(self, more: Sequence[Finding] = ()) -> None:
        def so_far() -> Examination:
            findings = (*self.contract.findings, *self.findings, *more)
            evaluations = self._function.evaluations, self.contract.backward_evaluations
            return Examination(tuple(self.tensors), findings, self.scheme, *evaluations)

        self._checkpoint(so_far)

    def _compare_gradients(self, out: Array, returned: Mapping[str, Array | None]) -> None:
        subject, function, run_backward = self._subject, self._function, self.contract.backward
        tolerance = self._options.tolerance
        gradients = GradientVerdicts(
            subject,
            function,
            out,
            run_backward,
            self.scheme,
            tolerance,
            self._budget.affords,
            self.contract.of_other_dout,
        )
        try:
            for position, claim in enumerate(subject.claims):
                values = returned["d" + claim.name]
                if claim.kind == "kinked" and values is not None and subject.data.tied:
                    from convcheck.checking.contract.ties import ties_found, ties_verdict

                    verdict = ties_verdict(subject, function, run_backward, out, position, values, tolerance)
                    self.tensors.append(verdict)
                    self.findings += ties_found(subject, verdict, position)
                    continue
                already = len(gradients.findings)
                if self._has_no_time_for(claim):
                    self.tensors.append(unseen_tensor("d" + claim.name, claim.shape, "no time was left for it"))
                    continue
                self.tensors.append(gradients.verdict(position, values))
                if values is not None and self.tensors[-1].verdict == "wrong":
                    self._take_mistake(values, gradients.findings, already)
                self._tell(gradients.findings)
                asked = claim.kind == "kinked" and not self._options.suite and subject.elsewhere is not None
                if asked and values is not None and self.tensors[-1].verdict != "wrong":
                    from convcheck.checking.contract.ties import check_ties

                    self.is_elsewhere = True
                    self.findings += check_ties(subject, function, run_backward, position)
                    self.is_elsewhere = False
        finally:
            self.findings += gradients.findings
            self.contract.exchanged = gradients.order

    def _take_mistake(self, values: Array, findings: list[Finding], already: int) -> None:
        """Say which mistake the last tensor makes, of those that the suite tolerates; it is not counted as wrong there.

        `findings` from number `already` on are those on this tensor.
        """
        name = self.tensors[-1].name
        made = self._subject.mistake(name, values)
        if made is None:
            return
        mistake, sentence, mend = made.mistake, made.sentence, made.mend
        right_so_far = all(t.verdict != "wrong" for t in self.tensors[:-1])
        if not (self._options.suite and right_so_far):
            findings.append(Finding(mistake.name, "note", sentence, name, mend))
            return
        del findings[already:]
        self.tensors.pop()
        sentence += f"; here it is a warning: {mistake.tolerated}"
        findings.append(Finding(mistake.name, "warning", sentence, name, mend))

    def _look_further(self) -> None:
        """At further points of kinked inputs, where nothing is wrong at the first."""
        if not any(claim.points.total for claim in self._subject.claims):
            return
        from convcheck.checking.further_points import FurtherPoints

        known = (*self.contract.findings, *self.findings)
        points = FurtherPoints(
            self._subject,
            self._function,
            self.tensors,
            known,
            self.scheme,
            self._options.tolerance,
            self._budget.affords,
        )
        try:
            points.look()
        finally:
            if not any(tensor.verdict == "wrong" for tensor in self.tensors):
                self.of_further_points = points.samples
                self.is_elsewhere = True
            self.tensors = points.tensors
            self.findings += points.findings
            self._further_backward = points.backward_evaluations


def _consistent(tensors: Sequence[TensorResult]) -> list[Finding]:
    """A finding where the output is wrong, and all gradients are right for what forward computes."""
    gradients = [t for t in tensors if t.name != "forward"]
    wrong = any(t.name == "forward" and t.verdict == "wrong" for t in tensors)
    if not wrong or not gradients or any(t.verdict not in ("exact", "within_bound") for t in gradients):
        return []
    return [
        Finding(
            "forward-wrong",
            "error",
            "forward computes something else than the layer, and backward is the gradient of that: "
            "comparing backward with finite differences of forward would not show it",
            "forward",
        )
    ]
