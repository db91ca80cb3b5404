"""What is said of code that replaces functions of NumPy, the builtins or the standard library."""

from __future__ import annotations

from convcheck.checking.result import Finding, Result
from convcheck.implementations.module_snapshot import Replaced
from convcheck.spec.showing import count, listed

# So many names are said.
MOST_NAMED = 4
HINT = "keep it under a name of your own: whatever else runs in the process would compute with it, too"


class CannotGoOn(Exception):
    """A check that ended in the middle, where convcheck computed with what the code under test had put in its way."""


def with_replaced(result: Result, replaced: Replaced) -> Result:
    """The Result with a finding for what was replaced.

    A warning where it was put back before convcheck computed. What came late is an error: the comparisons may have
    been made with it, and nothing that they say can be believed.
    """
    findings = list(result.findings)
    status = result.status
    if soon := [name for name in replaced.names if name not in replaced.late]:
        message = f"replaces {_named(soon)} while it runs: convcheck put it back, and compared without it"
        findings.append(Finding("replaced", "warning", message, None, HINT))
    if replaced.late:
        message = f"replaces {_named(replaced.late)} while convcheck compares: what is compared then means nothing"
        findings.append(Finding("replaced", "error", message, None, HINT))
        if status in ("pass", "undecided", "skipped"):
            status = "fail"
    return result._replace(status=status, findings=tuple(findings)) if replaced.names else result


def in_the_way(replaced: Replaced, error: Exception) -> CannotGoOn | None:
    """In place of an exception of convcheck's own that the code has brought about; None where it has not."""
    if not replaced.late:
        return None
    return CannotGoOn(
        f"the code under test replaced {_named(replaced.late)} while convcheck compared, and the check could not go "
        f"on: {type(error).__name__}: {error}"
    )


def _named(names: list[str] | tuple[str, ...]) -> str:
    more = [count(len(names) - MOST_NAMED, "other")] if len(names) > MOST_NAMED else []
    return listed([*names[:MOST_NAMED], *more])
