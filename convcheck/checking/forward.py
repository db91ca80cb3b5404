"""The output against the reference, before any gradient: the right gradient of a wrong function is wrong as well."""

from __future__ import annotations

from convcheck.checking.agreement.compare import compare_entries, missing_tensor
from convcheck.checking.agreement.criterion import derived_criterion, tolerance_criterion
from convcheck.checking.contract.contract import ForwardPass
from convcheck.checking.diagnosis.last_digits import check_last_digits
from convcheck.checking.result import Finding, TensorResult
from convcheck.checking.subject import Subject

REFERENCE = "the reference, in float64"


def compare_forward(
    subject: Subject, forward: ForwardPass, tolerance: float | None
) -> tuple[list[TensorResult], list[Finding]]:
    """The verdict on the tensor "forward", none where no reference is known; and the findings on its last digits."""
    reference = subject.reference
    if reference is None or subject.scale is None:
        return [], []
    if forward.out is None:
        return [missing_tensor("forward", reference.shape, REFERENCE)], []
    if tolerance is None:
        criterion = derived_criterion(
            subject.scale["forward"],
            0 * reference,
            subject.terms["forward"],
            forward.epsilon,
            subject.data.exact,
            "|output − reference|",
        )
    else:
        criterion = tolerance_criterion(tolerance, forward.out, reference)
    comparison = compare_entries("forward", forward.out, reference, criterion, REFERENCE)
    return [comparison.with_map], check_last_digits(comparison, forward.out, reference, criterion, forward.epsilon)
