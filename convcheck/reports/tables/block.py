"""One check on the page: a heading, a row a tensor, what is wrong in words, the criterion applied, the findings.

For `-v` also the wrong and undecided entries of each tensor, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from convcheck.checking.result import Entry, Finding, Result, TensorResult
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.rows import print_rows
from convcheck.reports.wording.figures import distinguishable, figure, index_text, seconds_text, shape_text, shown
from convcheck.reports.wording.sentences import grouped_findings, undecided_text
from convcheck.reports.wording.words import STYLES, expectation, only_directions, status_word
from convcheck.spec.showing import count

BLOCK_INDENT = 2

# Each with whether its column holds numbers.
ENTRY_HEADINGS = (
    ("index", False),
    ("analytic", True),
    ("numeric", True),
    ("error", True),
    ("bound", True),
    ("", False),
)

Describe = Callable[[TensorResult], str]


def print_block(page: Page, result: Result, *, verbose: bool) -> None:
    """Print one check; with `verbose`, its wrong and undecided entries one by one as well."""
    _print_heading(page, result)
    if result.tensors:
        print_rows(page, result.tensors, indent=BLOCK_INDENT)
        _print_for(page, "undecided", result.tensors, undecided_text)
    # What is wrong comes before how that was found out.
    _print_findings(page, (one for one in result.findings if one.severity != "note"))
    if result.tensors:
        _print_shared(page, "criterion", result.tensors, lambda tensor: tensor.criterion)
        # The output is not differentiated: it is always compared with that of the reference.
        gradients = [tensor for tensor in result.tensors if tensor.name != "forward"]
        _print_shared(page, "numeric", gradients, lambda tensor: tensor.scheme)
        _print_for(page, "note", result.tensors, _not_compared)
    _print_findings(page, (one for one in result.findings if one.severity == "note"))
    if verbose:
        for tensor in result.tensors:
            _print_entries(page, tensor)


def _print_heading(page: Page, result: Result) -> None:
    remark = expectation(result)
    page.line(
        (status_word(result), STYLES[status_word(result)]),
        f" {remark}" if remark else "",
        "  ",
        (shown(result.id), "bold"),
    )
    sizes = " ".join(f"{shown(name)}={_size(value)}" for name, value in result.spec.items() if value is not None)
    page.prose(
        f"{shown(result.layer)} {sizes} → {shape_text(result.output_shape)}",
        indent=BLOCK_INDENT,
        hanging=2,
    )
    page.items(
        (
            f"implementation {shown(result.implementation)}",
            shown(result.dtype),
            f"{shown(result.data)} data",
            f"seed {result.seed}",
            f"scheme {shown(result.scheme)}",
            count(result.forward_evaluations, "forward evaluation"),
            seconds_text(result.seconds),
        ),
        indent=BLOCK_INDENT,
        hanging=2,
    )


def _size(value: object) -> str:
    return shape_text(value) if isinstance(value, (tuple, list)) else shown(value)


def _print_shared(page: Page, lead: str, tensors: Iterable[TensorResult], describe: Describe) -> None:
    """One line for all tensors with the same text: "criterion (dx, dw): …"; without names where all have the same."""
    texts = _texts_to_names(tensors, describe)
    for text, names in texts.items():
        whose = "" if len(texts) == 1 else f" ({names})"
        page.prose(f"{whose}: {text}", lead=lead, style="dim", indent=BLOCK_INDENT, hanging=4)


def _print_for(page: Page, lead: str, tensors: Iterable[TensorResult], describe: Describe) -> None:
    """One line for all tensors with the same text: "undecided dx, dw: …"."""
    for text, names in _texts_to_names(tensors, describe).items():
        page.prose(f" {names}: {text}", lead=lead, style=STYLES[lead], indent=BLOCK_INDENT, hanging=4)


def _texts_to_names(tensors: Iterable[TensorResult], describe: Describe) -> dict[str, str]:
    """The texts that describe tensors, each with the names of those that it describes."""
    names: dict[str, list[str]] = {}
    for tensor in tensors:
        if text := shown(describe(tensor)):
            names.setdefault(text, []).append(shown(tensor.name))
    return {text: ", ".join(each) for text, each in names.items()}


def _not_compared(tensor: TensorResult) -> str:
    """How much of a tensor was not compared entry by entry: "16 of 4,000 entries compared"."""
    if only_directions(tensor):
        return f"entries not looked at one by one: {count(tensor.directions, 'random direction')}"
    # Of a tensor of the wrong shape nothing is compared: its finding says why.
    if 0 < tensor.checked < tensor.entries:
        return f"{tensor.checked:,} of {count(tensor.entries, 'entry', 'entries')} compared"
    return ""


def _print_findings(page: Page, findings: Iterable[Finding]) -> None:
    """A paragraph for each: "warning dout-overwritten (dout): …", and under it what to do."""
    for finding in grouped_findings(findings):
        style = STYLES[finding.severity]
        page.prose(f" {finding.text()}", lead=finding.severity, style=style, indent=BLOCK_INDENT, hanging=4)
        if finding.hint:
            page.prose(f"hint: {finding.hint}", indent=BLOCK_INDENT + 4, hanging=2)


def _print_entries(page: Page, tensor: TensorResult) -> None:
    """The wrong and undecided entries, worst first, and how many more there are."""
    if not tensor.listed:
        return
    page.line((f"entries of {shown(tensor.name)}, worst first", "dim"), indent=BLOCK_INDENT)
    rows = [_entry_row(entry) for entry in tensor.listed]
    table = page.columns(ENTRY_HEADINGS, rows)
    if page.fits(table, indent=BLOCK_INDENT + 2):
        page.table(table, indent=BLOCK_INDENT + 2)
    else:
        for row in rows:
            named = (
                f"{heading} {cell}".strip() for (heading, _), cell in zip(ENTRY_HEADINGS, row, strict=True) if cell
            )
            page.items(named, indent=BLOCK_INDENT + 2, hanging=2)
    more = tensor.wrong + tensor.undecided - len(tensor.listed)
    if more > 0:
        page.line(f"and {more} more", indent=BLOCK_INDENT + 2)


def _entry_row(entry: Entry) -> tuple[str, ...]:
    analytic, numeric = distinguishable(entry.analytic, entry.numeric)
    return (
        index_text(entry.index),
        analytic,
        numeric,
        figure(abs(entry.analytic - entry.numeric)),
        figure(entry.bound),
        f"undecided: {shown(entry.undecided)}" if entry.undecided else "",
    )
