"""A batchnorm in test mode whose dx is that of train mode, where mean and variance move with x."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convcheck.checking.result import Finding
from convcheck.layers.layer import Array, Input
from convcheck.layers.locality import Same

# Of Σ|dx|: above the rounding of float32 in a sum, far below what is left of a sum by chance.
LITTLE = 1e-5


def train_formula(name: str, claim: Input, analytic: Array, numeric: Array) -> Iterator[Finding]:
    """A finding where every column of dx adds up to zero, and should not.

    In train mode it does, since a column that is moved as a whole has the same output. It still does where dmean and
    dvar are carried through in test mode. The closed formula over the running statistics leaves no such trace.
    """
    if claim.kind != "linear" or claim.name != "x" or not all(isinstance(tie, Same) for tie in claim.ties):
        return
    if analytic.shape != numeric.shape or numeric.ndim < 2 or not np.isfinite(analytic).all():
        return
    given, right = (np.moveaxis(a, 1, 0).reshape(a.shape[1], -1) for a in (analytic, numeric))
    if given.shape[1] > 1 and _adds_up(given).all() and not _adds_up(right).any():
        yield Finding(
            "train-formula",
            "note",
            f"{name} adds up to zero in every column, as it does in train mode: this is test mode, where it need not",
            name,
            "in test mode mean and variance are constants: dx = dout · gamma / √(running_var + eps)",
        )


def _adds_up(columns: Array) -> Array:
    """Which columns add up to zero, as far as rounding lets them."""
    return np.asarray(np.abs(columns.sum(axis=1)) <= LITTLE * np.abs(columns).sum(axis=1))
