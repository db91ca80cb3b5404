"""The tensors of a check: a row each, or, where the page is too narrow for that, `key: value` lines.

The worst entry of a tensor stands in its row, if there is room for it, else in a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcheck.checking.result import TensorResult
from convcheck.reports.tables.page import Page, Table
from convcheck.reports.wording.figures import figure, shown
from convcheck.reports.wording.sentences import wrong_text
from convcheck.reports.wording.words import STYLES, only_directions, verdict_style, verdict_word
from convcheck.spec.showing import distinguishable, index_text, shape_text

WORST_HEADINGS = ("worst entry", "analytic", "numeric")
TEXT_HEADINGS = ("tensor", "verdict", "shape", "worst entry")

# A tensor with the text of its row under each heading.
Row = tuple[TensorResult, dict[str, str]]

# Shorter headings, tried before the table is given up for a list.
SHORT_HEADINGS = {"max rel error": "rel err", "error/bound": "e/bound"}


def print_rows(page: Page, tensors: Sequence[TensorResult], *, indent: int) -> None:
    """Print the first that fits: a table with the worst entries in it, one with them below, a list."""
    rows = [(tensor, figures(tensor)) for tensor in tensors]
    for table, complete in _tables(page, rows):
        if page.fits(table, indent=indent):
            page.table(table, indent=indent)
            _print_wrong(page, tensors, indent=indent)
            if not complete:
                _print_worst(page, tensors, indent=indent)
            return
    _print_list(page, rows, indent)
    _print_wrong(page, tensors, indent=indent)


def _tables(page: Page, rows: Sequence[Row]) -> Iterator[tuple[Table, bool]]:
    """Narrower and narrower tables, each with whether it holds the worst entries, if there are any."""
    every = list(rows[0][1])
    fewer = [heading for heading in every if heading not in WORST_HEADINGS]
    complete = not any(cells["worst entry"] for _, cells in rows)
    if not complete:
        yield _table(page, rows, every), True
    yield _table(page, rows, fewer), complete
    yield _table(page, rows, fewer, short=True), complete


def _table(page: Page, rows: Sequence[Row], headings: Sequence[str], *, short: bool = False) -> Table:
    titles = [SHORT_HEADINGS.get(heading, heading.removeprefix("max ")) if short else heading for heading in headings]
    numbers = [heading not in TEXT_HEADINGS for heading in headings]
    return page.columns(
        zip(titles, numbers, strict=True),
        ([_styled(tensor, heading, cells[heading]) for heading in headings] for tensor, cells in rows),
    )


def figures(tensor: TensorResult) -> dict[str, str]:
    """The text of a tensor's row under each heading; empty where there is nothing to say."""
    worst = tensor.worst if tensor.verdict != "exact" else None
    analytic, numeric = distinguishable(worst.analytic, worst.numeric) if worst else ("", "")
    return {
        "tensor": shown(tensor.name),
        # The verdict stands before the figures that it comes from: it is what a person looks for.
        "verdict": verdict_word(tensor),
        "shape": shape_text(tensor.shape),
        "entries": str(tensor.entries),
        "wrong": str(tensor.wrong),
        "max |a − n|": figure(tensor.max_abs_error),
        "max rel error": figure(tensor.max_rel_error),
        "error/bound": figure(tensor.max_error_over_bound),
        "worst entry": index_text(worst.index) if worst else "",
        "analytic": analytic,
        "numeric": numeric,
    }


def _styled(tensor: TensorResult, heading: str, cell: str) -> tuple[str, str]:
    if heading == "verdict":
        return cell, verdict_style(tensor)
    return cell, "bold red" if heading == "wrong" and cell != "0" else ""


def _print_list(page: Page, rows: Sequence[Row], indent: int) -> None:
    for tensor, cells in rows:
        page.line((cells["tensor"], "bold"), "  ", (cells["verdict"], verdict_style(tensor)), indent=indent)
        pairs = (f"{key}: {cell}" for key, cell in cells.items() if key not in ("tensor", "verdict") and cell)
        page.items(pairs, indent=indent + 2)


def _print_wrong(page: Page, tensors: Iterable[TensorResult], *, indent: int) -> None:
    """Each wrong tensor in a sentence: "wrong dx: 27 of 384 entries, worst at [0, 2, 7, 1]: backward gives 0, …"."""
    for tensor in tensors:
        if tensor.verdict == "wrong":
            page.prose(f" {wrong_text(tensor)}", lead="wrong", style=STYLES["wrong"], indent=indent, hanging=4)


def _print_worst(page: Page, tensors: Iterable[TensorResult], *, indent: int) -> None:
    """The worst entries that have no columns in a narrow table, but for wrong tensors, whose sentence holds theirs."""
    for tensor in tensors:
        if tensor.worst is not None and tensor.verdict not in ("exact", "wrong"):
            analytic, numeric = distinguishable(tensor.worst.analytic, tensor.worst.numeric)
            number = f"direction {tensor.worst.index[0]}" if only_directions(tensor) else index_text(tensor.worst.index)
            where = f"worst of {shown(tensor.name)} {number}"
            page.items((where, f"analytic {analytic}", f"numeric {numeric}"), indent=indent, hanging=4)
