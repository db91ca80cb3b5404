"""The sizes of a spec worked out: shapes, (1.2), what no window reads, how many windows cover each entry."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from convcheck.explain.axes import Sliding, beside_in_words, count_of_windows, reached_in_words, runs, sliding_axes
from convcheck.explain.blocks import UNREAD, Block, Cell, Columns, Formula, NumberGrid, NumberGrids, Prose, Section
from convcheck.explain.subject import Explained
from convcheck.layers.locality import All, Same
from convcheck.spec.showing import listed, shape_text

# Rows and columns of a grid that a page has room for.
MOST_ROWS, MOST_COLUMNS = 14, 18
# Stretches of indices that as many windows cover, beyond which they are not listed.
MOST_RUNS = 12


def sizes_section(explained: Explained) -> Section:
    """Shapes, and for each axis with windows how many there are."""
    layer, facts, sizes = explained.layer, explained.facts, explained.check.sizes
    rows = [
        (name, layer.shapes.get(name, ""), shape_text(shape)) for name, shape in sizes.shapes().items() if name != "out"
    ]
    rows.append(("out", "", shape_text(facts.output)))
    blocks: list[Block] = [Columns((("", False), ("axes", False), ("shape", False)), tuple(rows))]
    if several := beside_in_words(explained):
        blocks.append(Prose(several))
    windows = _windows(explained)
    if windows:
        lines = tuple(count_of_windows(along, sizes) + "  (1.2)" for along in windows)
        blocks.append(Formula(lines))
        blocks.append(Prose(" ".join(_left_over(along) for along in windows)))
    return Section("Sizes", tuple(blocks))


def reach_section(explained: Explained) -> Section:
    """Which outputs an entry of each input reaches, and how many windows cover it."""
    facts = explained.facts
    rows = []
    for claim in facts.inputs:
        name = f"{claim.name}[{', '.join(claim.axes)}]" if claim.axes else claim.name
        how = {"linear": "linear", "kinked": "piecewise linear", "smooth": "smooth"}[claim.kind]
        rows.append((name, reached_in_words(facts, claim.name), how))
    heading = (("an entry of", False), ("reaches outputs of", False), ("and out in it is", False))
    blocks: list[Block] = [Columns(heading, tuple(rows))]
    windows = _windows(explained)
    if windows:
        blocks += _coverage(windows)
    blocks += _shared(explained)
    return Section("What an entry reaches", tuple(blocks))


def _windows(explained: Explained) -> tuple[Sliding, ...]:
    return sliding_axes(explained)


def _left_over(along: Sliding) -> str:
    unread = [index for index, number in enumerate(along.covering) if not number]
    noun = f"{along.letter}2"
    if not along.left_over and not unread:
        return f"{noun}: nothing is left over."
    said = (
        f"{noun}: {along.left_over} left over behind the last window"
        if along.left_over
        else f"{noun}: gaps between windows"
    )
    if not unread:
        return f"{said}, all of it padding."
    which = [text for text, number in runs(along.covering) if not number]
    letter = along.letter.lower()
    some = (
        f"{letter} = {listed(which)}" if len(which) <= MOST_RUNS // 2 else f"{len(unread)} of {along.length} {letter}"
    )
    return f"{said}; no window reads {some}: the gradient there is 0."


def _coverage(windows: tuple[Sliding, ...]) -> Iterator[Block]:
    """How many windows cover an entry, along each axis and in a grid of the last two."""
    most = 1
    for along in windows:
        most *= max(along.covering)
        parts = [f"{text}: {number}" for text, number in runs(along.covering)]
        few = f"{min(along.covering)} to {max(along.covering)} each"
        yield Formula(
            (f"windows over {along.letter.lower()} = {', '.join(parts) if len(parts) <= MOST_RUNS else few}",)
        )
    if len(windows) >= 2:
        rows, columns = windows[-2], windows[-1]
        if rows.length <= MOST_ROWS and columns.length <= MOST_COLUMNS:
            cells = tuple(
                tuple(Cell(str(r * c), UNREAD if r * c == 0 else "") for c in columns.covering) for r in rows.covering
            )
            labels = tuple(map(str, range(rows.length))), tuple(map(str, range(columns.length)))
            yield NumberGrids((NumberGrid("how many windows cover each entry of an image", cells, *labels),))
    if most > 1:
        yield Prose(
            f"Up to {most} windows cover an entry, and each adds to its gradient: where that is assigned with = and "
            "not added with +=, all but the last are lost."
        )
    else:
        yield Prose("No two windows overlap: = in place of += makes no difference at these sizes, and is not seen.")


def _shared(explained: Explained) -> Iterator[Block]:
    """Which entries share statistics, where a layer has them of each channel; and what a reshape would mix."""
    claim = explained.facts.inputs[0]
    own = [axis for axis, tie in enumerate(claim.ties) if isinstance(tie, Same)]
    rest = [axis for axis, tie in enumerate(claim.ties) if isinstance(tie, All)]
    if claim.kind != "smooth" or len(own) != 1 or len(own) + len(rest) < len(claim.shape) or not claim.axes:
        return
    (axis,), letters = own, claim.axes
    # What is shared by the entries of one channel has a scale of its own for each.
    if not any(other.ties == (claim.ties[axis],) for other in explained.facts.inputs[1:]):
        return
    others = prod(claim.shape[one] for one in rest)
    same = letters[axis]
    yield Prose(
        f"The {others} entries of {claim.name} with one {same}, over every {listed([letters[one] for one in rest])}, "
        "share their statistics: each moves the outputs of all of them."
    )
    if axis == len(claim.shape) - 1 or len(claim.shape) < 3:
        return
    yield from _mixed(claim.name, claim.shape, letters, axis)


def _mixed(name: str, shape: tuple[int, ...], letters: tuple[str, ...], axis: int) -> Iterator[Block]:
    """What a reshape to rows of channels puts in one column, if the channels were not moved last before."""
    width = shape[axis]
    indices = np.stack(np.unravel_index(np.arange(prod(shape)), shape), -1).reshape(-1, width, len(shape))
    column = indices[:, 0]
    counts = np.bincount(column[:, axis], minlength=width)
    if np.count_nonzero(counts) < 2:
        return
    first = ", ".join(f"{name}[{', '.join(map(str, one))}]" for one in column[:4].tolist())
    told = ", ".join(
        f"{number} with {letters[axis]} = {value}" for value, number in enumerate(counts.tolist()) if number
    )
    yield Prose(
        f"{name}.reshape(-1, {width}) without moving axis {letters[axis]} last would mix them (chapter 2): its column "
        f"0 begins {first}, and of its {len(column)} entries there are {told}. Move the axis first: "
        f"np.moveaxis({name}, {axis}, -1).reshape(-1, {width})."
    )
