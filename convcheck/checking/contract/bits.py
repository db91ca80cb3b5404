"""Whether two arrays are the same to the bit."""

from collections.abc import Sequence
from typing import Any

import numpy as np

# Bytes of a float64, and of a complex number of two.
WIDEST = {"f": 8, "c": 16}


def same_bits(a: Any, b: Any) -> bool:
    """Equal shape, dtype and bits: NaN equals NaN, and 0.0 is not -0.0."""
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return False
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.itemsize > WIDEST.get(a.dtype.kind, a.dtype.itemsize):
        # Some bytes of an extended double are padding: they mean nothing, and hold anything.
        return all(map(_same_values, (a.real, a.imag), (b.real, b.imag)))
    return a.tobytes() == b.tobytes()


def same_bits_all(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """`same_bits` for every pair, and as many of them."""
    return len(first) == len(second) and all(map(same_bits, first, second))


def _same_values(a: Any, b: Any) -> bool:
    return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a), np.signbit(b))
