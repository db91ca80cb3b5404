"""One output, and where it comes from: the window on the padded image, the filter over it, channel by channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from convcheck.explain.axes import Sliding, equation_of, sliding_axes
from convcheck.explain.blocks import (
    CHOSEN,
    PADDING,
    UNREAD,
    WINDOW,
    Block,
    Cell,
    Formula,
    NumberGrid,
    NumberGrids,
    Prose,
    Section,
)
from convcheck.explain.relation import NOTHING, output_relation
from convcheck.explain.subject import Explained, text_of
from convcheck.layers.layer import Array
from convcheck.layers.locality import Same
from convcheck.spec.showing import count, index_text, numeral

# Channels of which there is a picture; rows and columns around a window, where an image is larger than a page.
MOST_CHANNELS = 3
MOST_ROWS, MOST_COLUMNS, AROUND = 12, 8, 2


def place_section(explained: Explained, index: tuple[int, ...]) -> Section:
    """Where the output at an index comes from, of a layer with windows. Raises `Raised`."""
    blocks: list[Block] = [Formula((equation,))] if (equation := equation_of(explained, "forward")) else []
    blocks += _window(explained, sliding_axes(explained), index)
    return Section(f"out{index_text(index)}", tuple(blocks))


def _window(explained: Explained, windows: Sequence[Sliding], index: tuple[int, ...]) -> Iterator[Block]:
    claim = explained.facts.inputs[0]
    x = explained.right.data.inputs[0].astype(np.float64)
    factors = explained.right.rows_at(index)[0]
    starts = [index[along.tie.axis] * along.tie.stride - along.tie.pad for along in windows]
    where = ", ".join(
        f"{along.letter.lower()} = {start} to {start + along.tie.length - 1}"
        for along, start in zip(windows, starts, strict=True)
    )
    yield Prose(f"Its window lies over {where} of {claim.name}; what is below 0 or beyond the image is padding.")
    shown = [along.axis for along in windows[-2:]]
    others = [axis for axis in range(len(claim.shape)) if axis not in shown]
    # Along which indices of the other axes there may be a picture.
    along_axes: dict[int, Sequence[int]] = {axis: range(claim.shape[axis]) for axis in others}
    along_axes |= {a: [index[tie.axis]] for a, tie in enumerate(claim.ties) if a in others and isinstance(tie, Same)}
    for along, start in zip(windows[:-2], starts[:-2], strict=True):
        along_axes[along.axis] = range(max(0, start), min(along.length, start + along.tie.length))
    places = [*product(*along_axes.values())]
    # Of channels in other groups than the filter's there is nothing to see.
    live = [place for place in places if factors[_slice(claim.shape, others, place)].any()] or places
    for place in live[:MOST_CHANNELS]:
        at = _slice(claim.shape, others, place)
        named = ", ".join("·" if axis in shown else str(place[others.index(axis)]) for axis in range(len(claim.shape)))
        image, over = np.atleast_2d(x[at]), np.atleast_2d(factors[at])
        last = list(windows[-2:]) if len(shown) == 2 else [None, windows[-1]]
        firsts = starts[-2:] if len(shown) == 2 else [0, starts[-1]]
        yield NumberGrids((_image(f"{claim.name}[{named}], padded", image, over, last, firsts),))
        if claim.kind == "linear":
            yield _products(image, over, last, firsts)
    if len(live) > MOST_CHANNELS:
        yield Prose(f"and {count(len(live) - MOST_CHANNELS, 'more picture')} like these, which are added up as well.")
    yield from _sum(explained, index, x, factors, live, others)


def _slice(shape: tuple[int, ...], others: Sequence[int], place: tuple[int, ...]) -> tuple[int | slice, ...]:
    return tuple(place[others.index(axis)] if axis in others else slice(None) for axis in range(len(shape)))


def _image(
    title: str, image: Array, factors: Array, windows: Sequence[Sliding | None], starts: Sequence[int]
) -> NumberGrid:
    """The image with its padding; in brackets what the window reads."""
    ranges, cut = [], False
    for length, along, start, most in zip(image.shape, windows, starts, (MOST_ROWS, MOST_COLUMNS), strict=True):
        pad = along.tie.pad if along else 0
        first, last = -pad, length + pad - 1
        if length > most and along:
            around = max(1, min(AROUND, (most - along.tie.length) // 2))
            first, last = max(first, start - around), min(last, start + along.tie.length - 1 + around)
            cut = True
        ranges.append(range(first, last + 1))
    chosen = _winner(factors)
    # What is read, and what by this window, along both axes.
    read = [{i for i, number in enumerate(along.covering) if number} if along else {0} for along in windows]
    window = [set(indices) for indices in _indices(windows, starts)]
    rows = tuple(tuple(_cell(image, (i, j), window, read, chosen) for j in ranges[1]) for i in ranges[0])
    labels = tuple(tuple("" if windows[axis] is None else str(i) for i in ranges[axis]) for axis in (0, 1))
    return NumberGrid(title, rows, labels[0], labels[1], cut)


def _winner(factors: Array) -> tuple[int, int] | None:
    """The one entry that the output is, where it is one and its factor 1."""
    found = np.argwhere(factors)
    return tuple(map(int, found[0])) if len(found) == 1 and factors[tuple(found[0])] == 1 else None  # type: ignore[return-value]


def _indices(windows: Sequence[Sliding | None], starts: Sequence[int]) -> list[range]:
    """The rows and the columns of a window; of a picture of one row that row."""
    return [along.window(start) if along else range(1) for along, start in zip(windows, starts, strict=True)]


def _is_inside(place: tuple[int, int], image: Array) -> bool:
    return all(0 <= i < n for i, n in zip(place, image.shape, strict=True))


def _cell(
    image: Array,
    place: tuple[int, int],
    window: Sequence[set[int]],
    read: Sequence[set[int]],
    chosen: tuple[int, int] | None,
) -> Cell:
    in_window = all(i in indices for i, indices in zip(place, window, strict=True))
    if not _is_inside(place, image):
        return Cell("0", WINDOW if in_window else PADDING)
    mark = CHOSEN if in_window and place == chosen else WINDOW if in_window else ""
    is_read = all(i in indices for i, indices in zip(place, read, strict=True))
    return Cell(text_of(image[place]), mark or ("" if is_read else UNREAD))


def _products(image: Array, factors: Array, windows: Sequence[Sliding | None], starts: Sequence[int]) -> NumberGrids:
    """What the window reads, times the filter over it, entry by entry."""
    rows, columns = _indices(windows, starts)

    def grid(title: str, values: Array) -> NumberGrid:
        def cell(place: tuple[int, int]) -> Cell:
            return Cell(text_of(values[place])) if _is_inside(place, image) else Cell("0", PADDING)

        cells = tuple(tuple(cell((i, j)) for j in columns) for i in rows)
        return NumberGrid(title, cells, ("",) * len(rows), ("",) * len(columns))

    total = float((image * factors).sum())
    return NumberGrids(
        (grid("window", image), grid("filter", factors), grid(f"Σ = {numeral(total)}", image * factors)), ("×", "=")
    )


def _sum(
    explained: Explained,
    index: tuple[int, ...],
    x: Array,
    factors: Array,
    places: Sequence[tuple[int, ...]],
    others: Sequence[int],
) -> Iterator[Block]:
    """The sum that gives the output."""
    name, value = f"out{index_text(index)}", explained.right.value("forward", index)
    parts = [float((x * factors)[_slice(x.shape, others, place)].sum()) for place in places]
    left = value - float((x * factors).sum())
    terms = _added(parts[:6]) + (f" + … ({len(parts)} in all)" if len(parts) > 6 else "")
    if explained.facts.inputs[0].kind != "linear":
        winner = np.argwhere(factors)
        if len(winner) == 1:
            yield Formula(
                (f"{name} = {explained.layer.input_names[0]}{index_text(winner[0].tolist())} = {numeral(value)}",)
            )
        return
    if abs(left) > NOTHING * abs(value):
        relation = output_relation(explained, index)
        beside = relation.beside_name if relation is not None else ""
        terms += f" {_signed(left)}{f' ({beside})' if beside else ''}"
    yield Formula((f"{name} = {terms} = {numeral(value)}",))


def _added(numbers: Sequence[float]) -> str:
    first, *others = numbers
    return " ".join([f"{numeral(first)}", *map(_signed, others)])


def _signed(number: float) -> str:
    return f"{'-' if number < 0 else '+'} {numeral(abs(number))}"
