"""What a worker is given to do: a check, and the code that it is run with; and what came of it."""

from typing import NamedTuple

from convcheck.checking.result import Result
from convcheck.implementations.source import Found, Source
from convcheck.running.message import Fault
from convcheck.spec.check import Check

# Seconds that one check of somebody's own code, or one import of it, may take unless a person says otherwise.
TIMEOUT = 60.0


class Job(NamedTuple):
    """One check of one implementation: one that is built in, or what was `found` in a `source`."""

    check: Check
    source: Source | None = None
    found: Found | None = None


class JobResult(NamedTuple):
    """The Result of one check; `output` is what the code under test wrote to standard output and standard error.

    `fault`: what went wrong in convcheck itself, which has cost this check, and which its Result says as well.
    """

    result: Result
    output: str
    fault: Fault | None = None
