"""What a worker is given to do: a check, and what it is run with."""

from __future__ import annotations

from typing import NamedTuple

from convcheck.implementations.source import Found, Source
from convcheck.spec.check import Check


class Job(NamedTuple):
    """One check of one implementation: one that is built in, or what was `found` in a `source`."""

    check: Check
    source: Source | None = None
    found: Found | None = None
