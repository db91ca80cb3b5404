"""The Result of a check that code under test did not let finish."""

from __future__ import annotations

import dataclasses

from convcheck.checking.result import Finding, Result
from convcheck.running.reply import Mishap
from convcheck.spec.check import Check


def unfinished(check: Check, implementation: str, mishap: Mishap, seconds: float) -> Result:
    """Status "error", no tensors, and one finding that says what happened."""
    manner = check.manner
    return Result(
        id=check.id,
        layer=check.layer,
        spec={name: value for name, value in dataclasses.asdict(check.sizes).items() if value is not None},
        output_shape=tuple(check.sizes.shapes()["out"]),
        implementation=implementation,
        dtype=manner.dtype,
        data=manner.data,
        seed=manner.seed,
        scheme="groups" if manner.scheme == "auto" else manner.scheme,
        expect=manner.expect,
        status="error",
        tensors=(),
        findings=(Finding(mishap.code, "error", mishap.message, None, mishap.hint),),
        forward_evaluations=0,
        backward_evaluations=0,
        seconds=seconds,
        file=check.file,
        line=check.line,
    )
