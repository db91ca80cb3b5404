"""Probe groups: entries of an input that share no output, perturbed together in one probe.

The groups of a tensor are the product of the groups of its axes: `Same` gives one, `Window` and `Spread` a greedy
colouring (never more colours than the window is long), `All` one for each index. The images of a layer that slides an
H1 by W1 window over C channels take C·H1·W1 groups, whatever their number and size.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.layers.locality import All, Same, Spread, Tie, Window
from convcheck.spec.sizes import Shape


class Group(NamedTuple):
    """`entries`: flat indices into the input. `owner`: for each output, flat, the position in `entries` of the one
    entry that may reach it, or len(entries) where none does: the `strays`, as flat indices into the output.
    """

    entries: Array
    owner: Array
    strays: Array


class _AxisGroup(NamedTuple):
    """The indices of one input axis that move together; `owner[o]` is the position of output o's owner, -1 for none."""

    indices: Array
    owner: Array | None
    out_axis: int = -1


def no_locality(shape: Shape) -> tuple[Tie, ...]:
    """The ties that assume nothing: any entry may reach any output, so each is probed by itself."""
    return (All(),) * len(shape)


# One check asks several times.
@lru_cache
def count_groups(shape: Shape, ties: tuple[Tie, ...], output: Shape) -> int:
    """How many probes `groups` will ask for; counted without making them."""
    count = 1
    for length, tie in zip(shape, ties, strict=True):
        match tie:
            case All():
                count *= length
            case Window() | Spread():
                count *= max(colours(length, tie, output[tie.axis])) + 1
    return count


def groups(shape: Shape, ties: Sequence[Tie], output: Shape) -> Iterator[Group]:
    """The probe groups of an input of `shape` in a layer whose output has shape `output`.

    Each entry is in exactly one group. An input of no axes (a scalar) is one group that owns every output.
    """
    axes = [_axis_groups(n, tie, output) for n, tie in zip(shape, ties, strict=True)]
    tied = [i for i, tie in enumerate(ties) if not isinstance(tie, All)]
    free = [i for i, tie in enumerate(ties) if isinstance(tie, All)]
    strides = [prod(shape[i + 1 :]) for i in range(len(shape))]
    for tied_choice in product(*(axes[i] for i in tied)):
        base, owner = _own(tied_choice, [strides[i] for i in tied], output)
        strays = (owner == len(base)).nonzero()[0]
        for free_choice in product(*(axes[i] for i in free)):
            offset = sum(int(a.indices[0]) * strides[i] for a, i in zip(free_choice, free, strict=True))
            yield Group(base + offset, owner, strays)


# Axes of one length come up in check after check.
@lru_cache
def colours(length: int, window: Window | Spread, outputs: int) -> tuple[int, ...]:
    """A colour for each index of an axis; indices of one colour reach disjoint sets of outputs."""
    last: list[int] = []
    colour = []
    for i in range(length):
        first, final = reach(i, window, outputs)
        free = next((c for c, end in enumerate(last) if end < first), None)
        if first > final:
            free = 0
        if free is None or not last:
            free = len(last)
            last.append(-1)
        last[free] = max(last[free], final)
        colour.append(free)
    return tuple(colour)


def reach(i: int, window: Window | Spread, outputs: int) -> tuple[int, int]:
    """First and last output index that input index i reaches; first > last where there is none."""
    if isinstance(window, Spread):
        first = i * window.stride - window.pad
        return max(0, first), min(outputs, first + window.length) - 1
    first = max(0, -((window.length - 1 - i - window.pad) // window.stride))
    return first, min(outputs - 1, (i + window.pad) // window.stride)


def reached_by(index: Sequence[int], ties: Sequence[Tie], output: Shape) -> Array:
    """Which outputs the ties let the input entry at `index` reach, a mask of the output's shape."""
    reached = np.ones(output, dtype=bool)
    for i, tie in zip(index, ties, strict=True):
        if isinstance(tie, All):
            continue
        first, last = (i, i) if isinstance(tie, Same) else reach(i, tie, output[tie.axis])
        indices = np.arange(output[tie.axis])
        within = (first <= indices) & (indices <= last)
        reached &= within.reshape([-1 if a == tie.axis else 1 for a in range(len(output))])
    return reached


def _axis_groups(length: int, tie: Tie, output: Shape) -> list[_AxisGroup]:
    match tie:
        case All():
            return [_AxisGroup(np.array([i]), None) for i in range(length)]
        case Same(axis):
            return [_AxisGroup(np.arange(length), np.arange(output[axis]), axis)]
        case Window(axis) | Spread(axis):
            colour = np.array(colours(length, tie, output[axis]))
            return [_window_group(np.flatnonzero(colour == c), tie, output) for c in range(colour.max() + 1)]


def _window_group(indices: Array, window: Window | Spread, output: Shape) -> _AxisGroup:
    owner = np.full(output[window.axis], -1)
    for position, i in enumerate(indices):
        first, final = reach(int(i), window, output[window.axis])
        owner[first : final + 1] = position
    return _AxisGroup(indices, owner, window.axis)


def _own(choice: Sequence[_AxisGroup], strides: Sequence[int], output: Shape) -> tuple[Array, Array]:
    """Flat entries of the tied axes' choice, and each output's owner among them."""
    entries = np.zeros(1, dtype=np.intp)
    # Kept at length 1 on the axes that nothing is tied to, which are most of them, and broadcast at the end.
    owner = np.zeros((1,) * len(output), dtype=np.intp)
    none = np.zeros(owner.shape, dtype=bool)
    for axis, stride in zip(choice, strides, strict=True):
        entries = (entries[:, None] + axis.indices * stride).ravel()
        assert axis.owner is not None
        owner_here = axis.owner.reshape([-1 if a == axis.out_axis else 1 for a in range(len(output))])
        owner = owner * len(axis.indices) + owner_here
        none = none | (owner_here < 0)
    everywhere = np.empty(output, dtype=np.intp)
    everywhere[...] = np.where(none, len(entries), owner)
    return entries, everywhere.reshape(-1)
