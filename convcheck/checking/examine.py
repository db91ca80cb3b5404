"""The examination of one subject: the contract, the output against the reference, then every gradient.

`examine` is the order of it. What is weighed for one gradient, and in which order, is told in `gradients/evidence.py`.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from convcheck.checking.contract.contract import BackwardPass, Contract
from convcheck.checking.contract.memory_layout import check_layout
from convcheck.checking.contract.running_statistics import check_running_statistics
from convcheck.checking.forward import compare_forward
from convcheck.checking.gradients.evidence import GradientVerdicts
from convcheck.checking.result import Finding, Status, TensorResult
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array, Input
from convcheck.numeric.function import Function
from convcheck.numeric.plan import planned_direction_probes, planned_probes
from convcheck.spec.sizes import Shape

# Once, once again for the same bits, and once in another memory layout.
BASE_EVALUATIONS = 3
Termination = Literal["whole", "raised", "refused", "not-written"]


class Options(NamedTuple):
    """How to examine: `scheme` as in a spec, the user's tolerance if any, and the budget in seconds for `auto`."""

    scheme: str = "auto"
    tolerance: float | None = None
    budget: float = 60.0


class Examination(NamedTuple):
    """What an examination found. `scheme` is the one used: groups, full or probe; `ended` is what cut it short."""

    tensors: tuple[TensorResult, ...]
    findings: tuple[Finding, ...]
    scheme: str
    forward_evaluations: int
    backward_evaluations: int
    ended: Termination = "whole"


def examine(
    subject: Subject,
    options: Options,
    function: Function,
    checkpoint: Callable[[Examination], None] = lambda examination: None,
) -> Examination:
    """Examine a subject whose forward is `function`; evaluations that it has had before are counted too.

    `checkpoint` is handed what was found until then, each time that there is more.

    An exception in the code under test ends the examination, and is a finding; what was found until then is kept.
    """
    examiner = _Examiner(subject, options, function, checkpoint)
    ended: Termination = "whole"
    try:
        examiner.examine()
    except (Raised, NotWritten) as error:
        ended, finding = termination_of(error, subject.tiles, testing=subject.params.get("mode") == "test")
        examiner.findings.append(finding)
    return Examination(
        tuple(examiner.tensors),
        (*examiner.contract.findings, *_consistent(examiner.tensors), *examiner.findings),
        examiner.scheme,
        function.evaluations,
        examiner.contract.backward_evaluations,
        ended,
    )


def status_of(examination: Examination, expect: str, suite: bool = False) -> Status:
    """The status of a check with this examination; an expected failure that fails is a pass.

    In the `suite`, code that is not written yet or declines the sizes is skipped; where a spec asked for it, an error.
    """
    failed = any(t.verdict == "wrong" for t in examination.tensors)
    if examination.ended != "whole" and not failed:
        return "skipped" if suite and examination.ended in ("refused", "not-written") else "error"
    if failed or any(f.severity == "error" for f in examination.findings):
        return "pass" if expect == "fail" else "fail"
    if any(t.verdict == "undecided" for t in examination.tensors):
        return "undecided"
    return "fail" if expect == "fail" else "pass"


def planned_evaluations_of(claims: Sequence[Input], output: Shape, scheme: str, dtype: str) -> int:
    """Forward evaluations of an examination in which every claim holds; one more where float32 is probed in float64."""
    if scheme == "probe":
        probes = sum(planned_direction_probes(claim) for claim in claims)
    else:
        probes = sum(planned_probes(claim, output, scheme == "full") for claim in claims)
    return BASE_EVALUATIONS + probes + (dtype == "float32")


def termination_of(error: Raised | NotWritten, tiles: bool, testing: bool = False) -> tuple[Termination, Finding]:
    """What an exception in the code under test means for the check; `testing` is whether it is a layer in test mode."""
    if isinstance(error, NotWritten):
        return "not-written", Finding("not-written", "warning", str(error.args[0]))
    if error.refusal(tiles):
        hint = None if tiles else "a stride that does not tile is legal: floor the output size, and ignore what is left"
        return "refused", Finding("refused", "warning", error.sentence(), None, hint)
    if testing and error.what == "backward":
        # Most code has no backward in test mode: its forward keeps nothing for one there.
        return "not-written", Finding("not-written", "warning", f"no backward in test mode: {error.sentence()}")
    return "raised", Finding("raised", "error", error.sentence(), None, error.hint)


class _Examiner:
    """An examination under way: `tensors` and `findings` as far as it has come."""

    def __init__(
        self, subject: Subject, options: Options, function: Function, checkpoint: Callable[[Examination], None]
    ) -> None:
        self._checkpoint = checkpoint
        self._subject = subject
        self._options = options
        self._function = function
        self.contract = Contract(subject, function)
        self.scheme = "groups" if options.scheme == "auto" else options.scheme
        self.tensors: list[TensorResult] = []
        self.findings: list[Finding] = []

    def examine(self) -> None:
        """All of it, in order. Raises `Raised` or NotWritten where the code under test does."""
        subject, options = self._subject, self._options
        forward = self.contract.check_forward()
        # Before backward is called at all: a wrong output is wrong, whatever becomes of the gradients.
        verdicts, digits = compare_forward(subject, forward, options.tolerance)
        self.tensors += verdicts
        self.findings += digits
        self._tell()
        entries = subject.data.inputs[0].size
        self.findings += check_running_statistics(
            subject.params, subject.state, forward.state, entries, forward.epsilon
        )
        if forward.out is None:
            return
        backward = self.contract.check_backward(forward)
        self._tell()
        if not backward.repeatable:
            return
        affordable = self._keep_to_budget(forward.out.shape)
        if not self.contract.findings_of("not-deterministic", "backward-not-deterministic"):
            gradients = list(backward.gradients.items())
            self.findings += check_layout(subject, self._function, self.contract.backward, forward.out, gradients)
        self._compare_gradients(forward.out, backward, affordable)

    def _tell(self, more: Sequence[Finding] = ()) -> None:
        findings = (*self.contract.findings, *self.findings, *more)
        evaluations = self._function.evaluations, self.contract.backward_evaluations
        self._checkpoint(Examination(tuple(self.tensors), findings, self.scheme, *evaluations))

    def _keep_to_budget(self, output: Shape) -> Callable[[int], bool]:
        """Go over to random directions where `auto` would take too long; the answer to how much more is affordable."""
        budget = self._options.budget
        if self._options.scheme != "auto":
            return lambda evaluations: True
        seconds = self._function.seconds / self._function.evaluations
        planned = planned_evaluations_of(self._subject.claims, output, "auto", str(self._subject.dtype)) * seconds
        if planned > budget:
            self.scheme = "probe"
            self.findings.append(_over_budget(planned, budget))
        return lambda evaluations: evaluations * seconds <= budget

    def _compare_gradients(self, out: Array, backward: BackwardPass, affordable: Callable[[int], bool]) -> None:
        subject, function, run_backward = self._subject, self._function, self.contract.backward
        tolerance = self._options.tolerance
        gradients = GradientVerdicts(subject, function, out, run_backward, self.scheme, tolerance, affordable)
        try:
            for position, claim in enumerate(subject.claims):
                values = backward.gradients["d" + claim.name]
                self.tensors.append(gradients.verdict(position, values))
                self._tell(gradients.findings)
                not_wrong = values is not None and self.tensors[-1].verdict != "wrong"
                if claim.kind == "kinked" and subject.reference is not None and not_wrong:
                    from convcheck.checking.contract.ties import check_ties

                    self.findings += check_ties(subject, function, run_backward, position)
        finally:
            self.findings += gradients.findings


def _over_budget(seconds: float, budget: float) -> Finding:
    return Finding(
        "not-every-entry",
        "warning",
        f"every entry would take about {seconds:.3g} s, more than the budget of {budget:g} s: "
        "entries were not looked at one by one",
        None,
        "give more time with --budget SECONDS, a smaller size, or --scheme full",
    )


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
