"""What came of a job, made from the reply of the process that ran it: a Result, a Survey, or a fault of convcheck."""

from __future__ import annotations

from convcheck.checking.result import Finding, Result
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.in_process import CheckFault
from convcheck.running.job import JobResult
from convcheck.running.message import Failure, Fault, Reply
from convcheck.spec.check import Check

ONE_PROCESS_HINT = "-j 1 runs it in convcheck's own process, where a debugger reaches it"

JobOutcome = JobResult | CheckFault


class WorkerFault(Exception):
    """convcheck itself failed in a worker process. A note holds the traceback from there, if there is one."""

    def __init__(self, text: str, trace: str = "") -> None:
        super().__init__(text)
        if trace:
            self.add_note(trace)


def result_of(reply: Reply, check: Check, source: Source, found: Found, seconds: float) -> Result:
    """The Result in a reply, or one that says what the code did instead. Raises WorkerFault."""
    failure = _failure(reply)
    if failure is not None:
        name = ",".join(found.names) or source.place
        return _completed(reply, failure, seconds) or unfinished_result(check, name, failure, seconds)
    assert isinstance(reply.value, Result)
    return reply.value


def _completed(reply: Reply, failure: Failure, seconds: float) -> Result | None:
    """What was found until the failure, and the failure; None where nothing was."""
    so_far = reply.value
    if not isinstance(so_far, Result):
        return None
    # What is wrong is wrong, whatever came of the rest; what was expected to fail has not been seen to the end.
    failed = so_far.expect != "fail" and any(tensor.verdict == "wrong" for tensor in so_far.tensors)
    findings = (*so_far.findings, Finding(failure.code, "error", failure.message, None, failure.hint))
    return so_far._replace(status="fail" if failed else "error", findings=findings, seconds=seconds)


def survey_of(reply: Reply) -> Survey:
    """The Survey in a reply, or one whose `problem` says what the code did instead. Raises WorkerFault."""
    failure = _failure(reply)
    if failure is not None:
        problem = f"importing it did not end well: {failure.message}"
        return Survey((), problem=f"{problem}; {failure.hint}" if failure.hint else problem, opened=False)
    assert isinstance(reply.value, Survey)
    return reply.value


def _failure(reply: Reply) -> Failure | None:
    if isinstance(reply.error, Fault):
        raise WorkerFault(reply.error.text, reply.error.trace)
    return reply.error


def unfinished_result(check: Check, implementation: str, failure: Failure, seconds: float) -> Result:
    """Status "error", no tensors, and one finding that says what happened."""
    manner = check.manner
    return Result(
        id=check.id,
        layer=check.layer,
        spec=check.sizes.given(),
        output_shape=tuple(check.sizes.shapes()["out"]),
        implementation=implementation,
        dtype=manner.dtype,
        data=manner.data,
        seed=manner.seed,
        scheme="groups" if manner.scheme == "auto" else manner.scheme,
        expect=manner.expect,
        status="error",
        tensors=(),
        findings=(Finding(failure.code, "error", failure.message, None, failure.hint),),
        forward_evaluations=0,
        backward_evaluations=0,
        seconds=seconds,
        file=check.file,
        line=check.line,
    )


def unfinished_built_in(check: Check, failure: Failure, seconds: float) -> Result:
    """The Result of a check of a built-in implementation whose process has ended."""
    said = failure.message.replace("the code under test", "the check")
    failure = failure._replace(message=said, hint=ONE_PROCESS_HINT)
    return unfinished_result(check, str(check.manner.implementation), failure, seconds)


def check_fault(check: Check, fault: Fault) -> CheckFault:
    """A fault that came back from a worker, as the exception that it would have been in this process."""
    error = CheckFault(check)
    error.__cause__ = WorkerFault(fault.text, fault.trace)
    return error
