"""The whole explanation of a check: its sizes, what reaches what, and one output, or one entry of one tensor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convcheck.explain.axes import sliding_axes
from convcheck.explain.blocks import Cell, Explanation, NumberGrid, NumberGrids, Section
from convcheck.explain.entry import ChosenEntry, compared, entry_section
from convcheck.explain.place import place_section
from convcheck.explain.relation import output_relation
from convcheck.explain.sizes import MOST_COLUMNS, MOST_ROWS, reach_section, sizes_section
from convcheck.explain.subject import Explained


def explanation(explained: Explained, at: tuple[int, ...] | None, entries: list[ChosenEntry]) -> Explanation:
    """What is asked for: of `entries` these alone, else sizes and the output `at` an index, one in the middle if None.

    Raises `Raised` and NotWritten where the layer's reference does.
    """
    sizes = " ".join(f"{name}={_said(value)}" for name, value in explained.check.sizes.given().items())
    title = f"{explained.check.layer} {sizes}"
    if entries:
        return Explanation(title, [entry_section(explained, entry) for entry in entries])
    return Explanation(title, [*_sections(explained, middle(explained) if at is None else at)])


def middle(explained: Explained) -> tuple[int, ...]:
    """The output in the middle of the first image, of the first filter."""
    inside = {along.tie.axis for along in sliding_axes(explained)}
    return tuple(n // 2 if axis in inside else 0 for axis, n in enumerate(explained.facts.output))


def _sections(explained: Explained, at: tuple[int, ...]) -> Iterator[Section]:
    yield sizes_section(explained)
    yield reach_section(explained)
    windows = sliding_axes(explained)
    if windows:
        place = place_section(explained, at)
        if explained.own is not None:
            beside = compared(explained, ChosenEntry("forward", at), output_relation(explained, at))
            place = place._replace(blocks=(*place.blocks, *beside))
        yield place
        if explained.facts.inputs[0].kind == "kinked":
            yield from _winners(explained, at)
    else:
        yield entry_section(explained, ChosenEntry("forward", at))
        name = explained.layer.input_names[0]
        if explained.facts.inputs[0].kind == "smooth":
            yield entry_section(explained, ChosenEntry(f"d{name}", (0,) * len(explained.facts.inputs[0].shape)))


def _winners(explained: Explained, at: tuple[int, ...]) -> Iterator[Section]:
    """How many windows each entry of one image and channel is the output of."""
    claim = explained.facts.inputs[0]
    windows = sliding_axes(explained)
    if len(windows) < 2:
        return
    won = explained.right.gradients_of(np.ones(explained.right.data.dout.shape))[0]
    shown = [along.axis for along in windows[-2:]]
    place = tuple(
        slice(None) if axis in shown else at[axis] if axis < len(at) and axis < 2 else 0 for axis in range(won.ndim)
    )
    image = won[place]
    if image.shape[0] > MOST_ROWS or image.shape[1] > MOST_COLUMNS:
        return
    named = ", ".join("·" if isinstance(one, slice) else str(one) for one in place)
    cells = tuple(tuple(Cell(f"{value:g}") for value in row) for row in image)
    labels = tuple(tuple(map(str, range(n))) for n in image.shape)
    title = f"how many windows each entry of {claim.name}[{named}] wins"
    yield Section("Winners", (NumberGrids((NumberGrid(title, cells, labels[0], labels[1]),)),))


def _said(value: object) -> str:
    return "×".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
