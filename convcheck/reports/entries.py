"""The wrong and undecided entries of a tensor, one by one, for `-v`."""

from __future__ import annotations

from convcheck.checking.result import Entry, TensorResult
from convcheck.reports.figures import figure, index_text, told_apart
from convcheck.reports.page import Page
from convcheck.reports.shown import shown

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
