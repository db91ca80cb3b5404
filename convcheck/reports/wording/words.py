"""The words for statuses and verdicts, with their colours, and for how much of a tensor is meant.

A colour never says more than its word.
"""

from __future__ import annotations

from collections.abc import Mapping

from convcheck.checking.result import Finding, Result, TensorResult
from convcheck.spec.showing import count

STYLES: Mapping[str, str] = {
    "pass": "green",
    "exact": "green",
    "within bound": "green",
    "note": "cyan",
    "warning": "yellow",
    "undecided": "yellow",
    "fail": "bold red",
    "wrong": "bold red",
    "error": "bold red",
    "skip": "cyan",
}

# What a status is called, where that is not its name.
WORDS = {"skipped": "skip"}
# The statuses that are no pass, gravest first.
ORDER = ("fail", "error", "undecided", "skipped")
# All of them. What is skipped beside checks that pass is not what is said of all.
GRAVEST = ("fail", "error", "undecided", "pass", "skipped")


def status_word(result: Result) -> str:
    """The word for a status: pass, fail, undecided, error, skip."""
    return WORDS.get(result.status, result.status)


def counts_text(counts: Mapping[str, int]) -> str:
    """How the checks came out: "3 checks: 2 pass, 1 fail, 1 with a warning"."""
    said = [text] if (text := by_status(counts)) else []
    if counts["not_run"]:
        said.append(f"{counts['not_run']:,} not run")
    if counts["warnings"]:
        said.append(f"{counts['warnings']:,} with a warning")
    return f"{count(counts['checks'], 'check')}{': ' if said else ''}{', '.join(said)}"


def status_of(statuses: Mapping[str, int]) -> str:
    """The gravest status of several checks, counted by status."""
    return next(status for status in GRAVEST if statuses.get(status))


def by_status(statuses: Mapping[str, int]) -> str:
    """How several checks came out: "9 pass, 4 fail"."""
    return ", ".join(f"{statuses[status]:,} {status}" for status in ("pass", *ORDER) if statuses.get(status))


def verdict_word(tensor: TensorResult) -> str:
    """The word for a verdict: exact, within bound, wrong, undecided; "exact (probed)" along random directions only."""
    word = tensor.verdict.replace("_", " ")
    return f"{word} (probed)" if only_directions(tensor) else word


def verdict_style(tensor: TensorResult) -> str:
    """The colour of a verdict."""
    return STYLES[tensor.verdict.replace("_", " ")]


def expectation(result: Result) -> str:
    """What is added to the status where a failure was expected, or the output was compared alone; else nothing."""
    if result.expect != "fail":
        alone = result.status == "pass" and any(finding.code == "forward-only" for finding in result.findings)
        return "(forward only)" if alone else ""
    return {
        "pass": "(fails as expected)",
        "fail": "(expected to fail, and nothing is wrong)",
    }.get(result.status, "(expected to fail)")


def reason(result: Result) -> str:
    """Why a check did not pass, in one line: which tensors in how many entries, else the gravest finding."""
    reasons = [_tensor_reason(tensor) for tensor in result.tensors if tensor.verdict in ("wrong", "undecided")]
    if not reasons and (gravest := gravest_finding(result)):
        alike = (one for one in result.findings if (one.code, one.severity) == (gravest.code, gravest.severity))
        reasons = list(dict.fromkeys(one.message for one in alike))
    return "; ".join(reasons)


def gravest_finding(result: Result) -> Finding | None:
    """The first finding that is an error, else the first that is a warning, else None."""
    found = [one for severity in ("error", "warning") for one in result.findings if one.severity == severity]
    return found[0] if found else None


def _tensor_reason(tensor: TensorResult) -> str:
    number = share_text(tensor)
    return f"{tensor.name} {tensor.verdict} in {number}" if number else f"{tensor.name} {tensor.verdict}"


def share_text(tensor: TensorResult) -> str:
    """How much of a tensor is wrong or undecided: "12 of 384 entries"; nothing where no single entry is."""
    number = tensor.wrong if tensor.verdict == "wrong" else tensor.undecided
    return f"{number:,} of {compared_text(tensor)}" if number else ""


def compared_text(tensor: TensorResult) -> str:
    """How much of a tensor was compared: "384 entries", "4 random directions"."""
    if only_directions(tensor):
        return count(tensor.directions, "random direction")
    return count(tensor.entries, "entry", "entries")


def only_directions(tensor: TensorResult) -> bool:
    """Whether the tensor was checked along random directions only, and no entry by itself."""
    return tensor.checked == 0 and tensor.directions > 0
