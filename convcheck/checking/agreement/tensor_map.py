"""Where a tensor is wrong or undecided, cell by cell: what a person is shown of it as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from convcheck.checking.result import (
    EQUAL,
    MOST_CELLS,
    MOST_MAPS,
    UNDECIDED,
    UNSEEN,
    WITHIN,
    WRONG,
    TensorMap,
    TensorResult,
)
from convcheck.layers.layer import Array, Input
from convcheck.layers.locality import Same, Spread, Window
from convcheck.layers.windows import indices_read
from convcheck.spec.sizes import Shape

# In the order of their gravity.
STATES = (UNSEEN, EQUAL, WITHIN, UNDECIDED, WRONG)


def map_of(
    analytic: Array, numeric: Array, bound: Array, wrong: Array, undecided: Array, seen: Array | None = None
) -> TensorMap:
    """The map of a tensor, all arrays of its shape. `seen` marks entries that were looked at by themselves, None: all.

    More than MOST_CELLS entries are put together in blocks.
    """
    block = _block_for(analytic.shape)
    arrays = [analytic, numeric, bound, wrong, undecided, *([] if seen is None else [seen])]
    if max(block, default=1) == 1:
        states, *values = [each.reshape(-1).tolist() for each in _entries(*arrays)]
    else:
        # One block after the other takes no memory beside a large tensor.
        gravest = [_gravest(*(array[part] for array in arrays)) for part in _parts(analytic.shape, block)]
        states, *values = map(list, zip(*gravest, strict=True))
    cells = tuple(-(-length // size) for length, size in zip(analytic.shape, block, strict=True))
    # -0 is 0: no report is to show a difference between them.
    ratio, a, n = (tuple(float(value) + 0.0 for value in each) for each in values)
    return TensorMap(cells, block, "".join(STATES[state] for state in states), ratio, a, n)


def _entries(
    analytic: Array, numeric: Array, bound: Array, wrong: Array, undecided: Array, seen: Array | None = None
) -> tuple[Array, ...]:
    """Of each entry the number of its state, its ratio and both values."""
    equal = analytic == numeric
    with np.errstate(all="ignore"):
        error = np.abs(analytic - numeric)
        ratio = np.where(bound > 0, error / bound, np.where(error > 0, np.inf, 0.0))
    ratio = np.where(np.isnan(error) & ~equal, np.inf, ratio)
    state = np.where(wrong, 4, np.where(undecided, 3, np.where(equal, 1, 2)))
    if seen is not None:
        state = np.where(seen, state, 0)
    return state, ratio, analytic, numeric


def _gravest(*arrays: Array) -> list[Any]:
    """What `_entries` says of the gravest entry of a block: by its state, then by its ratio."""
    state, ratio, *values = _entries(*arrays)
    chosen = int(np.where(state == state.max(), ratio, -1.0).argmax())
    return [each.flat[chosen].item() for each in (state, ratio, *values)]


def _block_for(shape: Shape) -> Shape:
    """Blocks, doubled along whatever axis has most cells, until there are few enough of them."""
    block = [1] * len(shape)
    cells = list(shape)
    while np.prod(cells, dtype=float) > MOST_CELLS:
        longest = cells.index(max(cells))
        block[longest] *= 2
        cells[longest] = -(-shape[longest] // block[longest])
    return tuple(block)


def _parts(shape: Shape, block: Shape) -> Iterator[tuple[slice, ...]]:
    """Where the blocks of a tensor are, in C order."""
    axes = (range(0, length, size) for length, size in zip(shape, block, strict=True))
    for starts in product(*axes):
        yield tuple(slice(start, start + size) for start, size in zip(starts, block, strict=True))


def on_axes(tensors: Sequence[TensorResult], claims: Sequence[Input]) -> list[TensorResult]:
    """The tensors, their first few maps with what the `claims` say of their axes, and without any others."""
    ties = {"d" + claim.name: claim for claim in claims}
    mapped = [tensor.name for tensor in tensors if tensor.map is not None]
    found = []
    for tensor in tensors:
        drawn = tensor.map
        if drawn is not None:
            drawn = _on_axes(tensor, drawn, ties.get(tensor.name), claims)
        found.append(tensor._replace(map=drawn if tensor.name in mapped[:MOST_MAPS] else None))
    return found


def _on_axes(tensor: TensorResult, drawn: TensorMap, claim: Input | None, claims: Sequence[Input]) -> TensorMap:
    axes = _letters_of_output(tensor.shape, claims) if claim is None else claim.axes
    drawn = drawn._replace(axes=axes if len(axes) == len(drawn.shape) else ())
    if claim is None or not any(isinstance(tie, Window) for tie in claim.ties):
        return drawn
    pads, unread = [], []
    for tie, length, size in zip(claim.ties, tensor.shape, drawn.block, strict=True):
        pads.append(tie.pad if isinstance(tie, Window) else 0)
        unread.append(_unread(tie, length, size) if isinstance(tie, Window) else ())
    return drawn._replace(pad=tuple(pads), unread=tuple(unread))


def _unread(window: Window, length: int, size: int) -> tuple[int, ...]:
    """The cells of `size` entries each, along an axis, of which no window reads anything."""
    padded = length + 2 * window.pad
    if window.length > padded:
        return ()
    read = np.flatnonzero(indices_read(padded, window.length, window.stride)) - window.pad
    cells = set((read[(read >= 0) & (read < length)] // size).tolist())
    return tuple(cell for cell in range(-(-length // size)) if cell not in cells)


def _letters_of_output(shape: Shape, claims: Sequence[Input]) -> tuple[str, ...]:
    """The letters of the output's axes, by the inputs that are tied to them, or by one of its shape; else ()."""
    letters: dict[int, str] = {}
    for claim in claims:
        for letter, tie in zip(claim.axes, claim.ties, strict=False):
            if isinstance(tie, (Same, Spread, Window)):
                letters.setdefault(tie.axis, letter)
    if len(letters) == len(shape):
        return tuple(letters[axis] for axis in sorted(letters))
    return next((claim.axes for claim in claims if claim.shape == shape), ())
