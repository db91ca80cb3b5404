"""Which of the checks are run: by `-k`, `--lf` and `--shard`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convcheck.cli.actions.expression import EXPECTED, has_operators, is_malformed, matcher
from convcheck.cli.streams import say
from convcheck.spec.check import Check
from convcheck.spec.nearest import near
from convcheck.spec.showing import count

if TYPE_CHECKING:
    from convcheck.cli.options.run import Shard


def select(checks: Sequence[Check], keys: Sequence[str]) -> tuple[tuple[Check, ...], tuple[str, ...]]:
    """The checks that any of the keys of `-k` selects, in their order, and the keys that select none.

    A key that is an id selects that check alone: `LAYER[stride=2]` does not select `LAYER[stride=2,pad=1]`, so that a
    command that repeats a failure repeats that failure alone. What is part of no id may be an expression of parts.
    """
    if not keys:
        return tuple(checks), ()
    selected: set[str] = set()
    unmatched = []
    for key in keys:
        ids = {check.id for check in checks if is_id_of(check, key)}
        ids = ids or {check.id for check in checks if is_in_id_of(check, key)}
        if not ids and has_operators(key) and not is_malformed(key):
            matches = matcher(key)
            ids = {check.id for check in checks if matches(check.id)}
        selected |= ids
        if not ids:
            unmatched.append(key)
    return tuple(check for check in checks if check.id in selected), tuple(unmatched)


def is_id_of(check: Check, key: str) -> bool:
    """Whether the key is the check's id, with or without the file before `::`."""
    return check.id == key or check.id.endswith(f"::{key}")


def is_in_id_of(check: Check, key: str) -> bool:
    """Whether the key is a part of the check's id, in capitals or not."""
    return key.lower() in check.id.lower()


def no_match(key: str, checks: Sequence[Check], most: int = 5) -> str:
    """The message for a key that selects nothing: with the ids nearest to it, or the first few there are."""
    ids = [check.id for check in checks]
    if is_malformed(key):
        return f"-k {key!r}: {EXPECTED}"
    if not ids:
        return f"-k {key!r} matches nothing: there are no checks"
    short = {identity.rpartition("::")[2]: identity for identity in ids}
    similar = near(key, [*ids, *short], most=most, cutoff=0.5)
    names = list(dict.fromkeys(short.get(name, name) for name in similar)) or ids[:most]
    listed = "".join(f"\n  {name}" for name in names)
    if len(ids) == 1:
        return f"-k {key!r} does not match the only check:{listed}"
    title = "the nearest" if similar else "there are" if len(ids) <= most else f"the first {most}"
    return f"-k {key!r} matches none of {count(len(ids), 'check')}; {title}:{listed}"


def restrict(checks: Sequence[Check], shard: Shard | None, *, last_failed: bool) -> tuple[Check, ...]:
    """The checks that remain with --lf and --shard. Says on standard error where a shard is empty."""
    remaining = tuple(checks)
    if last_failed and checks:
        from convcheck.cli.actions.last_failed import only_failed

        remaining = only_failed(checks)
    if shard is None:
        return remaining
    share = shard.select(remaining)
    if remaining and not share:
        say(f"convcheck: shard {shard} of {count(len(remaining), 'check')} is empty: nothing to check")
    return share
