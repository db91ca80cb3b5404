"""Checks of built-in implementations, one after the other, in a worker process."""

from __future__ import annotations

from collections.abc import Sequence

from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.running.message import Fault
from convcheck.spec.check import Check


def run_batch(checks: Sequence[Check], settings: Settings) -> tuple[Result | Fault, ...]:
    """What came of each. Raises nothing."""
    # The parent, too, imports this module, but needs none of what runs a check.
    from convcheck.checking.check import run_check
    from convcheck.running.blame import fault_of

    done: list[Result | Fault] = []
    for check in checks:
        try:
            done.append(run_check(check, settings))
        except (Exception, SystemExit) as error:
            done.append(fault_of(error))
    return tuple(done)
