"""The words for verdicts and statuses, and their colours. A colour never says more than its word."""

from __future__ import annotations

from collections.abc import Mapping

from convcheck.checking.result import Finding, Result, TensorResult
from convcheck.reports.wording.figures import count

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


# Gravest first.
ORDER = ("fail", "error", "undecided", "skipped")


def status_word(result: Result) -> str:
    """Pass, fail, undecided, error, skip."""
    return "skip" if result.status == "skipped" else result.status


def counts_text(counts: Mapping[str, int]) -> str:
    """How the checks came out: "3 checks: 2 pass, 1 fail, 1 with a warning"."""
    said = [f"{counts[status]:,} {status}" for status in ("pass", *ORDER) if counts[status]]
    if counts["warnings"]:
        said.append(f"{counts['warnings']:,} with a warning")
    return f"{count(counts['checks'], 'check')}{': ' if said else ''}{', '.join(said)}"


def verdict_word(tensor: TensorResult) -> str:
    """Exact, within bound, wrong, undecided; "exact (probed)" where only random directions were tried."""
    word = tensor.verdict.replace("_", " ")
    return f"{word} (probed)" if only_directions(tensor) else word


def verdict_style(tensor: TensorResult) -> str:
    """The colour of a verdict."""
    return STYLES[tensor.verdict.replace("_", " ")]


def expectation(result: Result) -> str:
    """What an expected failure adds to the status: nothing where a pass was expected."""
    if result.expect != "fail":
        return ""
    return {
        "pass": "(fails as expected)",
        "fail": "(expected to fail, and nothing is wrong)",
    }.get(result.status, "(expected to fail)")


def reason(result: Result) -> str:
    """Why a check did not pass, in a line: which tensors, how many entries; else the gravest finding."""
    reasons = [_reason(tensor) for tensor in result.tensors if tensor.verdict in ("wrong", "undecided")]
    if not reasons:
        reasons = [one.message for one in [gravest(result)] if one is not None]
    return "; ".join(reasons)


def gravest(result: Result) -> Finding | None:
    """The finding that says most: the first error or, of what was skipped or not finished, the first warning."""
    found = [one for severity in ("error", "warning") for one in result.findings if one.severity == severity]
    return found[0] if found else None


def _reason(tensor: TensorResult) -> str:
    number = share(tensor)
    return f"{tensor.name} {tensor.verdict} in {number}" if number else f"{tensor.name} {tensor.verdict}"


def share(tensor: TensorResult) -> str:
    """How much of a tensor is not as it should be: "12 of 384 entries"; nothing where no entry is to blame."""
    number = tensor.wrong if tensor.verdict == "wrong" else tensor.undecided
    return f"{number:,} of {looked_at(tensor)}" if number else ""


def looked_at(tensor: TensorResult) -> str:
    """What was compared: "384 entries", "4 random directions"."""
    if only_directions(tensor):
        return count(tensor.directions, "random direction")
    return count(tensor.entries, "entry", "entries")


def only_directions(tensor: TensorResult) -> bool:
    """Whether the tensor was tried along random directions only."""
    return tensor.checked == 0 and tensor.directions > 0
