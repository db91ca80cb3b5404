"""The tensors of a check: a row each, or, where the page is too narrow for that, `key: value` lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from convcheck.checking.result import TensorResult
from convcheck.reports.figures import figure, index_text, shape_text, told_apart
from convcheck.reports.page import Page
from convcheck.reports.shown import shown
from convcheck.reports.words import STYLES, verdict_word

WORST = ("worst entry", "analytic", "numeric")
WORDS = ("tensor", "shape", "worst entry", "verdict")

# What the headings become before the table is given up for a list.
SHORT = {"max rel error": "rel err", "error/bound": "e/bound"}


def print_rows(page: Page, tensors: Sequence[TensorResult], *, indent: int) -> None:
    """The widest that fits: a table with the worst entries in it, one with them below, a list."""
    rows = [_cells(tensor) for tensor in tensors]
    for table, whole in _tables(page, rows):
        if page.fits(table, indent=indent):
            page.table(table, indent=indent)
            if not whole:
                _print_worst(page, rows, indent)
            return
    _print_list(page, rows, indent)


def _tables(page: Page, rows: Sequence[dict[str, str]]) -> Iterator[tuple[Table, bool]]:
    """Narrower and narrower tables, each with whether it says all there is to say."""
    every = list(rows[0])
    fewer = [heading for heading in every if heading not in WORST]
    whole = not any(row["worst entry"] for row in rows)
    if not whole:
        yield _table(page, rows, every), True
    yield _table(page, rows, fewer), whole
    yield _table(page, rows, fewer, short=True), whole


def _table(page: Page, rows: Sequence[dict[str, str]], headings: Sequence[str], *, short: bool = False) -> Table:
    titles = [SHORT.get(heading, heading.removeprefix("max ")) if short else heading for heading in headings]
    numbers = [heading not in WORDS for heading in headings]
    return page.columns(
        zip(titles, numbers, strict=True),
        ([_styled(heading, row[heading]) for heading in headings] for row in rows),
    )


def _cells(tensor: TensorResult) -> dict[str, str]:
    worst = tensor.worst if tensor.verdict != "exact" else None
    analytic, numeric = told_apart(worst.analytic, worst.numeric) if worst else ("", "")
    return {
        "tensor": shown(tensor.name),
        "shape": shape_text(tensor.shape),
        "entries": str(tensor.entries),
        "wrong": str(tensor.wrong),
        "max |a − n|": figure(tensor.max_abs_error),
        "max rel error": figure(tensor.max_rel_error),
        "error/bound": figure(tensor.max_error_over_bound),
        "worst entry": index_text(worst.index) if worst else "",
        "analytic": analytic,
        "numeric": numeric,
        "verdict": verdict_word(tensor),
    }


def _styled(heading: str, cell: str) -> Text:
    if heading == "verdict":
        return Text(cell, STYLES[cell])
    return Text(cell, "bold red" if heading == "wrong" and cell != "0" else "")


def _print_worst(page: Page, rows: Sequence[dict[str, str]], indent: int) -> None:
    for row in rows:
        if row["worst entry"]:
            page.prose(
                f"worst of {row['tensor']}: {row['worst entry']} analytic {row['analytic']}, numeric {row['numeric']}",
                indent=indent,
                hanging=4,
            )


def _print_list(page: Page, rows: Sequence[dict[str, str]], indent: int) -> None:
    for row in rows:
        page.line((row["tensor"], "bold"), "  ", (row["verdict"], STYLES[row["verdict"]]), indent=indent)
        pairs = (f"{key}: {cell}" for key, cell in row.items() if key not in ("tensor", "verdict") and cell)
        page.items(pairs, indent=indent + 2)
