"""Whether code still gives numbers where entries are so large that a step on the way may be none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from convcheck.checking.contract.contract import Contract
from convcheck.checking.result import Finding
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.numeric.data import moved
from convcheck.numeric.function import Function


def check_overflow(subject: Subject, function: Function) -> Iterator[Finding]:
    """A warning for each input whose entries may be `extreme`, where what comes then is not finite and should be."""
    for position, claim in enumerate(subject.claims):
        if not claim.extreme or subject.elsewhere is None:
            continue
        x = subject.data.inputs[position]
        large = x * x.dtype.type(claim.extreme)
        place = subject.elsewhere(moved(subject.data, position, large))
        if place.reference is None or not np.isfinite(place.reference).all():
            continue
        # What it raises there, it does not raise on the data that was asked for.
        with suppress(Raised, NotWritten):
            contract = Contract(place, function)
            forward = contract.check_forward()
            if forward.out is None:
                continue
            outcome = {"forward": forward.out, **contract.check_backward(forward, and_earlier=False)}
            bad = [name for name, values in outcome.items() if values is not None and not np.isfinite(values).all()]
            if bad:
                yield _overflows(bad, claim.name, claim.extreme, subject.hints.get("overflow"))


def _overflows(names: list[str], x: str, times: float, hint: str | None) -> Finding:
    what = " and ".join("the output" if name == "forward" else name for name in names)
    verb = "is" if len(names) == 1 else "are"
    message = f"{what} {verb} not finite where entries of {x} are {times:g} times as large, and should be"
    return Finding("overflow", "warning", message, names[0], hint)
