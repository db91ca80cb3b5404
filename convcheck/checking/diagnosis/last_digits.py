"""A few entries that differ in their last digits, where all others are equal to the last bit.

On data that leaves nothing to round, code that only adds and multiplies is right to the last bit everywhere, and a
transform (FFT, Winograd) rounds nearly everywhere. Where only a few entries differ, something is done to those alone.
They are within the bound, which has to leave room for a transform, and so they are not wrong; but they are pointed out.
"""

from __future__ import annotations

import numpy as np

from convcheck.checking.agreement.compare import Comparison
from convcheck.checking.agreement.criterion import Criterion
from convcheck.checking.result import Finding
from convcheck.layers.layer import Array

# A few entries are at most one in so many; of those of a transform, nearly all are rounded.
ONE_IN = 16
# At least one of them must differ by more than so many epsilons: a sum in another order may round by less.
EPSILONS = 4
BRANCH_HINT = (
    "look for what is done at these alone: a constant such as 0.999999, an epsilon added, a narrower dtype in a branch"
)


def check_last_digits(
    comparison: Comparison, analytic: Array, numeric: Array, criterion: Criterion, epsilon: float
) -> list[Finding]:
    """A finding if all entries passed, only a few are not equal, and one of these differs by several `epsilon`."""
    if criterion.if_equal is None or comparison.result.verdict != "within_bound":
        return []
    wide = analytic.astype(np.float64)
    off = np.abs(wide - numeric)
    count = int((off > 0).sum())
    if count * ONE_IN > off.size:
        return []
    size = np.maximum(np.abs(wide), np.abs(numeric))
    if not (off > EPSILONS * epsilon * size).any():
        return []
    name, worst = comparison.result.name, comparison.result.worst
    assert worst is not None
    entries = "1 entry differs" if count == 1 else f"{count} entries differ"
    index = ", ".join(map(str, worst.index))
    what = "the output" if name == "forward" else name
    message = (
        f"{entries} in the last digits, and {off.size - count} of {what} are equal to the last bit: "
        f"[{index}] is {worst.analytic!r}, expected {worst.numeric!r}"
    )
    return [Finding("last-digits", "warning", message, name, BRANCH_HINT)]
