"""The difference between two runs, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from convcheck.reports.stored.diff import Change, Difference
from convcheck.reports.wording.figures import count, figure, shown


def _pairs(pairs: Mapping[str, Any]) -> str:
    return " ".join(f"{shown(key)}={shown(value)}" for key, value in pairs.items())


# Each kind with what it is called, how its values are written, and whether it is told how to repeat the check.
KINDS: Mapping[str, tuple[str, Callable[[Any], str], bool]] = {
    "newly_failing": ("newly failing", shown, True),
    "missing": ("missing", shown, False),
    "new": ("new", shown, False),
    "grown": ("error over its bound grown more than tenfold", figure, True),
    "slower": ("slower: more evaluations of forward", "{:,}".format, False),
    "other_status": ("another status", shown, False),
    "other_settings": ("other settings: the figures are not compared", _pairs, False),
    "newly_passing": ("newly passing", shown, False),
}


def changes_text(difference: Difference) -> str:
    """What got worse first, what is the same in number alone; the last line is the sum."""
    return "\n".join(_lines(difference)) + "\n"


def _lines(difference: Difference) -> Iterator[str]:
    said = []
    if difference.new_errors:
        said.append(
            count(len(difference.new_errors), "new error in specs or options", "new errors in specs or options")
        )
        yield said[-1]
        yield from (f"  {shown(error)}" for error in difference.new_errors)
    for kind, (title, written, repeated) in KINDS.items():
        changes = getattr(difference, kind)
        if changes:
            said.append(f"{len(changes):,} {title.partition(':')[0]}")
            yield title
            for change in changes:
                yield f"  {_subject(change)}  {_values(change, written)}"
                if repeated:
                    yield f"      {shown(change.repeat)}"
    said.append(f"{difference.same:,} unchanged")
    yield f"{'worse' if difference.worse else 'not worse'}: {', '.join(said)}"


def _subject(change: Change) -> str:
    tensor = "" if change.tensor is None else f" {shown(change.tensor)}"
    return f"{shown(change.id)} ({shown(change.implementation)}){tensor}"


def _values(change: Change, written: Callable[[Any], str]) -> str:
    return " → ".join(written(value) for value in (change.old, change.new) if value is not None)
