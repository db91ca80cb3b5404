"""The worst entry of a tensor, in words: where it is, what was given, what was wanted, by how much they differ."""

from __future__ import annotations

from collections.abc import Iterable

from convcheck.checking.result import TensorResult
from convcheck.reports.figures import index_text, told_apart
from convcheck.reports.page import Page
from convcheck.reports.sentences import wrong_text
from convcheck.reports.shown import shown
from convcheck.reports.words import STYLES


def print_wrong(page: Page, tensors: Iterable[TensorResult], *, indent: int) -> None:
    """What is wrong, at a glance: "wrong dx: 27 of 384 entries, worst at [0, 2, 7, 1]: backward gives 0, …"."""
    for tensor in tensors:
        if tensor.verdict == "wrong":
            page.prose(f" {wrong_text(tensor)}", lead="wrong", style=STYLES["wrong"], indent=indent, hanging=4)


def print_worst(page: Page, tensors: Iterable[TensorResult], *, indent: int) -> None:
    """The worst entries that have no columns of their own in a narrow table; the wrong ones are said in words."""
    for tensor in tensors:
        if tensor.worst is not None and tensor.verdict not in ("exact", "wrong"):
            analytic, numeric = told_apart(tensor.worst.analytic, tensor.worst.numeric)
            where = f"worst of {shown(tensor.name)} {index_text(tensor.worst.index)}"
            page.items((where, f"analytic {analytic}", f"numeric {numeric}"), indent=indent, hanging=4)
