"""The audit for CI servers: JUnit XML, a suite a layer and a case a mistake.

One that is not noticed is a failure where the score is lower than what was asked for, and is skipped otherwise.
"""

from __future__ import annotations

from typing import TextIO

from convcheck.diagnosis.audited import NOT_NOTICED, Audit, AuditedMistake
from convcheck.reports.audited.wording import SAID_OF
from convcheck.reports.junit import attributes, case_text, element_text
from convcheck.reports.report import Appearance
from convcheck.reports.wording.figures import shown


def write(stream: TextIO, audit: Audit, appearance: Appearance) -> None:
    """Write the document. Raises what the stream raises."""
    missed = "skipped" if audit.is_enough else "failure"
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write(f"<testsuites{attributes({'name': 'convcheck audit', 'time': f'{audit.seconds:.3f}'})}>\n")
    for layer in audit.layers:
        outcomes = [_outcome(one, missed) for one in layer.mistakes]
        counts = {
            name: str(outcomes.count(element)) for name, element in (("failures", "failure"), ("skipped", "skipped"))
        }
        named = {"name": shown(layer.layer), "tests": str(len(outcomes)), "errors": "0", **counts}
        stream.write(f"<testsuite{attributes(named)}>\n")
        for one, outcome in zip(layer.mistakes, outcomes, strict=True):
            stream.write(case_text(shown(one.id), f"convcheck.{shown(layer.layer)}", 0.0, _inside(one, outcome)))
        stream.write("</testsuite>\n")
    if audit.errors:
        number = str(len(audit.errors))
        stream.write(f"<testsuite{attributes({'name': 'errors', 'tests': number, 'errors': number})}>\n")
        for error in audit.errors:
            stream.write(
                case_text(shown(error), "convcheck.spec", 0.0, element_text("error", "", message=shown(error)))
            )
        stream.write("</testsuite>\n")
    stream.write("</testsuites>\n")
    stream.flush()


def _outcome(one: AuditedMistake, missed: str) -> str:
    return missed if one.fate in NOT_NOTICED else "skipped" if one.fate == "equivalent" else ""


def _inside(one: AuditedMistake, outcome: str) -> str:
    if not outcome:
        return ""
    text = "\n".join(filter(None, (shown(one.sentence), f"noticed with {shown(one.shows)}" if one.shows else "")))
    return element_text(outcome, text, type=one.fate, message=f"{SAID_OF[one.fate]}: {shown(one.why)}")
