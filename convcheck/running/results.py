"""What came of a job, made from the reply of the process that ran it: a Result, a Survey, or a fault of convcheck.

That process has run code under test, which may have changed how its own check is decided: the status is worked out here
once more, from the verdicts.
"""

from __future__ import annotations

from convcheck.checking.result import Finding, Result, Status, TensorResult
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.job import JobResult
from convcheck.running.message import Failure, Fault, Reply
from convcheck.spec.check import Check

ONE_PROCESS_HINT = "-j 1 runs it in convcheck's own process, where a debugger reaches it"

# What is said of an expected failure that did not fail, which is no mistake of the code's.
UNEXPECTED_PASS = "unexpected-pass"


class WorkerFault(Exception):
    """convcheck itself failed in a worker process. A note holds the traceback from there, if there is one."""

    def __init__(self, text: str, trace: str = "") -> None:
        super().__init__(text)
        if trace:
            self.add_note(trace)


def outcome_of(reply: Reply, check: Check, source: Source, found: Found, seconds: float, output: str = "") -> JobResult:
    """What came of a check of code under test, of which this is the reply."""
    name = ",".join(found.names) or source.place
    if isinstance(reply.error, Fault):
        return faulty(check, name, reply.error, seconds, output)
    if reply.error is not None:
        whole = _completed(reply, reply.error, seconds)
        return JobResult(whole or unfinished_result(check, name, reply.error, seconds), output)
    result = reply.value
    if not isinstance(result, Result) or result.id != check.id:
        said = "what came out of the process of the code under test is no result of this check"
        return JobResult(unfinished_result(check, name, Failure("tampered", said), seconds), output)
    return JobResult(_settled(_with_sound_maps(result)), output)


def _settled(result: Result) -> Result:
    """The result, as an error where its status is none that its verdicts lead to."""
    possible = _possible(result)
    if result.status in possible:
        return result
    verdicts = ", ".join(f"{tensor.name}: {tensor.verdict}" for tensor in result.tensors) or "nothing was compared"
    message = (
        f"the code under test changed how its check is decided: it came back as {result.status}, and by its verdicts "
        f"it is {' or '.join(possible)} ({verdicts})"
    )
    return result._replace(status="error", findings=(*result.findings, Finding("tampered", "error", message)))


def _with_sound_maps(result: Result) -> Result:
    """The result without maps that cannot be drawn."""

    def sound(tensor: TensorResult) -> TensorResult:
        drawn = tensor.map
        return tensor if drawn is None or drawn.describes(tensor.shape) else tensor._replace(map=None)

    return result._replace(tensors=tuple(map(sound, result.tensors)))


def _possible(result: Result) -> tuple[Status, ...]:
    """The statuses to which these verdicts and findings lead. What was not compared to the end is an error, or skipped,
    unless something is wrong already."""
    failed: Status = "pass" if result.expect == "fail" else "fail"
    passed: Status = "fail" if result.expect == "fail" else "pass"
    if any(tensor.verdict == "wrong" or tensor.wrong for tensor in result.tensors):
        return (failed,)
    if any(finding.severity == "error" and finding.code != UNEXPECTED_PASS for finding in result.findings):
        return (failed, "error", "skipped")
    if any(tensor.verdict == "undecided" for tensor in result.tensors):
        return ("undecided", "error", "skipped")
    return (passed, "error", "skipped") if result.tensors else ("error", "skipped")


def _completed(reply: Reply, failure: Failure, seconds: float) -> Result | None:
    """What was found until the failure, and the failure; None where nothing was."""
    so_far = reply.value
    if not isinstance(so_far, Result):
        return None
    # What is wrong is wrong, whatever came of the rest; what was expected to fail has not been seen to the end.
    failed = so_far.expect != "fail" and any(tensor.verdict == "wrong" for tensor in so_far.tensors)
    findings = (*so_far.findings, Finding(failure.code, "error", failure.message, None, failure.hint))
    status: Status = "fail" if failed else "error"
    return _with_sound_maps(so_far)._replace(status=status, findings=findings, seconds=seconds)


def survey_of(reply: Reply) -> Survey:
    """The Survey in a reply, or one whose `problem` says what the code did instead. Raises WorkerFault."""
    failure = reply.error
    if isinstance(failure, Fault):
        raise WorkerFault(failure.text, failure.trace)
    if failure is None and not isinstance(reply.value, Survey):
        failure = Failure("tampered", "what came out of its process is no survey")
    if failure is not None:
        problem = f"importing it did not end well: {failure.message}"
        return Survey((), problem=f"{problem}; {failure.hint}" if failure.hint else problem, opened=False)
    survey: Survey = reply.value
    return survey


def faulty(check: Check, implementation: str, fault: Fault, seconds: float = 0.0, output: str = "") -> JobResult:
    """What comes of a check in which convcheck itself failed: an error, and the fault with its traceback."""
    failure = Failure("fault", f"a fault in convcheck itself: {fault.text}", "--debug shows where")
    return JobResult(unfinished_result(check, implementation, failure, seconds), output, fault)


def unfinished_result(check: Check, implementation: str, failure: Failure, seconds: float) -> Result:
    """Status "error", no tensors, and one finding that says what happened."""
    manner = check.manner
    return Result(
        id=check.id,
        layer=check.layer,
        spec=check.sizes.given(),
        output_shape=tuple(check.sizes.shapes().get("out", ())),
        implementation=implementation,
        dtype=manner.dtype,
        data=manner.data,
        seed=manner.seed,
        scheme=manner.scheme,
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
