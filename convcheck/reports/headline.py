"""What is wrong with a check in one line, for places that show no more of it: how much, and what was found."""

from __future__ import annotations

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import PATTERNS
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.sentences import why, wrong_text


def headline(result: Result, *, worst: bool = True) -> str:
    """What was found, then how much is wrong: "dx is 2 times the right gradient (dx wrong in 27 of 384 entries)".

    What was found comes first: whoever has little room cuts the end. A finding that explains a wrong tensor may be a
    note; where there is none, the worst entry stands in its place (not without `worst`). Empty for a check that passed
    as expected.
    """
    reason = why(result)
    wrong = [tensor for tensor in result.tensors if tensor.verdict == "wrong"]
    names = {tensor.name for tensor in wrong}
    about = [one for one in result.findings if one.tensor in names and one.severity != "warning"]
    about = [one for one in about if one.severity == "error" or one.code in PATTERNS]
    errors = [one for one in result.findings if one.severity == "error"]
    # Of those about a wrong tensor, errors before notes.
    for finding in (*sorted(about, key=lambda one: one.severity), *errors):
        # Where no tensor is wrong or undecided the reason is a finding already.
        found = shown(finding.message)
        return reason if found in reason else f"{found} ({reason})"
    # How many there are is in the reason.
    worsts = [f"worst{wrong_text(tensor).rpartition(', worst')[2]}" for tensor in wrong if tensor.worst is not None]
    return f"{reason}: {worsts[0]}" if worst and worsts else reason
