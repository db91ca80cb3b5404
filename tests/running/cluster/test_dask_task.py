"""A Dask worker's task: what it makes of a process that answers, that fails, and that nobody waits for any more."""

import sys

import pytest

from convcheck.running.cluster import dask_task
from convcheck.running.message import Failure, Fault, Reply, packed, unpacked


def answered(monkeypatch: pytest.MonkeyPatch, program: str, *, wanted: bool = True) -> Reply:
    monkeypatch.setattr(dask_task, "COMMAND", [sys.executable, "-c", f"import os, sys, time\n{program}"])
    monkeypatch.setattr(dask_task, "_wanted", lambda: wanted)
    return unpacked(dask_task.answer_request(b"request"))


def test_the_answer_is_what_the_process_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    program = f"assert sys.stdin.buffer.read(7) == b'request'; os.write(1, {packed(Reply((1, 2)))!r})"
    assert answered(monkeypatch, program).value == (1, 2)


def test_a_process_that_fails_is_a_fault_with_the_end_of_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = answered(monkeypatch, "sys.stderr.write('x' * 9000 + 'at last'); sys.exit(3)").error
    assert isinstance(fault, Fault)
    assert fault.text == "a process for checks on a worker of the cluster ended with exit code 3"
    assert fault.trace.endswith("at last")
    assert len(fault.trace) == dask_task.SHOWN_BYTES


def test_a_process_that_crashes_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    failure = answered(monkeypatch, "os.kill(os.getpid(), 9)").error
    assert isinstance(failure, Failure)
    assert failure.code == "crashed"


def test_where_nobody_waits_any_more_the_process_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "sys.stdin.buffer.read(7); sys.stdin.buffer.read(); os._exit(1)"
    fault = answered(monkeypatch, program, wanted=False).error
    assert isinstance(fault, Fault)
    assert fault.text.endswith("exit code 1")


def test_one_that_does_not_end_by_itself_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_task, "CLOSE_SECONDS", 0.2)
    failure = answered(monkeypatch, "time.sleep(1000)", wanted=False).error
    assert isinstance(failure, Failure)
    assert "SIGKILL" in failure.message
