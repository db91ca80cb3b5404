"""Gradients of the same shape that stand in each other's place: only their values tell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from convcheck.checking.diagnosis.patterns import all_near
from convcheck.layers.layer import Array


def true_order(wrong: Mapping[int, tuple[Array, Array]], number: int) -> tuple[int, ...]:
    """For each of `number` inputs the position at which its right gradient stands: its own, unless the values say else.

    `wrong` has, by an input's position, the wrong gradient that stands there, and the right one.
    """
    order = list(range(number))
    for position, (_, right) in wrong.items():
        for other, (given, _) in wrong.items():
            if other != position and _same(given, right):
                order[position] = other
    return tuple(order) if sorted(order) == list(range(number)) else tuple(range(number))


def _same(given: Array, right: Array) -> bool:
    """Whether one is the other, which is not zero everywhere."""
    if given.shape != right.shape or not np.isfinite(given).all() or not right.any():
        return False
    return all_near(given, right)
