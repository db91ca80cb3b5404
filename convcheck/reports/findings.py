"""The findings of a check: each said once, with the tensors that it holds for."""

from __future__ import annotations

from collections.abc import Iterable

from convcheck.checking.result import Finding
from convcheck.reports.page import Page
from convcheck.reports.shown import shown
from convcheck.reports.words import STYLES


def print_findings(page: Page, findings: Iterable[Finding], *, indent: int) -> None:
    """A paragraph for each: "warning dout-overwritten (dout): …", and under it what to do."""
    tensors: dict[tuple[str, str, str, str], list[str]] = {}
    for finding in findings:
        said = (finding.severity, shown(finding.code), shown(finding.message), shown(finding.hint or ""))
        tensors.setdefault(said, []).extend([shown(finding.tensor)] if finding.tensor else [])
    for (severity, code, message, hint), names in tensors.items():
        where = f" ({', '.join(names)})" if names else ""
        page.prose(f" {code}{where}: {message}", lead=severity, style=STYLES[severity], indent=indent, hanging=4)
        if hint:
            page.prose(f"hint: {hint}", indent=indent + 4, hanging=2)
