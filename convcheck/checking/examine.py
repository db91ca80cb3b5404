"""The examination of one subject: the contract, the output against the reference, then every gradient."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from convcheck.checking.contract.contract import Contract
from convcheck.checking.contract.memory_layout import check_layout
from convcheck.checking.contract.running_statistics import check_statistics
from convcheck.checking.forward import compare_forward
from convcheck.checking.gradients.every_entry import Differentiation
from convcheck.checking.result import Finding, Status, TensorResult
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.source import NotWritten
from convcheck.layers.layer import Input
from convcheck.numeric.function import Function
from convcheck.numeric.plan import planned, planned_directions
from convcheck.spec.sizes import Shape

# Once, once again for the same bits, and once in another memory layout.
BASE_EVALUATIONS = 3
Ending = Literal["whole", "raised", "refused", "not-written"]


class Way(NamedTuple):
    """How to examine: `scheme` as in a spec, the user's tolerance if any, and the budget in seconds for `auto`."""

    scheme: str = "auto"
    tolerance: float | None = None
    budget: float = 60.0


class Outcome(NamedTuple):
    """What an examination found. `scheme` is the one used: groups, full or probe; `ended` what cut it short, if so."""

    tensors: tuple[TensorResult, ...]
    findings: tuple[Finding, ...]
    scheme: str
    forward_evaluations: int
    backward_evaluations: int
    ended: Ending = "whole"


def planned_evaluations_of(claims: Sequence[Input], output: Shape, scheme: str, dtype: str) -> int:
    """Forward evaluations of an examination in which every claim holds; one more where float32 is probed in float64."""
    if scheme == "probe":
        probes = sum(planned_directions(claim) for claim in claims)
    else:
        probes = sum(planned(claim, output, scheme == "full") for claim in claims)
    return BASE_EVALUATIONS + probes + (dtype == "float32")


def status_of(outcome: Outcome, expect: str, suite: bool = False) -> Status:
    """The status of a check with this outcome; an expected failure that fails is a pass.

    In the `suite`, code that is not written yet or declines the sizes is skipped; where a spec asked for it, an error.
    """
    failed = any(t.verdict == "wrong" for t in outcome.tensors)
    if outcome.ended != "whole" and not failed:
        return "skipped" if suite and outcome.ended in ("refused", "not-written") else "error"
    if failed or any(f.severity == "error" for f in outcome.findings):
        return "pass" if expect == "fail" else "fail"
    if any(t.verdict == "undecided" for t in outcome.tensors):
        return "undecided"
    return "fail" if expect == "fail" else "pass"


def examine(subject: Subject, way: Way, function: Function) -> Outcome:
    """Examine a subject whose forward is `function`, which may have been evaluated before: that counts.

    An exception in the code under test ends it; what was found until then is kept.
    """
    tensors: list[TensorResult] = []
    findings: list[Finding] = []
    scheme = "groups" if way.scheme == "auto" else way.scheme
    contract = Contract(subject, function)
    ended: Ending = "whole"
    try:
        passed = contract.forward()
        # Before backward is called at all: whatever becomes of that, a wrong output is wrong.
        verdicts, digits = compare_forward(subject, passed, way.tolerance)
        tensors += verdicts
        findings += digits
        findings += check_statistics(
            subject.params, subject.state, passed.state, subject.data.inputs[0].size, passed.epsilon
        )
        returned = contract.differentiate(passed) if passed.out is not None else None
        if passed.out is not None and returned and returned.steady:
            seconds = function.seconds / function.evaluations
            estimate = planned_evaluations_of(subject.claims, passed.out.shape, "auto", str(subject.dtype)) * seconds
            if way.scheme == "auto" and estimate > way.budget:
                scheme = "probe"
                findings.append(_gone_over(estimate, way.budget))
            spare = (lambda n: n * seconds <= way.budget) if way.scheme == "auto" else (lambda n: True)
            if not contract.findings_of("not-deterministic", "backward-not-deterministic"):
                given = list(returned.gradients.items())
                findings += check_layout(subject, function, contract.backward, passed.out, given)
            work = Differentiation(subject, function, passed.out, contract.backward, scheme, way.tolerance, spare)
            try:
                for position, claim in enumerate(subject.claims):
                    analytic = returned.gradients["d" + claim.name]
                    tensors.append(work.tensor(position, analytic))
                    settled = analytic is not None and tensors[-1].verdict != "wrong"
                    if claim.kind == "kinked" and subject.reference is not None and settled:
                        from convcheck.checking.contract.ties import check_ties

                        findings += check_ties(subject, function, contract.backward, position)
            finally:
                findings += work.findings
    except (Raised, NotWritten) as error:
        ended, finding = ending_of(error, subject.tiles, testing=subject.params.get("mode") == "test")
        findings.append(finding)
    return Outcome(
        tuple(tensors),
        (*contract.findings, *_consistent(tensors), *findings),
        scheme,
        function.evaluations,
        contract.backward_evaluations,
        ended,
    )


def ending_of(error: Raised | NotWritten, tiles: bool, testing: bool = False) -> tuple[Ending, Finding]:
    """What an exception in the code under test means for the check; `testing` is whether it is a layer in test mode."""
    if isinstance(error, NotWritten):
        return "not-written", Finding("not-written", "warning", str(error.args[0]))
    if error.refusal(tiles):
        hint = None if tiles else "a stride that does not tile is legal: floor the output size, and ignore what is left"
        return "refused", Finding("refused", "warning", error.sentence(), None, hint)
    if testing and error.what == "backward":
        # Few layers are differentiated in test mode, and most that are not keep nothing for it.
        return "not-written", Finding("not-written", "warning", f"no backward in test mode: {error.sentence()}")
    return "raised", Finding("raised", "error", error.sentence(), None, error.hint)


def _gone_over(seconds: float, budget: float) -> Finding:
    return Finding(
        "not-every-entry",
        "warning",
        f"every entry would take about {seconds:.3g} s, more than the budget of {budget:g} s: "
        "entries were not looked at one by one",
        None,
        "give more time with --budget SECONDS, a smaller size, or --scheme full",
    )


def _consistent(tensors: Sequence[TensorResult]) -> list[Finding]:
    """A wrong forward whose gradients are all right for what it computes."""
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
