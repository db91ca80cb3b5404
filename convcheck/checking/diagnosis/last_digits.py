"""Entries that differ in their last digits where all others are equal to the last bit.

On data that leaves nothing to round, code that only adds and multiplies is right to the last bit, everywhere; a
transform (FFT, Winograd) rounds, nearly everywhere. A few entries that do what the rest does not are neither: something
is done to them alone, though the bound, which must leave room for a transform, does not call them wrong.
"""

from __future__ import annotations

import numpy as np

from convcheck.checking.agreement.compare import Compared
from convcheck.checking.agreement.criterion import Criterion
from convcheck.checking.result import Finding
from convcheck.layers.layer import Array

# One in so many entries at the most: among those of a transform, nearly all are rounded.
ONE_IN = 16
# Off by this many epsilons at least; a transform's rounding may be of any size, a slip of this size is none.
FEW = 4
HINT = (
    "look for what is done at these alone: a constant such as 0.999999, an epsilon added, a narrower dtype in a branch"
)


def lone(compared: Compared, analytic: Array, numeric: Array, criterion: Criterion, epsilon: float) -> list[Finding]:
    """A finding if few enough entries that passed are not equal, and one of them by a few `epsilon` or more."""
    if criterion.if_equal is None or compared.result.verdict != "within_bound":
        return []
    said = analytic.astype(np.float64)
    off = np.abs(said - numeric)
    count = int((off > 0).sum())
    if count * ONE_IN > off.size:
        return []
    size = np.maximum(np.abs(said), np.abs(numeric))
    if not (off > FEW * epsilon * size).any():
        return []
    name, worst = compared.result.name, compared.result.worst
    assert worst is not None
    entries = "1 entry differs" if count == 1 else f"{count} entries differ"
    index = ", ".join(map(str, worst.index))
    what = "the output" if name == "forward" else name
    message = (
        f"{entries} in the last digits, and {off.size - count} of {what} are equal to the last bit: "
        f"[{index}] is {worst.analytic!r}, expected {worst.numeric!r}"
    )
    return [Finding("last-digits", "warning", message, name, HINT)]
