"""Whether an entry is as it should be, by the bound that a check has: rounding in the code's dtype, or a tolerance.

A check holds gradients against differences, and allows for their error; here the layer's own gradient is known.
"""

from __future__ import annotations

import numpy as np

from convcheck.checking.agreement.compare import compare_entries
from convcheck.checking.agreement.criterion import (
    Criterion,
    derived_criterion,
    tolerance_criterion,
)
from convcheck.explain.subject import Code, Explained
from convcheck.layers.layer import Array


def is_wrong(explained: Explained, own: Code, tensor: str, index: tuple[int, ...], error: float = 0.0) -> bool:
    """Whether the code's entry of a tensor is another than the layer's; `error` is that of differences of its forward.

    Raises `Raised` and NotWritten where the code does.
    """
    values, right = own.tensor(tensor), explained.right.tensor(tensor)
    assert values is not None
    assert right is not None
    off = np.zeros(right.shape)
    off[index] = error
    tolerance = explained.check.manner.tolerance
    if tolerance is not None:
        criterion = tolerance_criterion(tolerance, values, right, off)
    else:
        criterion = _derived(explained, own, tensor, off)
    # What differences leave open the layer decides.
    if criterion.too_wide[index]:
        return is_wrong(explained, own, tensor, index) if error else False
    return bool(compare_entries(tensor, values, right, criterion, "the layer").wrong[index])


def rounding_of(explained: Explained, own: Code, tensor: str, index: tuple[int, ...], dout: Array) -> float:
    """How far the code's entry of a gradient may be off for another dout, by rounding alone."""
    return float(_derived(explained, own, tensor, np.zeros(()), dout).bound[index])


def _derived(explained: Explained, own: Code, tensor: str, error: Array, dout: Array | None = None) -> Criterion:
    subject = own.subject
    scale = explained.scale(explained.right.data.dout if dout is None else dout)[tensor]
    return derived_criterion(scale, error + 0 * scale, subject.terms[tensor], own.epsilon(tensor), subject.data.exact)
