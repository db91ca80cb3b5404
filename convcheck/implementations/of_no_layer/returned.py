"""Several outputs as one array, and gradients in the order of the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convcheck.implementations.errors.raised import Raised, WrongReturn
from convcheck.implementations.received import received
from convcheck.layers.layer import Array
from convcheck.layers.words import normal

Shapes = Sequence[tuple[int, ...]]


def side_by_side(outputs: Sequence[Any]) -> tuple[Array, Shapes]:
    """All entries of several outputs in one row, and what shapes they had. Raises Raised for what is no array."""
    arrays = []
    for number, output in enumerate(outputs):
        got = received(output)
        if got.values is None:
            raise Raised("forward", WrongReturn(f"returned {got.described} as output {number}, expected numbers"))
        arrays.append(got.values)
    return np.concatenate([a.ravel() for a in arrays]), [a.shape for a in arrays]


def taken_apart(row: Array, shapes: Shapes) -> list[Array]:
    """The arrays of these shapes that stand in one row."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(row, ends[:-1]), shapes, strict=True)]


def in_order(returned: Any, names: Sequence[str], wanted: Sequence[str]) -> Any:
    """The gradients of the inputs `wanted`, of what backward returned for all of `names`; as it is where that differs.

    A dictionary may call them dx or x. None stands for no gradient, which those that are not differentiated have.
    """
    # By its type: what it says of its class is code under test as well.
    kind = type(returned)
    if issubclass(kind, dict):
        by_name = {normal(str(key)).removeprefix("grad"): value for key, value in returned.items()}
        found = [by_name.get("d" + normal(name), by_name.get(normal(name))) for name in names]
        if any(value is None for name, value in zip(names, found, strict=True) if name in wanted):
            return returned
        returned, kind = tuple(found), tuple
    if not issubclass(kind, (tuple, list)):
        return returned
    if len(returned) == len(names) > len(wanted):
        return tuple(value for name, value in zip(names, returned, strict=True) if name in wanted)
    return returned[0] if len(returned) == 1 == len(wanted) else returned
