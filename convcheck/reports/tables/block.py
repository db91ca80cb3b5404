"""One check on the page: a heading, a row a tensor, what is wrong in words, the criterion applied, the notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from convcheck.checking.result import Entry, Finding, Result, TensorResult
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.rows import print_rows
from convcheck.reports.wording.figures import count, figure, index_text, seconds_text, shape_text, shown, told_apart
from convcheck.reports.wording.sentences import grouped, left_open
from convcheck.reports.wording.words import STYLES, expectation, only_directions, status_word

INDENT = 2

Say = Callable[[TensorResult], str]


def print_block(page: Page, result: Result, *, verbose: bool) -> None:
    """Print all there is to say of one check; with `verbose`, the wrong entries one by one as well."""
    _print_heading(page, result)
    if result.tensors:
        print_rows(page, result.tensors, indent=INDENT)
        _print_said_of(page, "undecided", result.tensors, left_open)
    # What a person must know comes before how it was found out.
    print_findings(page, (one for one in result.findings if one.severity != "note"), indent=INDENT)
    if result.tensors:
        _print_said_alike(page, "criterion", result.tensors, lambda tensor: tensor.criterion)
        # The output has no scheme worth a line: it is compared with the reference forward.
        gradients = [tensor for tensor in result.tensors if tensor.name != "forward"]
        _print_said_alike(page, "numeric", gradients, lambda tensor: tensor.scheme)
        _print_said_of(page, "note", result.tensors, _passed_over)
    print_findings(page, (one for one in result.findings if one.severity == "note"), indent=INDENT)
    if verbose:
        for tensor in result.tensors:
            print_entries(page, tensor, indent=INDENT)


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
        indent=INDENT,
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
        indent=INDENT,
        hanging=2,
    )


def _size(value: object) -> str:
    return shape_text(value) if isinstance(value, (tuple, list)) else shown(value)


def _print_said_alike(page: Page, what: str, tensors: Iterable[TensorResult], say: Say) -> None:
    """One line for all the tensors of which the same is said: "criterion (dx, dw): …"."""
    said = _said_alike(tensors, say)
    for text, names in said.items():
        whose = "" if len(said) == 1 else f" ({names})"
        page.prose(f"{whose}: {text}", lead=what, style="dim", indent=INDENT, hanging=4)


def _print_said_of(page: Page, lead: str, tensors: Iterable[TensorResult], say: Say) -> None:
    """One line for all the tensors of which the same is said: "undecided dx, dw: …"."""
    for text, names in _said_alike(tensors, say).items():
        page.prose(f" {names}: {text}", lead=lead, style=STYLES[lead], indent=INDENT, hanging=4)


def _said_alike(tensors: Iterable[TensorResult], say: Say) -> dict[str, str]:
    """What is said, to the names of the tensors of which it is said."""
    names: dict[str, list[str]] = {}
    for tensor in tensors:
        if text := shown(say(tensor)):
            names.setdefault(text, []).append(shown(tensor.name))
    return {text: ", ".join(of) for text, of in names.items()}


def _passed_over(tensor: TensorResult) -> str:
    if only_directions(tensor):
        return f"entries not looked at one by one: {count(tensor.directions, 'random direction')}"
    # Of a tensor of the wrong shape nothing is compared, which is said where its shape is.
    if 0 < tensor.checked < tensor.entries:
        return f"{tensor.checked:,} of {count(tensor.entries, 'entry', 'entries')} compared"
    return ""


def print_findings(page: Page, findings: Iterable[Finding], *, indent: int) -> None:
    """A paragraph for each: "warning dout-overwritten (dout): …", and under it what to do."""
    for said in grouped(findings):
        page.prose(f" {said.text()}", lead=said.severity, style=STYLES[said.severity], indent=indent, hanging=4)
        if said.hint:
            page.prose(f"hint: {said.hint}", indent=indent + 4, hanging=2)


HEADINGS = (("index", False), ("analytic", True), ("numeric", True), ("error", True), ("bound", True), ("", False))


def print_entries(page: Page, tensor: TensorResult, *, indent: int) -> None:
    """The worst entries first, and how many more there are."""
    if not tensor.listed:
        return
    page.line((f"entries of {shown(tensor.name)}, worst first", "dim"), indent=indent)
    rows = [_row(entry) for entry in tensor.listed]
    table = page.columns(HEADINGS, rows)
    if page.fits(table, indent=indent + 2):
        page.table(table, indent=indent + 2)
    else:
        for row in rows:
            named = (f"{heading} {cell}".strip() for (heading, _), cell in zip(HEADINGS, row, strict=True) if cell)
            page.items(named, indent=indent + 2, hanging=2)
    more = tensor.wrong + tensor.undecided - len(tensor.listed)
    if more > 0:
        page.line(f"and {more} more", indent=indent + 2)


def _row(entry: Entry) -> tuple[str, ...]:
    analytic, numeric = told_apart(entry.analytic, entry.numeric)
    return (
        index_text(entry.index),
        analytic,
        numeric,
        figure(abs(entry.analytic - entry.numeric)),
        figure(entry.bound),
        f"undecided: {shown(entry.undecided)}" if entry.undecided else "",
    )
