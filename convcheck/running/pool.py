"""Several workers side by side: what came of each job, in the order of the jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Protocol

from convcheck.running.batching import Batching
from convcheck.running.interrupts import POLL_SECONDS, Interrupts
from convcheck.running.job import Job, JobResult
from convcheck.running.time_outs import TimeOuts

# How many jobs, done or under way, may wait for one before them. Behind a check that is slow, more would fill memory.
MOST_AHEAD = 512
# Seconds that a thread may take to end its process.
JOIN_SECONDS = 10.0


class Worker(Protocol):
    """What a thread of a Pool runs jobs with; `abort` alone is called from another thread."""

    def run(self, jobs: Sequence[Job]) -> list[JobResult]:
        """What came of each job."""

    def abort(self) -> None:
        """End what is being run. Nothing can be run any more."""

    def stop(self) -> None:
        """To be called last, by the thread that ran the jobs."""


class Pool:
    """A thread for each of the workers. `close` must be called at the end; it ends what is still being run.

    `time_outs` are those of the whole run, of which the jobs of this pool begin at `position`.
    """

    def __init__(
        self, workers: Sequence[Worker], batching: Batching, time_outs: TimeOuts | None = None, position: int = 0
    ) -> None:
        self._workers = workers
        self._batching = batching
        self._time_outs = time_outs or TimeOuts()
        self._position = position
        self._to_do: SimpleQueue[tuple[int, Sequence[Job]] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[int, list[JobResult] | BaseException]] = SimpleQueue()
        self._closed = False
        self._announce: Callable[[Job], None] = lambda job: None
        self._threads = [threading.Thread(target=self._work, args=(worker,), daemon=True) for worker in workers]

    def run(self, jobs: Sequence[Job], interrupts: Interrupts, announce: Callable[[Job], None]) -> Iterator[JobResult]:
        """What came of each job, as soon as it and all before it are done. `announce` is told which one is begun.

        Raises KeyboardInterrupt while it waits, and what a worker raises.
        """
        self._announce = announce
        for thread in self._threads:
            thread.start()
        finished: dict[int, list[JobResult]] = {}
        sizes: dict[int, int] = {}
        sent = taken = 0
        while taken < len(jobs):
            # No more than one batch a worker lies ready: how large the next should be is known better later.
            while sent < len(jobs) and len(sizes) < 2 * len(self._workers) and sent - taken < MOST_AHEAD:
                share = (len(jobs) - sent) // (2 * len(self._workers))
                sizes[sent] = self._batching.size(jobs, sent, min(share, MOST_AHEAD - (sent - taken)))
                self._to_do.put((sent, jobs[sent : sent + sizes[sent]]))
                sent += sizes[sent]
            first, outcomes = self._wait(interrupts)
            del sizes[first]
            finished[first] = outcomes
            self._measure(jobs[first : first + len(outcomes)], outcomes)
            while taken in finished:
                outcomes = finished.pop(taken)
                for outcome in outcomes:
                    # It may have been done before those that it is given up for had shown that.
                    yield self._time_outs.given_up(self._position + taken, jobs[taken]) or outcome
                    taken += 1

    def close(self) -> None:
        """No worker is left afterwards."""
        self._closed = True
        for worker in self._workers:
            self._to_do.put(None)
            worker.abort()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(JOIN_SECONDS)

    def _wait(self, interrupts: Interrupts) -> tuple[int, list[JobResult]]:
        """The number of the first job of a batch that is done, and what came of its jobs."""
        while True:
            try:
                with interrupts.allowed():
                    first, outcomes = self._done.get(timeout=POLL_SECONDS)
            except Empty:
                continue
            if isinstance(outcomes, BaseException):
                raise outcomes
            return first, outcomes

    def _measure(self, jobs: Sequence[Job], outcomes: Sequence[JobResult]) -> None:
        for job, outcome in zip(jobs, outcomes, strict=True):
            self._batching.add(job, outcome.result.seconds)

    def _work(self, worker: Worker) -> None:
        try:
            while (batch := self._to_do.get()) is not None and not self._closed:
                first, jobs = batch
                self._announce(jobs[0])
                try:
                    self._done.put((first, self._outcomes(worker, first, jobs)))
                except BaseException as error:
                    self._done.put((first, error))
        finally:
            worker.stop()

    def _outcomes(self, worker: Worker, first: int, jobs: Sequence[Job]) -> list[JobResult]:
        numbered = list(enumerate(jobs, start=self._position + first))
        given_up = [one for number, job in numbered if (one := self._time_outs.given_up(number, job))]
        if len(given_up) == len(jobs):
            return [*given_up]
        outcomes = worker.run(jobs)
        for (number, job), outcome in zip(numbered, outcomes, strict=True):
            self._time_outs.add(number, job, outcome)
        return outcomes
