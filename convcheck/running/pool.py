"""Several workers side by side: what became of each job, in the order of the jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Protocol

from convcheck.running.batching import Pace
from convcheck.running.in_process import CheckFault
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import Job, Ran
from convcheck.running.worker.local import Outcome

# Results that are done and wait for one before them. More would fill the memory behind a check that is slow.
WINDOW = 512
# How often the parent looks up from waiting: a signal that another thread has taken is noticed then.
LOOK = 0.25
# What a thread may take to end its process.
PATIENCE = 10.0


class Hand(Protocol):
    """What a thread of a Crew works with; `abort` alone is called from another thread."""

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """What became of each; of those after a fault, nothing."""

    def abort(self) -> None:
        """End what is being run. Nothing can be run any more."""

    def stop(self) -> None:
        """To be called last, by the thread that ran the jobs."""


class Crew:
    """Threads with a Hand each. `close` must be called at the end; it ends what is still being run."""

    def __init__(self, members: Sequence[Hand], pace: Pace) -> None:
        self._members = members
        self._pace = pace
        self._to_do: SimpleQueue[tuple[int, Sequence[Job]] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[int, list[Outcome] | BaseException]] = SimpleQueue()
        self._closed = False
        self._announce: Callable[[Job], None] = lambda job: None
        self._threads = [threading.Thread(target=self._work, args=(member,), daemon=True) for member in members]

    def run(self, jobs: Sequence[Job], interrupts: Interrupts, announce: Callable[[Job], None]) -> Iterator[Ran]:
        """Each job's outcome, when it and all before it are done. `announce` is told which job a worker begins.

        Raises KeyboardInterrupt while it waits, and CheckFault where convcheck is at fault.
        """
        self._announce = announce
        for thread in self._threads:
            thread.start()
        finished: dict[int, list[Outcome]] = {}
        sizes: dict[int, int] = {}
        sent = taken = 0
        while taken < len(jobs):
            # No more lies ready than one batch a worker: a batch is cut by what is known when it is sent.
            while sent < len(jobs) and len(sizes) < 2 * len(self._members) and sent - taken < WINDOW:
                share = (len(jobs) - sent) // (2 * len(self._members))
                sizes[sent] = self._pace.batch(jobs, sent, min(share, WINDOW - (sent - taken)))
                self._to_do.put((sent, jobs[sent : sent + sizes[sent]]))
                sent += sizes[sent]
            number, outcomes = self._wait(interrupts)
            del sizes[number]
            finished[number] = outcomes
            self._measure(jobs[number : number + len(outcomes)], outcomes)
            while taken in finished:
                outcomes = finished.pop(taken)
                for outcome in outcomes:
                    if isinstance(outcome, CheckFault):
                        raise outcome
                    yield outcome
                taken += len(outcomes)

    def close(self) -> None:
        """No worker is left afterwards."""
        self._closed = True
        for member in self._members:
            self._to_do.put(None)
            member.abort()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(PATIENCE)

    def _wait(self, interrupts: Interrupts) -> tuple[int, list[Outcome]]:
        while True:
            try:
                with interrupts.allowed():
                    number, outcomes = self._done.get(timeout=LOOK)
            except Empty:
                continue
            if isinstance(outcomes, BaseException):
                raise outcomes
            return number, outcomes

    def _measure(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, Ran):
                self._pace.add(job, outcome.result.seconds)

    def _work(self, member: Hand) -> None:
        try:
            while (given := self._to_do.get()) is not None and not self._closed:
                number, jobs = given
                self._announce(jobs[0])
                try:
                    self._done.put((number, member.run(jobs)))
                except BaseException as error:
                    self._done.put((number, error))
        finally:
            member.stop()
