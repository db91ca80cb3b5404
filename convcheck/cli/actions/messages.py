"""Messages about code of somebody's own, on standard error: what it printed, and what it could not import."""

from __future__ import annotations

from collections.abc import Collection

from convcheck.cli.actions.repeat import quoted
from convcheck.cli.streams import say
from convcheck.implementations.source import NotChecked, Source
from convcheck.reports.wording.figures import shown
from convcheck.running.job import JobResult
from convcheck.spec.showing import listed

# A file full of layers that are not known is told by its first few.
MOST_NOT_CHECKED = 5


def say_printed(ran: JobResult) -> None:
    """Say what the code under test printed, under a line that names the check; nothing where it printed nothing."""
    lines = ran.output.rstrip().splitlines() if ran.output else []
    if lines:
        text = "\n".join(f"  {shown(line.expandtabs())}" for line in lines)
        say(f"convcheck: printed by {shown(ran.result.implementation)} in {shown(ran.result.id)}:\n{text}")


def say_not_checked(seen: Collection[NotChecked]) -> None:
    """Say what was seen in the code and not checked, where no report for people does."""
    for one in list(seen)[:MOST_NOT_CHECKED]:
        say(f"convcheck: not checked: {shown(one.place)}: {shown(one.text())}")
    if (more := len(seen) - MOST_NOT_CHECKED) > 0:
        say(f"convcheck: not checked: {more:,} more, which the JSON report has")


def say_stubs(missing: Collection[str]) -> None:
    """Say which modules are not installed and that empty ones stand in for them; nothing where there are none."""
    # A module in a package stands for the package as well.
    names = tuple(name for name in missing if not any(other.startswith(f"{name}.") for other in missing))
    if names:
        one = len(names) == 1
        what = f"{shown(listed(names))} {'is' if one else 'are'} not installed"
        instead = "an empty module stands in for it" if one else "empty modules stand in for them"
        say(f"convcheck: {what}: {instead} (--no-stubs forbids that)")


def say_inputs(source: Source, inputs: Collection[str], *, tried: bool = False, right: Collection[str] = ()) -> None:
    """Say with what a function of no layer is checked, where only its own text tells that, or shapes were `tried`.

    `right`: others, at which it is right where it is wrong at these.
    """
    told, other = (" ".join(f"--input {quoted(text)}" for text in those) for those in (inputs, right))
    whose = "shapes that were tried, since nothing tells them" if tried else "the shapes that its text tells"
    said = f"; it is right with {other}: say so where it is for that alone" if right else ""
    say(f"convcheck: {shown(source.text())} is of no layer: checked with {whose}: {told}{said}")
