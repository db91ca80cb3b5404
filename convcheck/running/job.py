"""What a worker is given to do, a check and what it is run with; and what became of it."""

from typing import NamedTuple

from convcheck.checking.result import Result
from convcheck.implementations.source import Found, Source
from convcheck.spec.check import Check


class Job(NamedTuple):
    """One check of one implementation: one that is built in, or what was `found` in a `source`."""

    check: Check
    source: Source | None = None
    found: Found | None = None


class Ran(NamedTuple):
    """The outcome of one check; `printed` is what the code under test wrote to standard output and standard error."""

    result: Result
    printed: str
