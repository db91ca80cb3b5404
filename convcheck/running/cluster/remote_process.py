"""The process on a worker of a cluster that runs some jobs: `python -m convcheck.running.cluster.remote_process`.

A request comes in on standard input, which stays open for as long as the answer is wanted; the packed Reply goes out
on standard output. Its value has a JobResult for each job; or it is an Incompatible.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from convcheck.checking.result import Result
from convcheck.running.batch import run_batch
from convcheck.running.cluster.compatibility import (
    Incompatible,
    RemoteSettings,
    Versions,
    incompatible_files,
    incompatible_import,
    incompatible_versions,
)
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Reply, packed
from convcheck.running.worker.process import thread_variables

if TYPE_CHECKING:
    from convcheck.running.worker.local import LocalWorker


def packed_request(versions: Versions, remote: RemoteSettings, jobs: Sequence[Job]) -> bytes:
    """The request to run these jobs.

    The versions, and the variables for NumPy, can be read by a convcheck of another version, which could not read the
    rest.
    """
    return pickle.dumps((dict(versions), thread_variables(), pickle.dumps((remote, tuple(jobs)))))


def main() -> None:
    """Answer one request."""
    answer = os.dup(1)
    os.dup2(2, 1)
    versions, variables, content = pickle.load(sys.stdin.buffer)
    # Before NumPy is loaded, which the question after its version does.
    os.environ.update(variables)
    reply = Reply(incompatible_versions(versions) or _outcomes(content))
    with open(answer, "wb") as stream:
        stream.write(packed(reply))


def _outcomes(content: bytes) -> tuple[JobResult, ...] | Incompatible:
    # It brings NumPy.
    from convcheck.running.results import faulty
    from convcheck.running.time_outs import TimeOuts

    remote, jobs = pickle.loads(content)
    any_own = any(map(_is_own, jobs))
    if any_own and (incompatible := incompatible_files(remote)):
        return incompatible
    worker = _local_worker(remote) if any_own else None
    threading.Thread(target=_leave_when_unwanted, args=(worker,), daemon=True).start()
    outcomes: list[JobResult] = []
    time_outs = TimeOuts()
    try:
        for own, several in groupby(jobs, _is_own):
            group = list(several)
            if not own:
                results = run_batch([job.check for job in group], remote.settings)
                outcomes += [
                    JobResult(each, "")
                    if isinstance(each, Result)
                    else faulty(job.check, str(job.check.manner.implementation), each)
                    for job, each in zip(group, results, strict=True)
                ]
            elif worker is not None:
                for job in group:
                    # What is given up for jobs of another batch, only whoever has sent them knows.
                    given_up = time_outs.given_up(len(outcomes), job)
                    (outcome,) = [given_up] if given_up else worker.run([job])
                    time_outs.add(len(outcomes), job, outcome)
                    if incompatible := _import_failed(worker, job, outcome):
                        return incompatible
                    outcomes.append(outcome)
    finally:
        if worker is not None:
            worker.stop()
    return tuple(outcomes)


def _local_worker(remote: RemoteSettings) -> LocalWorker:
    """Code of somebody's own has one more process, which it may end; what is built in runs in this one."""
    # It brings Pebble and all else that isolation needs.
    from convcheck.running.worker.leftovers import adopt_orphans
    from convcheck.running.worker.local import LocalWorker

    adopt_orphans()
    return LocalWorker(remote.settings, remote.own_settings, remote.timeout)


def _import_failed(worker: LocalWorker, job: Job, outcome: JobResult) -> Incompatible | None:
    """The machine that asks could import this; where it cannot be imported here, it is the machine that is to blame."""
    if job.source is None or job.found is None:
        return None
    if all(finding.code != "cannot-open" for finding in outcome.result.findings):
        return None
    return incompatible_import(job.source, job.found, worker.survey(job.source))


def _leave_when_unwanted(worker: LocalWorker | None) -> None:
    # Not through sys.stdin, whose lock would keep the interpreter from ending.
    while os.read(0, 1):
        pass
    if worker is not None:
        worker.abort()
    os._exit(1)


def _is_own(job: Job) -> bool:
    return job.source is not None


if __name__ == "__main__":
    main()
