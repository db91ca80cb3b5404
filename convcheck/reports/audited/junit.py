"""The audit for CI servers: JUnit XML, a suite a layer and a case a mistake.

One that is not noticed is a failure where the score is lower than what was asked for, and is skipped otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from convcheck.diagnosis.audited import NOT_NOTICED, Audit, AuditedMistake
from convcheck.reports.audited.wording import SAID_OF
from convcheck.reports.junit import attributes, case_text, element_text
from convcheck.reports.report import Appearance
from convcheck.reports.wording.figures import shown


def write(stream: TextIO, audit: Audit, appearance: Appearance) -> None:
    """Write the document. Raises what the stream raises."""
    missed = "skipped" if audit.is_enough else "failure"
    suites = {
        shown(layer.layer): [(shown(one.id), _outcome(one, missed), _inside(one, missed)) for one in layer.mistakes]
        for layer in audit.layers
    }
    errors = [(shown(one), "error", element_text("error", "", message=shown(one), type="spec")) for one in audit.errors]
    suites |= {"convcheck": errors} if errors else {}
    every = [outcome for cases in suites.values() for _, outcome, _ in cases]
    named = {"name": "convcheck", **_counts(every, skipped=False), "time": f"{audit.seconds:.3f}"}
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write(f"<testsuites{attributes(named)}>\n")
    for name, cases in suites.items():
        counts = _counts([outcome for _, outcome, _ in cases], skipped=True)
        stream.write(f"<testsuite{attributes({'name': name, **counts, 'time': '0.000'})}>\n")
        stream.writelines(case_text(identity, f"convcheck.{name}", 0.0, inside) for identity, _, inside in cases)
        stream.write("</testsuite>\n")
    stream.write("</testsuites>\n")
    stream.flush()


def _counts(outcomes: Sequence[str], *, skipped: bool) -> dict[str, str]:
    counted = {"failures": "failure", "errors": "error", **({"skipped": "skipped"} if skipped else {})}
    return {"tests": str(len(outcomes)), **{name: str(outcomes.count(one)) for name, one in counted.items()}}


def _outcome(one: AuditedMistake, missed: str) -> str:
    return missed if one.fate in NOT_NOTICED else "skipped" if one.fate == "equivalent" else ""


def _inside(one: AuditedMistake, missed: str) -> str:
    outcome = _outcome(one, missed)
    if not outcome:
        return ""
    text = "\n".join(filter(None, (shown(one.sentence), f"noticed with {shown(one.shows)}" if one.shows else "")))
    return element_text(outcome, text, type=one.fate, message=f"{SAID_OF[one.fate]}: {shown(one.why)}")
