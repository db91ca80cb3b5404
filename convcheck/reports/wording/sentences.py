"""What every report for people says of a check, in the same words: what is wrong, what was found, how it all ended."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from convcheck.checking.result import Finding, Result, TensorResult
from convcheck.reports.report import Ending
from convcheck.reports.wording.figures import count, figure, index_text, shown, told_apart
from convcheck.reports.wording.words import counts_text, expectation, looked_at, only_directions, reason, share


class Said(NamedTuple):
    """A finding, fit to be shown, with the tensors that it holds for."""

    severity: str
    code: str
    message: str
    hint: str
    names: tuple[str, ...]

    def text(self) -> str:
        """All of it but the severity and the hint: "dout-overwritten (dout): …"."""
        where = f" ({', '.join(self.names)})" if self.names else ""
        return f"{self.code}{where}: {self.message}"


def why(result: Result) -> str:
    """Why a check came out as it did, in one line; nothing for one that simply passed."""
    return shown(reason(result)) or expectation(result)


def account(result: Result) -> list[str]:
    """What is wrong, undecided or to be warned of, a line for each, with the worst entries; the notes are left out."""
    lines = [remark] if (remark := expectation(result)) else []
    lines += [f"wrong {wrong_text(tensor)}" for tensor in result.tensors if tensor.verdict == "wrong"]
    lines += [f"undecided {shown(one.name)}: {shown(text)}" for one in result.tensors if (text := left_open(one))]
    for said in grouped(one for one in result.findings if one.severity != "note"):
        lines.append(f"{said.severity} {said.text()}")
        lines += [f"hint: {said.hint}"] if said.hint else []
    return lines


def wrong_text(tensor: TensorResult) -> str:
    """What is wrong, at a glance: "dx: 27 of 384 entries, worst at [0, 2, 7, 1]: backward gives 0, …"."""
    said = " ".join(filter(None, (f"{shown(tensor.name)}:", share(tensor))))
    worst = tensor.worst
    if worst is None:
        return said.rstrip(":")
    given, wanted = told_apart(worst.analytic, worst.numeric)
    where = f"direction {worst.index[0]}" if only_directions(tensor) else index_text(worst.index)
    giver, judge = ("forward", "the reference") if tensor.name == "forward" else ("backward", "the differences")
    error, bound = figure(abs(worst.analytic - worst.numeric)), figure(worst.bound)
    return f"{said}, worst at {where}: {giver} gives {given}, {judge} {wanted}, off by {error}, allowed {bound}"


def left_open(tensor: TensorResult) -> str:
    """How much of a tensor has no verdict, and why: "3 of 4,000 entries (kink, overflow)"."""
    if not tensor.undecided:
        return ""
    reasons = sorted({entry.undecided for entry in tensor.listed if entry.undecided})
    return f"{tensor.undecided:,} of {looked_at(tensor)}" + (f" ({', '.join(reasons)})" if reasons else "")


def grouped(findings: Iterable[Finding]) -> list[Said]:
    """The findings, each once: what is found alike in several tensors is said of all of them together."""
    names: dict[tuple[str, str, str, str], list[str]] = {}
    for finding in findings:
        said = (finding.severity, shown(finding.code), shown(finding.message), shown(finding.hint or ""))
        names.setdefault(said, []).extend([shown(finding.tensor)] if finding.tensor else [])
    return [Said(*said, tuple(those)) for said, those in names.items()]


def cut_short(ending: Ending) -> str:
    """Why there may be less in the report than was planned, nothing where somebody wanted it so."""
    cause = "a fault in convcheck itself" if ending.fault else "interrupted" if ending.interrupted else ""
    return f"{cause}: {count(ending.skipped, 'check')} not run" if cause else ""


def closing(counts: Mapping[str, int], ending: Ending) -> str:
    """How the run came out: "3 checks: 2 pass, 1 fail, 1 error in specs or options, interrupted"."""
    said = [counts_text(counts)]
    if ending.errors:
        said.append(count(len(ending.errors), "error in specs or options", "errors in specs or options"))
    if ending.interrupted:
        said.append("interrupted")
    if ending.fault:
        said.append("stopped by a fault in convcheck itself")
    return ", ".join(said)
