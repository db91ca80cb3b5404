"""What holds for arrays, NumPy's numbers and tensors alike, whatever library they are of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod
from typing import Any


def is_array(value: Any) -> bool:
    """Whether it is an array, a NumPy scalar or a tensor."""
    return hasattr(value, "shape") and hasattr(value, "reshape") and hasattr(value, "dtype")


def copied(value: Any) -> Any:
    """A copy of an array or a tensor, and of those in a dictionary; anything else as it is."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    if not is_array(value):
        return value
    return value.clone() if hasattr(value, "clone") else value.copy()


def reshaped(array: Any, shape: Collection[int]) -> Any:
    """The array in this shape, where it has as many entries; else as it is, for the check to say."""
    fits = prod(array.shape) == prod(shape)
    return array.reshape(tuple(shape)) if fits and tuple(array.shape) != tuple(shape) else array


def without_empty(returned: Sequence[Any], wanted: int) -> Sequence[Any]:
    """What backward returned, without the None, [] and {} in it, where that is more than the `wanted` gradients.

    They stand for what has no gradient: the settings of a layer, or the weights of one that has none.
    """
    if len(returned) <= wanted:
        return returned
    return tuple(part for part in returned if part is not None and (type(part) not in (tuple, list, dict) or part))
