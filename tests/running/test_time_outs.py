"""After two time-outs of an implementation the rest of its checks are given up, in the order of the run."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from convcheck.checking.result import Finding
from convcheck.checking.settings import Settings
from convcheck.cli.actions.workers import Workers
from convcheck.implementations.source import Found, Source
from convcheck.running.batching import CLUSTER, Batching
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Failure
from convcheck.running.pool import Pool
from convcheck.running.results import unfinished_result
from convcheck.running.time_outs import TimeOuts
from tests.reports.samples import result
from tests.running.code import LAYERS, relu

SOURCE = Source("layers.py")
FOUND = Found("relu", ("f", "g"), 3, "f(x)")
OTHER = Found("relu", ("f2", "g2"), 9, "f2(x)")
TIMED_OUT = Failure("timed-out", "it had not finished after 60 s and was stopped")


def job(number: int, found: Found = FOUND) -> Job:
    return Job(relu(number)._replace(id=f"c{number}"), SOURCE, found)


def outcome_of(each: Job, *, timed_out: bool) -> JobResult:
    if timed_out:
        return JobResult(unfinished_result(each.check, "f,g", TIMED_OUT, 60.0), "")
    return JobResult(result(id=each.check.id, seconds=0.0), "")


def test_after_two_time_outs_the_others_are_not_run_and_say_why() -> None:
    time_outs = TimeOuts()
    for number, timed_out in ((1, True), (2, False), (3, True)):
        assert time_outs.given_up(number, job(number)) is None
        time_outs.add(number, job(number), outcome_of(job(number), timed_out=timed_out))
    given_up = time_outs.given_up(4, job(4))
    assert given_up is not None
    assert (given_up.result.id, given_up.result.status, given_up.result.implementation) == (
        "c4",
        "error",
        "layers.py:f,g",
    )
    assert given_up.result.findings == (
        Finding(
            "given-up", "error", "not run: c1 and c3 had not finished in time, and run the same code", None,
            "mend those two first, or give each longer with --timeout SECONDS",
        ),
    )  # fmt: skip
    # Others go on, and so does what stands before the second of them.
    assert time_outs.given_up(4, job(4, OTHER)) is None
    assert time_outs.given_up(3, job(3)) is None
    assert time_outs.given_up(4, Job(relu(4))) is None
    # What was given up is no time-out itself.
    time_outs.add(4, job(4), given_up)
    assert time_outs.given_up(4, job(4)) is not None


class Fake:
    """A worker in which some checks do not end; `last` of them is done after the one that waits for `late`."""

    def __init__(self, endless: set[str], late: str = "") -> None:
        self.endless = endless
        self.late = late
        self.ran: list[str] = []
        self.others = threading.Event()

    def run(self, jobs: Sequence[Job]) -> list[JobResult]:
        for each in jobs:
            self.ran.append(each.check.id)
            if each.check.id == self.late:
                self.others.wait(10)
            if len(self.ran) > 3:
                self.others.set()
        return [outcome_of(each, timed_out=each.check.id in self.endless) for each in jobs]

    def abort(self) -> None:
        self.others.set()

    def stop(self) -> None:
        pass


def codes(workers: Sequence[Fake], jobs: Sequence[Job], batching: Batching, position: int = 0) -> list[str]:
    with Interrupts() as interrupts, closing(Pool(workers, batching, TimeOuts(), position)) as pool:
        ran = [outcome.result for outcome in pool.run(jobs, interrupts, lambda job: None)]
    return [",".join(finding.code for finding in one.findings) for one in ran]


def test_side_by_side_it_is_the_same_whichever_is_done_first() -> None:
    jobs = [job(number) for number in range(1, 10)]
    endless = {"c2", "c3", "c4", "c7"}
    expected = ["", "timed-out", "timed-out", *["given-up"] * 6]
    one = Fake(endless)
    assert codes([one], jobs, Batching(), 3) == expected
    # Nor is the code run any more.
    assert one.ran == ["c1", "c2", "c3"]
    slow = Fake(endless, late="c2")
    assert codes([slow] * 4, jobs, Batching()) == expected
    assert set(slow.ran) >= {"c1", "c2", "c3", "c4"}


def test_a_batch_of_several_that_was_under_way_is_told_the_same() -> None:
    jobs = [job(number) for number in range(1, 10)]
    assert codes([Fake({"c2", "c3"})], jobs, Batching(CLUSTER)) == ["", "timed-out", "timed-out", *["given-up"] * 6]


def test_an_endless_loop_costs_two_time_limits(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(LAYERS.format(text="while True: pass"))
    source = Source(str(tmp_path / "layers.py"))
    endless, fine = relu(2, 3), relu(4, 5)
    with Workers(timeout=1.0) as workers:
        (found,) = workers.survey(source).found
        checks = [fine, endless._replace(id="a"), endless._replace(id="b"), fine, endless._replace(id="c")]
        ran = [workers.run(check, source, found, Settings()).result for check in checks]
    assert [one.status for one in ran] == ["pass", "error", "error", "error", "error"]
    assert [one.findings[0].code for one in ran[1:]] == ["timed-out", "timed-out", "given-up", "given-up"]
    assert ran[3].findings[0].message == "not run: a and b had not finished in time, and run the same code"
    assert ran[3].implementation == ran[1].implementation == f"{source.place}:relu_forward,relu_backward"
