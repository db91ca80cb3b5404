"""A worker on this machine: what is built in and somebody's own code, in processes that cost no more than a check."""

import sys

from convcheck.checking.check import run_check
from convcheck.running.job import Job
from convcheck.running.message import Fault
from convcheck.running.worker import local
from convcheck.running.worker.local import LocalWorker
from tests.running.code import BAD, FOUND, GOOD, OTHER, SETTINGS, left_behind, source, timeless


def outcomes(batches):
    worker = LocalWorker(SETTINGS, SETTINGS, timeout=20.0)
    try:
        return [outcome for batch in batches for outcome in worker.run(batch)]
    finally:
        worker.stop()


def test_the_results_are_those_of_this_process_and_nothing_is_left(tmp_path):
    own = Job(BAD, source(tmp_path, "print('seen'); os._exit(4)"), FOUND)
    first, second, ended, third = outcomes([[Job(GOOD), Job(OTHER)], [own], [Job(GOOD)]])
    expected = [run_check(check, SETTINGS)._replace(seconds=0.0) for check in (GOOD, OTHER, GOOD)]
    assert [timeless(each) for each in (first, second, third)] == expected
    assert (ended.result.status, ended.output) == ("error", "seen\n")
    assert left_behind() == []


def test_a_fault_costs_one_check_of_a_batch(monkeypatch):
    monkeypatch.setattr(local, "run_batch", faulty_in_the_second)
    first, second, third = outcomes([[Job(GOOD), Job(OTHER), Job(GOOD)]])
    assert [each.result.status for each in (first, second, third)] == ["pass", "error", "pass"]
    assert [each.fault for each in (first, second, third)] == [None, Fault("KeyError: 9", ""), None]
    assert second.result.id == OTHER.id


def faulty_in_the_second(checks, settings):
    good = run_check(checks[0], settings)
    return (good, Fault("KeyError: 9", ""), good)


def test_a_built_in_check_that_ends_its_process_is_found_by_running_each_alone(monkeypatch):
    monkeypatch.setattr(local, "run_batch", deadly)
    first, second = outcomes([[Job(GOOD), Job(OTHER)]])
    assert first.result.status == "pass"
    (finding,) = second.result.findings
    assert finding.message == "the check ended its process, with exit code 3"


def deadly(checks, settings):
    if OTHER in checks:
        import os

        os._exit(3)
    return tuple(run_check(check, settings) for check in checks)


def test_what_is_built_in_waits_for_nothing_that_opens_code():
    worker = LocalWorker(SETTINGS, SETTINGS, timeout=20.0)
    try:
        assert worker._built_in.call(what_opens_code, ()).reply.value == ()
    finally:
        worker.stop()


def what_opens_code():
    return tuple(
        name for name in sys.modules if name in ("convcheck.checking.run_source", "convcheck.implementations.open")
    )
