"""Workers side by side: the results in the order of the jobs, and an end to all of them, whatever happens."""

import threading
import time
from contextlib import closing

import pytest

from convcheck.running.batching import Batching
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Fault
from convcheck.running.pool import Pool
from convcheck.running.results import faulty
from tests.reports.samples import result
from tests.running.code import relu

JOBS = [Job(relu(n)._replace(id=f"check {n}")) for n in range(1, 41)]


class Fake:
    """Does each job at once, but for one that it waits before and one that it has another outcome for."""

    def __init__(self, slow=None, outcomes=None):
        self.slow = slow
        self.outcomes = outcomes or {}
        self.aborted = threading.Event()
        self.stopped = threading.Event()

    def run(self, jobs):
        if self.slow in jobs:
            self.aborted.wait(0.3)
        outcomes = [self.outcomes.get(job, JobResult(result(id=job.check.id, seconds=0.0), "")) for job in jobs]
        if isinstance(outcomes[0], KeyError):
            raise outcomes[0]
        return outcomes

    def abort(self):
        self.aborted.set()

    def stop(self):
        self.stopped.set()


def run(workers, announce=lambda job: None):
    with Interrupts() as interrupts, closing(Pool(workers, Batching())) as pool:
        yield from pool.run(JOBS, interrupts, announce)


def ids(results):
    return [each.result.id for each in results]


def test_results_come_in_the_order_of_the_jobs():
    begun = []
    workers = [Fake(slow=JOBS[0]), Fake(slow=JOBS[0])]
    assert ids(run(workers, begun.append)) == [job.check.id for job in JOBS]
    assert begun[0] is JOBS[0]
    assert all(worker.stopped.wait(1) for worker in workers)


def test_a_fault_costs_its_own_check():
    fault = faulty(JOBS[5].check, "naive", Fault("KeyError: 9", "trace"))
    done = list(run([Fake(outcomes={JOBS[5]: fault})]))
    assert done[5] is fault
    assert ids(done) == [job.check.id for job in JOBS]


def test_what_a_worker_raises_is_raised_here():
    with pytest.raises(KeyError):
        list(run([Fake(outcomes={JOBS[0]: KeyError()}), Fake(outcomes={JOBS[0]: KeyError()})]))


def test_closing_ends_what_is_still_being_run():
    workers = [Fake(slow=JOBS[0])]
    began = time.monotonic()
    results = run(workers)
    timer = threading.Timer(0.1, workers[0].abort)
    timer.start()
    next(results)
    results.close()
    timer.join()
    assert workers[0].stopped.wait(1)
    assert time.monotonic() - began < 5
