"""`Draws`: random numbers that depend on a seed alone, whatever the machine, and whatever else draws any."""

from __future__ import annotations

from math import prod
from random import Random
from typing import Any

import numpy as np

from convcheck.spec.sizes import Shape

# Python draws no more than 2³¹ bits at a time.
PIECE = 2**24


class Draws:
    """A stream of arrays. The same seed and the same calls give the same bits.

    Python's Mersenne Twister, whose bytes become arrays. To import numpy.random takes longer than a small check does:
    it is asked for the normal distribution alone.
    """

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._numpy: np.random.Generator | None = None

    def integers(self, low: int, high: int, shape: Shape) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Integers with low ≤ i < high, at most 2³² of them to choose from, all as likely but for a 2³²th."""
        words = self._words("<u4", shape).astype(np.uint64) * np.uint64(high - low)
        return (words >> np.uint64(32)).astype(np.int64) + low

    def signs(self, shape: Shape) -> np.ndarray[Any, np.dtype[np.int64]]:
        """-1 and 1."""
        return 2 * self.integers(0, 2, shape) - 1

    def uniform(self, low: float, high: float, shape: Shape = ()) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Numbers with low ≤ u < high, of 53 random bits each."""
        return np.asarray(low + (high - low) * ((self._words("<u8", shape) >> np.uint64(11)) * 2.0**-53))

    def order(self, count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The numbers from 0 to count - 1 in any order."""
        return np.argsort(self._words("<u8", (count,)), kind="stable")

    def normal(self, shape: Shape) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The standard normal distribution."""
        if self._numpy is None:
            self._numpy = np.random.Generator(np.random.PCG64(self._random.getrandbits(128)))
        return self._numpy.standard_normal(shape)

    def _words(self, form: str, shape: Shape) -> np.ndarray[Any, np.dtype[Any]]:
        size = prod(shape) * np.dtype(form).itemsize
        pieces = (self._random.randbytes(min(PIECE, size - done)) for done in range(0, size, PIECE))
        return np.frombuffer(b"".join(pieces), form).reshape(shape)
