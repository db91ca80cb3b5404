"""One check on the page: a heading, a row a tensor, what is wrong in words, the criterion applied, the findings.

For `-v` also a map of each tensor that is wrong or undecided, and its worst entries, one by one.
"""

from __future__ import annotations

from collections.abc import Container
from io import BytesIO, TextIOWrapper

from convcheck.checking.result import Entry, Result, TensorResult
from convcheck.reports.tables.heading import manner_texts, sizes_text
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.paragraphs import Paragraph, paragraphs
from convcheck.reports.tables.rows import print_rows
from convcheck.reports.wording.figures import figure, shown
from convcheck.reports.wording.words import STYLES, expectation, status_word
from convcheck.spec.showing import distinguishable, index_text

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


def table_text(result: Result, width: int = 100, *, verbose: bool = False, encoding: str = "utf-8") -> str:
    """One check as `convcheck run` prints it, without colour and without a line break at the end.

    It is plain text that `encoding` can carry, as far as there are stand-ins for what it cannot.
    """
    with TextIOWrapper(BytesIO(), encoding, errors="replace", newline="\n") as stream:
        print_block(Page(stream, colour=False, width=width), result, verbose=verbose)
        stream.seek(0)
        return stream.read().removesuffix("\n")


def print_block(page: Page, result: Result, *, verbose: bool, said: Container[Paragraph] = ()) -> None:
    """Print one check; with `verbose`, maps and its wrong and undecided entries one by one as well.

    What was `said` of the check before is not repeated.
    """
    _print_heading(page, result)
    if result.tensors:
        print_rows(page, result.tensors, indent=BLOCK_INDENT)
    for lead, text, style, hint in (one for one in paragraphs(result) if one not in said):
        page.prose(text, lead=lead, style=style, indent=BLOCK_INDENT, hanging=4)
        if hint:
            page.prose(f"hint: {hint}", indent=BLOCK_INDENT + 4, hanging=2)
    for tensor in result.tensors if verbose else ():
        if tensor.map is not None:
            from convcheck.reports.tables.maps import print_map

            print_map(page, tensor, indent=BLOCK_INDENT)
        _print_entries(page, tensor)


def _print_heading(page: Page, result: Result) -> None:
    remark = expectation(result)
    page.line(
        (status_word(result), STYLES[status_word(result)]),
        f" {remark}" if remark else "",
        "  ",
        (shown(result.id), "bold"),
    )
    page.prose(sizes_text(result), indent=BLOCK_INDENT, hanging=2)
    page.items(manner_texts(result), indent=BLOCK_INDENT, hanging=2)


def _print_entries(page: Page, tensor: TensorResult) -> None:
    """The wrong and undecided entries, worst first, and how many more there are."""
    if not tensor.listed:
        return
    page.line((f"entries of {shown(tensor.name)}, worst first", "dim"), indent=BLOCK_INDENT)
    rows = [entry_row(entry) for entry in tensor.listed]
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


def entry_row(entry: Entry) -> tuple[str, ...]:
    """An entry, cell by cell under ENTRY_HEADINGS."""
    analytic, numeric = distinguishable(entry.analytic, entry.numeric)
    return (
        index_text(entry.index),
        analytic,
        numeric,
        figure(abs(entry.analytic - entry.numeric)),
        figure(entry.bound),
        f"undecided: {shown(entry.undecided)}" if entry.undecided else "",
    )
