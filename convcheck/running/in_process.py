"""Checks of built-in implementations, run in this process, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout

from convcheck.checking.check import run_check
from convcheck.checking.settings import Settings
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import JobResult
from convcheck.running.results import faulty
from convcheck.spec.check import Check


def run_in_process(
    checks: Iterable[Check],
    settings: Settings,
    interrupts: Interrupts,
    *,
    announce: Callable[[Check], None] = lambda check: None,
) -> Iterator[JobResult]:
    """The result of each check as it finishes. `announce` is told of each check before it starts.

    Raises KeyboardInterrupt in the middle of a check that is interrupted.
    """
    for check in checks:
        announce(check)
        # The report alone is on standard output: what an implementation prints goes elsewhere.
        with interrupts.allowed(), redirect_stdout(sys.stderr):
            try:
                done = JobResult(run_check(check, settings), "")
            # An implementation that leaves with sys.exit(0) must not pass for a run that went well.
            except (Exception, SystemExit) as error:
                from convcheck.running.blame import fault_of

                done = faulty(check, str(check.manner.implementation), fault_of(error))
        yield done
