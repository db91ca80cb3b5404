"""Maps of tensors made ready to be drawn, on a page or in a terminal: cells few enough, in panels, and in words."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, product
from typing import NamedTuple

from convcheck.checking.result import EQUAL, UNDECIDED, UNSEEN, WITHIN, WRONG, TensorMap, TensorResult
from convcheck.reports.wording.words import share_text
from convcheck.spec.showing import count, listed, numeral

GRAVITY = {UNSEEN: 0, EQUAL: 1, WITHIN: 2, UNDECIDED: 3, WRONG: 4}
# Within a panel, where there is a number for each cell: a cell of the padding, and none at all.
PADDING = -1
NOTHING = -2
# How many cells of padding are drawn on a side at most: what matters is that there is some.
MOST_PADDING = 3
# Ratios that are nearer to each other than this are one step of the scale.
ALIKE = 2.0
# Indices along an axis in so many runs are told one by one, "0, 2-4 and 7".
MOST_RUNS = 4

Panel = tuple[tuple[int, ...], ...]


class Grid(NamedTuple):
    """Panels, row by row; each is rows of the numbers of its cells, or PADDING or NOTHING.

    `labels` has the indices of each row of panels, `headings` those of each column, both empty where there is one.
    `words` says which axis runs where.
    """

    rows: tuple[tuple[Panel, ...], ...]
    labels: tuple[str, ...]
    headings: tuple[str, ...]
    words: str


class ErrorScale(NamedTuple):
    """Steps of how wrong an entry is, even in the logarithm from the least to the largest ratio of a map's."""

    least: float
    most: float
    steps: int

    def step(self, ratio: float) -> int:
        """From 1 to `steps`; what is not finite, or has no bound, is the last."""
        if not math.isfinite(ratio) or self.most < ALIKE * self.least:
            return self.steps
        share = math.log(max(ratio, self.least) / self.least) / math.log(self.most / self.least)
        return min(self.steps, 1 + int(share * self.steps))


class ValueScale(NamedTuple):
    """Steps of how large a value is, even from zero to a magnitude; what is larger is of the last step."""

    most: float
    steps: int

    def step(self, value: float) -> int:
        """0 for a zero, else 1 to `steps`, with the sign of the value. Raises ValueError where it is not finite."""
        if not math.isfinite(value):
            raise ValueError(f"expected a finite value, received {value}")
        share = min(abs(value) / self.most, 1.0)
        size = max(1, math.ceil(share * self.steps)) if value else 0
        return int(math.copysign(size, value))

    def edge(self, step: int) -> str:
        """The largest value of a step, in words."""
        return numeral(self.most * step / self.steps, 3)


class KeyItem(NamedTuple):
    """A line of the key to a map: the name of a way to draw cells, what it means, and how many cells there are."""

    name: str
    words: str
    cells: int | None = None


def error_scale(drawn: TensorMap, steps: int) -> ErrorScale:
    """The scale for the wrong entries of a map."""
    ratios = [ratio for ratio, state in zip(drawn.ratio, drawn.states, strict=True) if state == WRONG]
    finite = [max(ratio, 1.0) for ratio in ratios if math.isfinite(ratio)]
    return ErrorScale(min(finite, default=1.0), max(finite, default=1.0), steps)


def value_scale(drawn: TensorMap, steps: int) -> ValueScale:
    """The scale for both values of every entry of a map: what they should be sets it, if that is not all zero."""
    for values in (drawn.numeric, drawn.analytic):
        if most := max((abs(value) for value in values if math.isfinite(value)), default=0.0):
            return ValueScale(most, steps)
    return ValueScale(1.0, steps)


def error_key(drawn: TensorMap, scale: ErrorScale) -> list[KeyItem]:
    """What the ways mean in which the cells of an error map are drawn, those that occur: "right", "step1", …"""
    states = Counter(drawn.states)
    steps: dict[int, list[float]] = {}
    for ratio, state in zip(drawn.ratio, drawn.states, strict=True):
        if state == WRONG:
            steps.setdefault(scale.step(ratio), []).append(ratio)
    items = []
    if right := states[EQUAL] + states[WITHIN]:
        how = [words for state, words in ((EQUAL, "equal"), (WITHIN, "within the bound")) if states[state]]
        items.append(KeyItem("right", f"right: {listed(how, 'or')}", right))
    items += [KeyItem(f"step{step}", _ratios_in_words(steps[step]), len(steps[step])) for step in sorted(steps)]
    items += [KeyItem("undecided", "undecided", states[UNDECIDED])] if states[UNDECIDED] else []
    items += [KeyItem("unseen", "not looked at by itself", states[UNSEEN])] if states[UNSEEN] else []
    return items + frame_key(drawn)


def frame_key(drawn: TensorMap) -> list[KeyItem]:
    """What the ways mean in which padding is drawn, and cells that no window reads; none where there are no such."""
    pads = sorted({pad for pad in drawn.pad[-2:] if pad})
    items = (
        [KeyItem("padding", f"padding: {listed([count(pad, 'zero') for pad in pads])} on each side")] if pads else []
    )
    unread = len(unread_cells(drawn))
    return items + ([KeyItem("unread", "read by no window: the gradient must be zero", unread)] if unread else [])


def _ratios_in_words(ratios: Sequence[float]) -> str:
    finite = [ratio for ratio in ratios if math.isfinite(ratio)]
    if not finite:
        return "wrong: not finite, or different where nothing else than equal is allowed"
    least, most = _times(min(finite)), _times(max(finite))
    beyond = " or without bound" if len(finite) < len(ratios) else ""
    return f"wrong by {least}{'' if least == most else f' to {most}'} times the bound{beyond}"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if 10 <= ratio < 1e6 else numeral(ratio, 2)


def map_sentence(tensor: TensorResult, drawn: TensorMap) -> str:
    """How much of a tensor is wrong or undecided, and where: "12 of 54 entries: all n, c 0, h 2-3, w 4"."""
    share = f"{tensor.verdict} in {share_text(tensor)}" if share_text(tensor) else tensor.verdict
    state = WRONG if WRONG in drawn.states else UNDECIDED
    where = [index for index, each in zip(_indices(drawn.shape), drawn.states, strict=True) if each == state]
    places = [_along(drawn, axis, {index[axis] for index in where}) for axis in range(len(drawn.shape)) if where]
    told = ", ".join(filter(None, places))
    return f"{share}: {told or 'all over it'}" if where else share


def cells_in_words(drawn: TensorMap) -> str:
    """What a cell is, an entry or the worst one of a block; and how many were looked at, where not all of them were."""
    words = "a cell is an entry"
    if max(drawn.block, default=1) > 1:
        words = f"a cell is the worst entry of a block of {'×'.join(map(str, drawn.block))}"
    if unseen := drawn.states.count(UNSEEN):
        cells = len(drawn.states)
        words += f"; {cells - unseen:,} of {count(cells, 'cell')} looked at by themselves, the others along directions"
    return words


def pooled(drawn: TensorMap, fits: Callable[[TensorMap], bool]) -> TensorMap:
    """The map with blocks doubled along its longest axis until it `fits`; each cell is the gravest of two."""
    while not fits(drawn) and max(drawn.shape, default=1) > 1:
        drawn = _halved(drawn, drawn.shape.index(max(drawn.shape)))
    return drawn


def _halved(drawn: TensorMap, axis: int) -> TensorMap:
    length = drawn.shape[axis]
    inner = math.prod(drawn.shape[axis + 1 :])
    chosen = []
    for outer in range(math.prod(drawn.shape[:axis])):
        for first, after in product(range(0, length, 2), range(inner)):
            cells = [(outer * length + one) * inner + after for one in (first, first + 1) if one < length]
            chosen.append(max(cells, key=lambda cell: (GRAVITY[drawn.states[cell]], drawn.ratio[cell])))

    def in_pairs(values: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            half for half in range(-(-length // 2)) if {2 * half, min(2 * half + 1, length - 1)} <= set(values)
        )

    return drawn._replace(
        shape=(*drawn.shape[:axis], -(-length // 2), *drawn.shape[axis + 1 :]),
        block=(*drawn.block[:axis], 2 * drawn.block[axis], *drawn.block[axis + 1 :]),
        states="".join(drawn.states[cell] for cell in chosen),
        ratio=tuple(drawn.ratio[cell] for cell in chosen),
        analytic=tuple(drawn.analytic[cell] for cell in chosen),
        numeric=tuple(drawn.numeric[cell] for cell in chosen),
        unread=tuple(in_pairs(each) if other == axis else each for other, each in enumerate(drawn.unread)),
    )


def unread_cells(drawn: TensorMap) -> frozenset[int]:
    """The numbers of the cells that no window reads."""
    if not any(drawn.unread):
        return frozenset()
    axes = [frozenset(cells) for cells in drawn.unread]
    return frozenset(
        number
        for number, index in enumerate(_indices(drawn.shape))
        if any(one in cells for one, cells in zip(index, axes, strict=True))
    )


def grid_of(drawn: TensorMap, strip: int) -> Grid:
    """The cells laid out: the last two axes within a panel, the one before from panel to panel, the others downwards.

    A tensor with one axis is a strip, whose rows have at most `strip` cells.
    """
    shape = drawn.shape
    if len(shape) < 2:
        length = math.prod(shape)
        across = max(1, min(strip, length))
        cells = [*range(length)] + [NOTHING] * (-length % across)
        rows = tuple(tuple(cells[start : start + across]) for start in range(0, len(cells), across))
        return Grid(((rows,),), (), (), f"{letter(drawn, 0)} runs to the right" if shape else "")
    *leading, height, width = shape
    panels = [_panel(drawn, number, height, width) for number in range(math.prod(leading))]
    words = f"{letter(drawn, -2)} runs downwards, {letter(drawn, -1)} to the right"
    if not leading:
        return Grid(((panels[0],),), (), (), words)
    across = leading[-1]
    rows_of_panels = tuple(tuple(panels[start : start + across]) for start in range(0, len(panels), across))
    headings = tuple(_index_text(drawn, len(leading) - 1, one) for one in range(across))
    above = range(len(leading) - 1)
    labels = tuple(
        " ".join(_index_text(drawn, axis, one) for axis, one in zip(above, index, strict=True))
        for index in _indices(leading[:-1])
    )
    words = f"a panel for each {listed([letter(drawn, axis) for axis in range(len(leading))])}; in it {words}"
    return Grid(rows_of_panels, labels if above else (), headings, words)


def _panel(drawn: TensorMap, number: int, height: int, width: int) -> Panel:
    """The cells of one panel, within as many cells of padding as there are, up to MOST_PADDING."""
    pads = drawn.pad[-2:] or (0, 0)
    above, beside = (min(MOST_PADDING, -(-pad // block)) for pad, block in zip(pads, drawn.block[-2:], strict=True))
    start = number * height * width
    margin = (PADDING,) * beside
    empty = ((PADDING,) * (width + 2 * beside),) * above
    inside = ((*margin, *range(start + h * width, start + (h + 1) * width), *margin) for h in range(height))
    return (*empty, *inside, *empty)


def letter(drawn: TensorMap, axis: int) -> str:
    """The letter of an axis, or its number where nobody knows one."""
    axis %= max(1, len(drawn.shape))
    return drawn.axes[axis] if drawn.axes else f"axis {axis}"


def _index_text(drawn: TensorMap, axis: int, cell: int) -> str:
    size = drawn.block[axis]
    index = str(cell) if size == 1 else f"{cell * size}+"
    return f"{letter(drawn, axis)}={index}"


def _along(drawn: TensorMap, axis: int, cells: set[int]) -> str:
    """The indices along an axis in words: "n 0, 2-4"; empty where they are all of them, or too many runs."""
    if len(cells) == drawn.shape[axis]:
        return f"all {letter(drawn, axis)}" if drawn.shape[axis] > 1 else ""
    runs = [*_runs(sorted(cells))]
    if len(runs) > MOST_RUNS:
        return f"{len(cells)} of {drawn.shape[axis]} along {letter(drawn, axis)}"
    size = drawn.block[axis]
    told = [(first * size, (last + 1) * size - 1) for first, last in runs]
    return f"{letter(drawn, axis)} {listed([str(a) if a == b else f'{a}-{b}' for a, b in told])}"


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        together = [number for _, number in run]
        yield together[0], together[-1]


def _indices(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return product(*map(range, shape))
