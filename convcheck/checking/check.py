"""One check, from its spec to its Result."""

from __future__ import annotations

from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.spec.check import Check


def run_check(check: Check, settings: Settings = Settings()) -> Result:
    """Check one built-in implementation."""
    raise NotImplementedError


def planned_evaluations(check: Check) -> int:
    """How many times `run_check` will call forward if every declared property holds."""
    raise NotImplementedError
