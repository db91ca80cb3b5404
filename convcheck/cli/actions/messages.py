"""What is said of code of somebody's own on standard error: what it printed, and what it could not import."""

from __future__ import annotations

from collections.abc import Collection

from convcheck.cli.streams import say
from convcheck.reports.wording.figures import shown
from convcheck.running.job import JobResult
from convcheck.spec.showing import listed


def say_printed(ran: JobResult) -> None:
    """What the code under test printed, under a line that names the check."""
    lines = ran.output.rstrip().splitlines() if ran.output else []
    if lines:
        said = "\n".join(f"  {shown(line.expandtabs())}" for line in lines)
        say(f"convcheck: printed by {shown(ran.result.implementation)} in {shown(ran.result.id)}:\n{said}")


def say_stubs(missing: Collection[str]) -> None:
    """The modules that are not there."""
    # Of a package and a module in it, the module says more.
    names = tuple(name for name in missing if not any(other.startswith(f"{name}.") for other in missing))
    if names:
        one = len(names) == 1
        said = f"{shown(listed(names))} {'is' if one else 'are'} not installed"
        stand = "an empty module stands in for it" if one else "empty modules stand in for them"
        say(f"convcheck: {said}: {stand} (--no-stubs forbids that)")
