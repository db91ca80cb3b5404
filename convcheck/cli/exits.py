"""The exit codes, each said once: here, in `convcheck run --help` and in docs/ci.md."""

from __future__ import annotations

from enum import IntEnum

NO_FOLDER = "the working folder is not there any more: change to one that is"


class Exit(IntEnum):
    """What the exit code of `convcheck` means."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    FAULT = 3
    NOTHING = 5
    INTERRUPTED = 130
    CLOSED_PIPE = 141


MEANINGS = {
    Exit.PASSED: "every check passed (an expected failure that fails is a pass)",
    Exit.FAILED: "a check failed, is undecided, or could not be finished",
    Exit.USAGE: "wrong usage, a spec that is missing or not valid (the others are run), or a cluster that fails",
    Exit.FAULT: "a fault in convcheck itself, or a report cut off by a full disk",
    Exit.NOTHING: "nothing to check, or nothing that is written yet",
    Exit.INTERRUPTED: "interrupted; what was finished is reported",
    Exit.CLOSED_PIPE: "nobody reads the report any more (`| head`)",
}


def exit_code(
    *, all_passed: bool, checks: int, invalid: bool, interrupted: bool, fault: bool, declined: bool = False
) -> Exit:
    """The exit code of a run. Of several things that happened the most serious counts: whatever kept it from being
    complete comes before a check that failed.

    `checks` counts those that looked at something: not those that were skipped. `invalid`: a spec or an option that
    could not be used. `declined`: of some code nothing was seen but that it declines, which is no pass.
    """
    if fault:
        return Exit.FAULT
    if interrupted:
        return Exit.INTERRUPTED
    if invalid:
        return Exit.USAGE
    if declined:
        return Exit.FAILED
    if not checks:
        return Exit.NOTHING
    return Exit.PASSED if all_passed else Exit.FAILED
