"""The sentences that all reports for people have in common: what is wrong with a check, and how the run ended."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from convcheck.checking.result import Finding, Result, TensorResult
from convcheck.reports.report import RunEnd
from convcheck.reports.wording.figures import figure, shown
from convcheck.reports.wording.words import compared_text, counts_text, expectation, only_directions, reason, share_text
from convcheck.spec.showing import count, distinguishable, index_text


class ShownFinding(NamedTuple):
    """A finding whose texts are fit to be shown, with the names of the tensors that it holds for."""

    severity: str
    code: str
    message: str
    hint: str
    names: tuple[str, ...]

    def text(self) -> str:
        """The code, the tensors and the message: "dout-overwritten (dout): …"."""
        where = f" ({', '.join(self.names)})" if self.names else ""
        return f"{self.code}{where}: {self.message}"


def why(result: Result) -> str:
    """Why a check has the status that it has, in one line; nothing for one that passed as expected."""
    return shown(reason(result)) or expectation(result)


def problem_lines(result: Result) -> list[str]:
    """A line for everything that is wrong, undecided or to be warned of, with the worst entries. Notes are left out."""
    lines = [remark] if (remark := expectation(result)) else []
    lines += [f"wrong {wrong_text(tensor)}" for tensor in result.tensors if tensor.verdict == "wrong"]
    lines += [f"undecided {shown(one.name)}: {shown(text)}" for one in result.tensors if (text := undecided_text(one))]
    for finding in grouped_findings(one for one in result.findings if one.severity != "note"):
        lines.append(f"{finding.severity} {finding.text()}")
        lines += [f"hint: {finding.hint}"] if finding.hint else []
    return lines


def wrong_text(tensor: TensorResult) -> str:
    """What is wrong with a tensor, in one sentence: "dx: 27 of 384 entries, worst at [0, 2, 7, 1]: backward …"."""
    subject = " ".join(filter(None, (f"{shown(tensor.name)}:", share_text(tensor))))
    worst = tensor.worst
    if worst is None:
        return subject.rstrip(":")
    analytic, numeric = distinguishable(worst.analytic, worst.numeric)
    where = f"direction {worst.index[0]}" if only_directions(tensor) else index_text(worst.index)
    giver, judge = ("forward", "the reference") if tensor.name == "forward" else ("backward", "the differences")
    error, bound = figure(abs(worst.analytic - worst.numeric)), figure(worst.bound)
    return f"{subject}, worst at {where}: {giver} gives {analytic}, {judge} {numeric}, off by {error}, allowed {bound}"


def undecided_text(tensor: TensorResult) -> str:
    """How much of a tensor is undecided, and why: "3 of 4,000 entries (kink, overflow)"; nothing where nothing is."""
    if not tensor.undecided:
        return ""
    reasons = sorted({entry.undecided for entry in tensor.listed if entry.undecided})
    return f"{tensor.undecided:,} of {compared_text(tensor)}" + (f" ({', '.join(reasons)})" if reasons else "")


def grouped_findings(findings: Iterable[Finding]) -> list[ShownFinding]:
    """The findings, each text once: where several tensors have the same finding, it is one, with all their names."""
    names: dict[tuple[str, str, str, str], list[str]] = {}
    for finding in findings:
        texts = (finding.severity, shown(finding.code), shown(finding.message), shown(finding.hint or ""))
        names.setdefault(texts, []).extend([shown(finding.tensor)] if finding.tensor else [])
    return [ShownFinding(*texts, tuple(tensors)) for texts, tensors in names.items()]


def cut_short_text(ending: RunEnd) -> str:
    """Why planned checks are missing from the report: a fault, or an interruption; else nothing.

    After the number of failures that --maxfail allows, checks are missing as well, but that was asked for.
    """
    cause = "a fault in convcheck itself" if ending.fault else "interrupted" if ending.interrupted else ""
    return f"{cause}: {count(ending.not_run, 'check')} not run" if cause else ""


def outcome_text(counts: Mapping[str, int], ending: RunEnd) -> str:
    """How the run ended, in one line: "3 checks: 2 pass, 1 fail, 1 error in specs or options, interrupted"."""
    parts = [counts_text(counts)]
    if ending.not_checked:
        parts.append(f"{count(len(ending.not_checked), 'implementation')} not checked")
    if ending.errors:
        parts.append(count(len(ending.errors), "error in specs or options", "errors in specs or options"))
    if ending.interrupted:
        parts.append("interrupted")
    if ending.fault:
        parts.append("stopped by a fault in convcheck itself")
    return ", ".join(parts)
