"""What is said of a check below its rows of figures: what is undecided, what was found, and how that was found out."""

from collections.abc import Callable, Iterable, Iterator
from math import log2
from typing import NamedTuple

from convcheck.checking.result import Finding, Result, TensorResult
from convcheck.reports.wording.figures import at_most, power_of_two, shown
from convcheck.reports.wording.sentences import grouped_findings, undecided_text
from convcheck.reports.wording.words import STYLES, only_directions
from convcheck.spec.showing import count

Describe = Callable[[TensorResult], str]


class Paragraph(NamedTuple):
    """A first word, in its style, with what follows it: "note", " dx: 4 random directions". A hint says what to do."""

    lead: str
    text: str
    style: str
    hint: str = ""


def paragraphs(result: Result) -> Iterator[Paragraph]:
    """What is wrong comes before how that was found out, and notes come last. Every text is fit to be shown."""
    yield from _of_tensors("undecided", result.tensors, undecided_text)
    yield from _of_findings(one for one in result.findings if one.severity != "note")
    yield from _shared("criterion", result.tensors, lambda tensor: tensor.criterion)
    # The output is not differentiated: it is always compared with that of the reference.
    gradients = [tensor for tensor in result.tensors if tensor.name != "forward"]
    yield from _shared("numeric", gradients, lambda tensor: tensor.scheme)
    for text, names in _texts_to_names(gradients, _proved).items():
        yield Paragraph("proved", f" ({names}): {text}", "dim")
    yield from seen_by_directions(result)
    yield from _of_tensors("note", result.tensors, _not_compared)
    # What one check says of places may be chance: a conclusion says what all of them say.
    yield from _of_findings(one for one in result.findings if one.severity == "note" and one.code != "place")


def seen_by_directions(result: Result) -> Iterator[Paragraph]:
    """How small an error would have shown, one for all tensors of which it is the same."""
    for text, names in _texts_to_names(result.tensors, _seen).items():
        yield Paragraph("by directions", f" ({names}): {text}", "dim")


def _of_findings(findings: Iterable[Finding]) -> Iterator[Paragraph]:
    """One for each: "warning dout-overwritten (dout): …"."""
    for finding in grouped_findings(findings):
        yield Paragraph(finding.severity, f" {finding.text()}", STYLES[finding.severity], finding.hint)


def _shared(lead: str, tensors: Iterable[TensorResult], describe: Describe) -> Iterator[Paragraph]:
    """One for all tensors with the same text: "criterion (dx, dw): …"; without names where all have the same."""
    texts = _texts_to_names(tensors, describe)
    for text, names in texts.items():
        whose = "" if len(texts) == 1 else f" ({names})"
        yield Paragraph(lead, f"{whose}: {text}", "dim")


def _of_tensors(lead: str, tensors: Iterable[TensorResult], describe: Describe) -> Iterator[Paragraph]:
    """One for all tensors with the same text: "undecided dx, dw: …"."""
    for text, names in _texts_to_names(tensors, describe).items():
        yield Paragraph(lead, f" {names}: {text}", STYLES[lead])


def _texts_to_names(tensors: Iterable[TensorResult], describe: Describe) -> dict[str, str]:
    """The texts that describe tensors, each with the names of those that it describes."""
    names: dict[str, list[str]] = {}
    for tensor in tensors:
        if text := describe(tensor):
            names.setdefault(shown(text), []).append(shown(tensor.name))
    return {text: ", ".join(each) for text, each in names.items()}


def _proved(tensor: TensorResult) -> str:
    """What the projections of a tensor leave to chance: "a wrong entry would pass with probability 2⁻⁶⁰"."""
    if not tensor.miss_probability:
        return ""
    return f"a wrong entry would pass with probability {power_of_two(round(log2(tensor.miss_probability)))}"


def _seen(tensor: TensorResult) -> str:
    """How small an error would have shown in random directions: "every entry to within 3e-11 of its terms"."""
    if tensor.sees is None or tensor.verdict not in ("exact", "within_bound"):
        return ""
    return f"every entry to within {at_most(tensor.sees)} of its terms"


def _not_compared(tensor: TensorResult) -> str:
    """How much of a tensor was not compared entry by entry: "16 of 4,000 entries compared"."""
    if only_directions(tensor):
        return f"entries not looked at one by one: {count(tensor.directions, 'random direction')}"
    # Of a tensor of the wrong shape nothing is compared: its finding says why.
    if 0 < tensor.checked < tensor.entries:
        return f"{tensor.checked:,} of {count(tensor.entries, 'entry', 'entries')} compared"
    return ""
