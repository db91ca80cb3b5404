"""What became of a call, as plain data for the report: a Result, or a Survey."""

from __future__ import annotations

import dataclasses

from convcheck.checking.result import Finding, Result
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.message import Fault, Mishap, Reply
from convcheck.spec.check import Check


class WorkerFault(Exception):
    """convcheck itself failed in a worker process. A note holds the traceback from there, if there is one."""

    def __init__(self, text: str, trace: str = "") -> None:
        super().__init__(text)
        if trace:
            self.add_note(trace)


def result_of(reply: Reply, check: Check, source: Source, found: Found, seconds: float) -> Result:
    """The Result in a reply, or the one that says what the code did instead. Raises WorkerFault."""
    trouble = _trouble(reply)
    if trouble is not None:
        return unfinished(check, ",".join(found.names) or source.place, trouble, seconds)
    assert isinstance(reply.value, Result)
    return reply.value


def survey_of(reply: Reply) -> Survey:
    """The Survey in a reply, or one whose `problem` says what the code did instead. Raises WorkerFault."""
    trouble = _trouble(reply)
    if trouble is not None:
        problem = f"importing it did not end well: {trouble.message}"
        return Survey((), problem=f"{problem}; {trouble.hint}" if trouble.hint else problem, opened=False)
    assert isinstance(reply.value, Survey)
    return reply.value


def _trouble(reply: Reply) -> Mishap | None:
    if isinstance(reply.trouble, Fault):
        raise WorkerFault(reply.trouble.text, reply.trouble.trace)
    return reply.trouble


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
