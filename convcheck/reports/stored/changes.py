"""The difference between two runs, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from convcheck.reports.stored.diff import Change, Difference
from convcheck.reports.wording.figures import figure, shown
from convcheck.spec.showing import count


def _settings_text(settings: Mapping[str, Any]) -> str:
    return " ".join(f"{shown(key)}={shown(value)}" for key, value in settings.items())


# Each kind with its title, how its values are written, and whether the command that repeats the check is added.
CHANGE_KINDS: Mapping[str, tuple[str, Callable[[Any], str], bool]] = {
    "newly_failing": ("newly failing", shown, True),
    "missing": ("missing", shown, False),
    "new": ("new", shown, False),
    "grown": ("error over its bound grown more than tenfold", figure, True),
    "slower": ("slower: more evaluations of forward", "{:,}".format, False),
    "other_status": ("another status", shown, False),
    "other_settings": ("other settings: the figures are not compared", _settings_text, False),
    "newly_passing": ("newly passing", shown, False),
}


def changes_text(difference: Difference) -> str:
    """What got worse first; of what is the same, only the number; the last line sums up."""
    return "\n".join(_lines(difference)) + "\n"


def _lines(difference: Difference) -> Iterator[str]:
    sums = []
    if difference.new_errors:
        sums.append(
            count(len(difference.new_errors), "new error in specs or options", "new errors in specs or options")
        )
        yield sums[-1]
        yield from (f"  {shown(error)}" for error in difference.new_errors)
    for kind, (title, value_text, repeated) in CHANGE_KINDS.items():
        changes = getattr(difference, kind)
        if changes:
            sums.append(f"{len(changes):,} {title.partition(':')[0]}")
            yield title
            for change in changes:
                yield f"  {_subject(change)}  {_values(change, value_text)}"
                if repeated:
                    yield f"      {shown(change.repeat)}"
    sums.append(f"{difference.same:,} unchanged")
    yield f"{'worse' if difference.worse else 'not worse'}: {', '.join(sums)}"


def _subject(change: Change) -> str:
    tensor = "" if change.tensor is None else f" {shown(change.tensor)}"
    return f"{shown(change.id)} ({shown(change.implementation)}){tensor}"


def _values(change: Change, value_text: Callable[[Any], str]) -> str:
    return " → ".join(value_text(value) for value in (change.old, change.new) if value is not None)
