"""What a conclusion says of one result: its line, the kind of a finding, an entry for an example."""

import os
import re
from collections.abc import Sequence

from convcheck.checking.result import Entry, Finding, Result, TensorResult
from convcheck.spec.showing import distinguishable

RAISED = "raised"


def line_of_exception(result: Result) -> int | None:
    """The line of the statement that raised, where it is in the file of the code under test."""
    messages = (finding.message for finding in result.findings if finding.code == RAISED)
    matches = [match for message in messages if (match := re.search(r"\(line (\d+) of (.+?), in ", message))]
    own = matches and os.path.basename(result.code_file or "") == os.path.basename(matches[0][2])
    return int(matches[0][1]) if own else None


def kind_of(finding: Finding) -> str:
    """What tells a finding from those that have another reason: of an exception its type and its line as well."""
    match = re.match(r"\w+ raised \w+", finding.message) if finding.code == RAISED else None
    line = re.search(r"\(line \d+ of ", finding.message)
    return f"{match[0]} {line[0] if line else ''}" if match else finding.code


def wrong_entry(tensor: TensorResult) -> Entry | None:
    """The worst entry of a tensor that is wrong; None where directions alone were compared."""
    worst = tensor.worst if tensor.verdict == "wrong" else None
    return worst if worst is not None and len(worst.index) == len(tensor.shape) else None


def example(result: Result, wrong: Sequence[str]) -> str:
    """The worst entry of the first tensor that is wrong in this check."""
    for name in wrong:
        for tensor in result.tensors:
            if tensor.name == name and (worst := wrong_entry(tensor)):
                index = f"[{', '.join(map(str, worst.index))}]" if worst.index else ""
                analytic, numeric = distinguishable(worst.analytic, worst.numeric)
                return f"{name}{index} is {analytic}, should be {numeric}"
    return ""
