"""Which outputs an input entry can reach, said axis by axis: one tie for each axis of the input.

conv       x: (Same(0), All(), Window(2, H1, stride, pad), Window(3, W1, stride, pad))
           w: (Same(1), All(), All(), All())           b: (Same(1),)
"""

from typing import NamedTuple


class Same(NamedTuple):
    """Input index i reaches only outputs whose index along output axis `axis` is i."""

    axis: int


class All(NamedTuple):
    """An index along this axis says nothing about which outputs are reached."""


class Window(NamedTuple):
    """Input index i reaches only outputs o along `axis` with o·stride ≤ i + pad < o·stride + length."""

    axis: int
    length: int
    stride: int = 1
    pad: int = 0


class Spread(NamedTuple):
    """The other way round: input index i reaches only outputs o along `axis` with i·stride ≤ o + pad < i·stride +
    length.
    """

    axis: int
    length: int
    stride: int = 1
    pad: int = 0


Tie = Same | All | Window | Spread
