"""Where a tensor is wrong or undecided, cell by cell: what a person is shown of it as a picture."""

from __future__ import annotations

from collections.abc import Sequence

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
from convcheck.layers.locality import Same, Window
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
    a, n, b, is_wrong, is_open = (each.reshape(-1) for each in (analytic, numeric, bound, wrong, undecided))
    with np.errstate(all="ignore"):
        error = np.abs(a - n)
        ratio = np.where(b > 0, error / b, np.where(error > 0, np.inf, 0.0))
    ratio = np.where(np.isnan(error) & ~(a == n), np.inf, ratio)
    state = np.where(is_wrong, 4, np.where(is_open, 3, np.where(a == n, 1, 2)))
    state = state if seen is None else np.where(seen.reshape(-1), state, 0)
    block = _block_for(analytic.shape)
    cells = tuple(-(-length // size) for length, size in zip(analytic.shape, block, strict=True))
    chosen = _gravest(analytic.shape, block, state, ratio)
    # -0 is 0: no report is to show a difference between them.
    values = ((array[chosen].astype(np.float64) + 0.0).tolist() for array in (ratio, a, n))
    return TensorMap(cells, block, "".join(STATES[each] for each in state[chosen].tolist()), *map(tuple, values))


def _block_for(shape: Shape) -> Shape:
    """Blocks, doubled along whatever axis has most cells, until there are few enough of them."""
    block = [1] * len(shape)
    cells = list(shape)
    while np.prod(cells, dtype=float) > MOST_CELLS:
        longest = cells.index(max(cells))
        block[longest] *= 2
        cells[longest] = -(-shape[longest] // block[longest])
    return tuple(block)


def _gravest(shape: Shape, block: Shape, state: Array, ratio: Array) -> Array:
    """For each cell the flat index of the gravest of its entries: by its state, then by its ratio."""
    if max(block, default=1) == 1:
        return np.arange(state.size)
    cell = np.zeros(shape, dtype=np.int64)
    for axis, (length, size) in enumerate(zip(shape, block, strict=True)):
        index = (np.arange(length) // size).reshape([-1 if other == axis else 1 for other in range(len(shape))])
        cell = cell * -(-length // size) + index
    by_ratio = np.argsort(ratio, kind="stable")
    order = by_ratio[np.argsort(state[by_ratio], kind="stable")]
    gravest = np.zeros(int(cell.max(initial=0)) + 1, dtype=np.int64)
    # Of several values for one place the last one stays.
    gravest[cell.reshape(-1)[order]] = order
    return gravest


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
            if isinstance(tie, (Same, Window)):
                letters.setdefault(tie.axis, letter)
    if len(letters) == len(shape):
        return tuple(letters[axis] for axis in sorted(letters))
    return next((claim.axes for claim in claims if claim.shape == shape), ())
