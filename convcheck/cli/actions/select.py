"""`-k`: which of the checks to run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convcheck.cli.actions.last_failed import only_failed
from convcheck.cli.streams import say
from convcheck.spec.check import Check
from convcheck.spec.nearest import near
from convcheck.spec.showing import count

if TYPE_CHECKING:
    from convcheck.cli.options.run import Shard


def matches(check: Check, key: str) -> bool:
    """Whether the key is part of the check's id, in capitals or not."""
    return key.lower() in check.id.lower()


def is_exactly(check: Check, key: str) -> bool:
    """Whether the key is the check's id, with or without the file before `::`."""
    return check.id == key or check.id.endswith(f"::{key}")


def select(checks: Sequence[Check], keys: Sequence[str]) -> tuple[tuple[Check, ...], tuple[str, ...]]:
    """The checks that any of the keys names, in their order, and the keys that name none.

    A key that is an id selects that check alone: `conv[stride=2]` does not bring `conv[stride=2,pad=1]` along, and
    a command that repeats a failure repeats that failure.
    """
    if not keys:
        return tuple(checks), ()
    chosen: set[str] = set()
    unmatched = []
    for key in keys:
        found = {check.id for check in checks if is_exactly(check, key)}
        found = found or {check.id for check in checks if matches(check, key)}
        chosen |= found
        if not found:
            unmatched.append(key)
    return tuple(check for check in checks if check.id in chosen), tuple(unmatched)


def no_match(key: str, checks: Sequence[Check], most: int = 5) -> str:
    """What to say of a key that names nothing: the ids nearest to it, or the first few there are."""
    ids = [check.id for check in checks]
    if not ids:
        return f"-k {key!r} matches nothing: there are no checks"
    tails = {identity.rpartition("::")[2]: identity for identity in ids}
    alike = near(key, [*ids, *tails], most=most, cutoff=0.5)
    names = list(dict.fromkeys(tails.get(name, name) for name in alike)) or ids[:most]
    listed = "".join(f"\n  {name}" for name in names)
    if len(ids) == 1:
        return f"-k {key!r} does not match the only check:{listed}"
    title = "the nearest" if alike else "there are" if len(ids) <= most else f"the first {most}"
    return f"-k {key!r} matches none of {count(len(ids), 'check')}; {title}:{listed}"


def part_of(checks: Sequence[Check], shard: Shard | None, *, last: bool) -> tuple[Check, ...]:
    """What remains of the checks. Says on standard error where a shard comes away empty-handed."""
    chosen = only_failed(checks) if last and checks else tuple(checks)
    if shard is None:
        return chosen
    part = shard.part(chosen)
    if chosen and not part:
        say(f"convcheck: shard {shard} of {count(len(chosen), 'check')} is empty: nothing to check")
    return part
