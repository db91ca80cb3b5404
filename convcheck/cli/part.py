"""Which of the selected checks this run takes: what failed last time, and of that one machine's share."""

from __future__ import annotations

from collections.abc import Sequence

from convcheck.cli.last_failed import only_failed
from convcheck.cli.shard import Shard
from convcheck.cli.streams import say
from convcheck.reports.figures import count
from convcheck.spec.check import Check


def part_of(checks: Sequence[Check], shard: Shard | None, *, last: bool) -> tuple[Check, ...]:
    """What remains of the checks. Says on standard error where a shard comes away empty-handed."""
    chosen = only_failed(checks) if last and checks else tuple(checks)
    if shard is None:
        return chosen
    part = shard.part(chosen)
    if chosen and not part:
        say(f"convcheck: shard {shard} of {count(len(chosen), 'check')} is empty: nothing to check")
    return part
