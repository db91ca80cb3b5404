"""`Draws`: random numbers that depend on a seed alone, whatever the machine, and whatever else draws any."""

from __future__ import annotations

from functools import cached_property
from math import prod
from random import Random
from typing import Any

import numpy as np

from convcheck.spec.sizes import Shape

# Bytes of an array from which on NumPy draws it, in a tenth of the time. Python would draw no more than 2²⁸.
MANY = 2**20


class Draws:
    """A stream of arrays. The same seed and the same calls give the same bits.

    Python's Mersenne Twister, whose bytes become arrays. To import numpy.random takes longer than a small check does:
    it is asked for the normal distribution, and for arrays that are large.
    """

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def integers(self, low: int, high: int, shape: Shape) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Integers with low ≤ i < high, at most 2³² of them to choose from, all as likely but for a 2³²th."""
        numbers = self._words("<u4", shape).astype(np.uint64)
        numbers *= high - low
        numbers >>= 32
        chosen = numbers.view(np.int64)
        chosen += low
        return chosen

    def signs(self, shape: Shape) -> np.ndarray[Any, np.dtype[np.int64]]:
        """-1 and 1."""
        signs = (self._words("<u4", shape) >> 31).astype(np.int64)
        signs *= 2
        signs -= 1
        return signs

    def uniform(self, low: float, high: float, shape: Shape = ()) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Numbers with low ≤ u < high, of 53 random bits each."""
        numbers = np.asarray((self._words("<u8", shape) >> 11) * 2.0**-53)
        numbers *= high - low
        numbers += low
        return numbers

    def order(self, count: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The numbers from 0 to count - 1 in any order."""
        return np.argsort(self._words("<u8", (count,)), kind="stable")

    def normal(self, shape: Shape) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The standard normal distribution."""
        return self._generator.standard_normal(shape)

    def _words(self, form: str, shape: Shape) -> np.ndarray[Any, np.dtype[Any]]:
        size = prod(shape) * int(form[-1])
        if size < MANY:
            return np.frombuffer(self._random.randbytes(size), form).reshape(shape)
        words = self._generator.bit_generator.random_raw(-(-size // 8)).astype("<u8", copy=False)
        return words.view(form)[: prod(shape)].reshape(shape)

    @cached_property
    def _generator(self) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(self._random.getrandbits(128)))
