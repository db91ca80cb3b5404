"""The output against the reference, before any gradient: a consistent gradient of the wrong function is no use."""

from __future__ import annotations

from convcheck.checking.compare import compare, missing
from convcheck.checking.contract import Observed
from convcheck.checking.criterion import derived, tolerated
from convcheck.checking.result import TensorResult
from convcheck.checking.subject import Subject

REFERENCE = "the reference, in float64"


def compare_forward(subject: Subject, observed: Observed, tolerance: float | None) -> list[TensorResult]:
    """The verdict on the tensor "forward"; none where no reference is known."""
    reference = subject.reference
    if reference is None or subject.scale is None:
        return []
    if observed.out is None:
        return [missing("forward", reference.shape, REFERENCE)]
    if tolerance is None:
        criterion = derived(
            subject.scale["forward"],
            0 * reference,
            subject.terms["forward"],
            subject.epsilon,
            subject.data.exact,
            "|output − reference|",
        )
    else:
        criterion = tolerated(tolerance, observed.out, reference)
    return [compare("forward", observed.out, reference, criterion, REFERENCE)]
