"""What a first call gives, on a fresh import, where the same call after others is wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from convcheck.checking.contract.bits import same_bits
from convcheck.checking.contract.contract import Contract, ForwardPass
from convcheck.checking.contract.findings import BY_CHANCE
from convcheck.checking.contract.state import LEFT, leave_in_free_memory, raised_after_calls, remembered
from convcheck.checking.result import Finding
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.declined import CannotOpen, NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.pair import Pair
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function


def first_call_findings(
    subject: Subject, contract: Contract, forward: ForwardPass | None, *, raised: bool
) -> list[Finding]:
    """Findings on what the code gives otherwise on a first call.

    `contract` has been checked; `forward` is what it gave there, None where it `raised`. There are none where the code
    cannot be imported afresh, where it gives other bits at every call, or where it raises as well.
    """
    afresh = subject.pair.afresh
    if afresh is None or contract.findings_of("state", *BY_CHANCE):
        return []
    try:
        first, other = (_outcome(subject, afresh, left) for left in LEFT)
    except (Raised, NotWritten, CannotOpen):
        return []
    if raised:
        return [raised_after_calls("forward" if forward is None else "backward")]
    assert forward is not None
    here = contract.outcome(forward)
    differing = [name for name, values in here.items() if not _same(values, first.get(name))]
    # What memory that is never written holds has nothing to do with any call.
    if not differing or not all(_same(first.get(name), other.get(name)) for name in differing):
        return []
    return [remembered(differing)]


def _outcome(subject: Subject, afresh: Callable[[], Pair], left: float) -> dict[str, Array | None]:
    """The output and the gradients, by name, where memory that is free holds what was `left` there.

    Raises `Raised`, NotWritten and CannotOpen.
    """
    # What the code prints here it has printed before.
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        pair = afresh()
        contract = Contract(subject._replace(pair=pair), Function(pair.forward))
        forward = contract.check_forward()
        leave_in_free_memory(left, [claim.shape for claim in subject.claims], subject.dtype)
        contract.check_backward(forward)
        return contract.outcome(forward)


def _same(a: Array | None, b: Array | None) -> bool:
    return a is b is None or same_bits(a, b)
