"""Blocks: parts of an input that share no output, one for each index of the axes that input and output share.

The images of a batch, the channels of a pool, the filters of a convolution: Σ v·gradient = Σ dout·(J v) holds in each
of them by itself, and one evaluation of forward serves them all.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.layers.locality import Same, Tie
from convcheck.spec.sizes import Shape


class Blocks(NamedTuple):
    """Axis `of_input[i]` of the input is axis `of_output[i]` of the output. Without axes all is one block."""

    of_input: tuple[int, ...]
    of_output: tuple[int, ...]

    def input_sums(self, values: Array) -> Array:
        """The sum over each block of an array of the input's shape."""
        return _sums(values, self.of_input)

    def output_sums(self, values: Array) -> Array:
        """The sum over each block of an array of the output's shape."""
        return _sums(values, self.of_output)

    def at_input(self, per_block: Array, shape: Shape) -> Array:
        """What holds of its block, for each entry of an input of this shape."""
        order = np.argsort(self.of_input, kind="stable")
        lengths = [length if axis in self.of_input else 1 for axis, length in enumerate(shape)]
        return np.broadcast_to(per_block.transpose(order).reshape(lengths), shape)


def blocks_of(ties: Sequence[Tie]) -> Blocks:
    """The blocks of an input with these ties: an output axis that two of its axes are tied to counts once."""
    axes = {tie.axis: number for number, tie in reversed([*enumerate(ties)]) if isinstance(tie, Same)}
    return Blocks(tuple(axes[axis] for axis in sorted(axes)), tuple(sorted(axes)))


def _sums(values: Array, kept: Sequence[int]) -> Array:
    """Summed over all axes but those kept, in their order; pairwise, as NumPy does along the last axis."""
    if not kept:
        return np.asarray(values.reshape(-1).sum())
    order = [*kept, *(axis for axis in range(values.ndim) if axis not in kept)]
    return np.asarray(values.transpose(order).reshape(*(values.shape[axis] for axis in kept), -1).sum(axis=-1))
