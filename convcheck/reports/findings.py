"""The findings of a check: each said once, with the tensors that it holds for."""

from __future__ import annotations

from collections.abc import Iterable

from convcheck.checking.result import Finding
from convcheck.reports.page import Page
from convcheck.reports.sentences import grouped
from convcheck.reports.words import STYLES


def print_findings(page: Page, findings: Iterable[Finding], *, indent: int) -> None:
    """A paragraph for each: "warning dout-overwritten (dout): …", and under it what to do."""
    for said in grouped(findings):
        page.prose(f" {said.text()}", lead=said.severity, style=STYLES[said.severity], indent=indent, hanging=4)
        if said.hint:
            page.prose(f"hint: {said.hint}", indent=indent + 4, hanging=2)
