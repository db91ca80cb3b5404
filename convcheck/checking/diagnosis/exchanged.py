"""Gradients of the same shape that stand in each other's place: only their values tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from convcheck.checking.contract.findings import swapped
from convcheck.checking.result import Finding
from convcheck.layers.layer import Array

# As near as rounding may leave two values of which each is right: far above rounding, far below any bug.
NEAR = 1e-6


def find_exchanged(names: Sequence[str], wrong: Mapping[int, tuple[Array, Array]]) -> list[Finding]:
    """A finding where wrong gradients are the right ones of other inputs.

    `names` are those of all inputs. `wrong` has, by an input's position, what backward gave and what is right.
    """
    order = list(range(len(names)))
    for position, (_, right) in wrong.items():
        for other, (given, _) in wrong.items():
            if other != position and _same(given, right):
                order[position] = other
    moved = [i for i, place in enumerate(order) if i != place]
    if not moved or sorted(order) != list(range(len(order))):
        return []
    return [swapped(["d" + name for name in names], order)]


def _same(given: Array, right: Array) -> bool:
    """Whether one is the other, which is not zero everywhere."""
    if given.shape != right.shape or not np.isfinite(given).all() or not right.any():
        return False
    return bool((np.abs(given - right) <= NEAR * np.abs(right).max()).all())
