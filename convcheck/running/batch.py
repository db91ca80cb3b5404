"""Built-in checks, one after the other, in a process that is not convcheck's own."""

from __future__ import annotations

from collections.abc import Sequence

from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.running.message import Fault
from convcheck.spec.check import Check


def run_batch(checks: Sequence[Check], settings: Settings) -> tuple[Result | Fault, ...]:
    """The results, up to a check in which convcheck is at fault."""
    # They are imported in workers alone.
    from convcheck.checking.check import run_check  # noqa: PLC0415
    from convcheck.running.blame import fault  # noqa: PLC0415

    done: list[Result | Fault] = []
    for check in checks:
        try:
            done.append(run_check(check, settings))
        except (Exception, SystemExit) as error:
            done.append(fault(error))
            break
    return tuple(done)
