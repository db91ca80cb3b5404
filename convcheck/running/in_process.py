"""Checks of built-in implementations, run in this process, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout

from convcheck.checking.check import run_check
from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.running.interrupts import Interrupts
from convcheck.spec.check import Check


class CheckFault(Exception):
    """convcheck itself failed in the middle of a check. `__cause__` says how."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.id)
        self.check = check


def run_in_process(
    checks: Iterable[Check],
    settings: Settings,
    interrupts: Interrupts,
    *,
    announce: Callable[[Check], None] = lambda check: None,
) -> Iterator[Result]:
    """The result of each check as it finishes. `announce` is told of each check before it starts.

    Raises KeyboardInterrupt in the middle of a check that is interrupted, and CheckFault where convcheck is at fault.
    """
    for check in checks:
        announce(check)
        # The report alone is on standard output: what an implementation prints goes elsewhere.
        with interrupts.allowed(), redirect_stdout(sys.stderr):
            try:
                result = run_check(check, settings)
            # An implementation that leaves with sys.exit(0) must not pass for a run that went well.
            except (Exception, SystemExit) as error:
                raise CheckFault(check) from error
        yield result
