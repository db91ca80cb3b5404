"""A worker whose jobs are run on a cluster: what becomes of each answer that may come back."""

import pickle
import sys
from typing import Any

import pytest

from convcheck.checking.check import run_check
from convcheck.running.cluster.compatibility import Incompatible, remote_settings, versions
from convcheck.running.cluster.connection import ClusterError, DaskWorkersLost
from convcheck.running.cluster.dask_worker import DaskWorker
from convcheck.running.failures import process_ended
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Fault, Reply, packed
from tests.running.code import GOOD, OTHER, SETTINGS

BUILT_IN = [Job(GOOD), Job(OTHER)]


class Answers:
    """In the place of a cluster: the answers that a worker would give, one after the other."""

    def __init__(self, *replies: Reply | Exception | bytes) -> None:
        self.replies = list(replies)
        self.stopped = False

    def perform(self, content: bytes) -> bytes:
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, bytes) else packed(reply)

    def stop(self) -> None:
        self.stopped = True


def worker(*replies: Reply | Exception | bytes) -> DaskWorker:
    cluster: Any = Answers(*replies)
    return DaskWorker(cluster, versions(), remote_settings(BUILT_IN, SETTINGS, SETTINGS, 5.0))


def test_a_job_that_ends_its_workers_is_found_by_running_each_alone() -> None:
    ran = JobResult(run_check(GOOD, SETTINGS), "")
    first, second = worker(DaskWorkersLost(), Reply((ran,)), DaskWorkersLost()).run(BUILT_IN)
    assert isinstance(first, JobResult)
    assert first.result.status == "pass"
    assert isinstance(second, JobResult)
    assert second.result.status == "error"
    (finding,) = second.result.findings
    assert (finding.code, finding.message) == (
        "crashed",
        "the workers of the cluster that ran it were gone, one after the other",
    )


def test_a_process_that_was_killed_is_an_error_of_its_check() -> None:
    (done,) = worker(Reply(error=process_ended(-9, ""))).run(BUILT_IN[:1])
    assert isinstance(done, JobResult)
    assert "the check crashed its process: SIGKILL" in done.result.findings[0].message


def test_a_fault_there_is_a_fault_here() -> None:
    (done,) = worker(Reply(error=Fault("KeyError: 9", "trace"))).run(BUILT_IN[:1])
    assert done.fault == Fault("KeyError: 9", "trace")
    assert done.result.status == "error"


def test_an_answer_that_is_no_plain_data_is_not_loaded() -> None:
    (done,) = worker(pickle.dumps(sys.exit)).run(BUILT_IN[:1])
    assert done.fault is not None
    assert "the answer of a worker cannot be read" in done.fault.text


def test_a_machine_that_is_incompatible_stops_the_run() -> None:
    with pytest.raises(ClusterError, match="it is another"):
        worker(Reply(Incompatible("it is another"))).run(BUILT_IN)
