"""The output against the reference, before any gradient: a consistent gradient of the wrong function is no use."""

from __future__ import annotations

from convcheck.checking.agreement.compare import compare, missing
from convcheck.checking.agreement.criterion import derived, tolerated
from convcheck.checking.contract.contract import Passed
from convcheck.checking.diagnosis.last_digits import lone
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Subject

REFERENCE = "the reference, in float64"


def compare_forward(
    subject: Subject, passed: Passed, tolerance: float | None
) -> tuple[list[TensorResult], list[Finding]]:
    """The verdict on the tensor "forward", none where no reference is known; and what is to be said of its digits."""
    reference = subject.reference
    if reference is None or subject.scale is None:
        return [], []
    if passed.out is None:
        return [missing("forward", reference.shape, REFERENCE)], []
    if tolerance is None:
        criterion = derived(
            subject.scale["forward"],
            0 * reference,
            subject.terms["forward"],
            passed.epsilon,
            subject.data.exact,
            "|output − reference|",
        )
    else:
        criterion = tolerated(tolerance, passed.out, reference)
    compared = compare("forward", passed.out, reference, criterion, REFERENCE)
    return [compared.result], lone(compared, passed.out, reference, criterion, passed.epsilon)
