"""The letters of a layer's axes, and what windows along them do: (1.2), what is left over, what covers an entry."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from convcheck.explain.subject import Explained
from convcheck.layers.layer import Facts, Layer
from convcheck.layers.locality import Same, Spread, Tie, Window
from convcheck.spec.showing import listed
from convcheck.spec.sizes import Sizes


class Sliding(NamedTuple):
    """One axis of an input along which windows slide: its number, its letter, how long it is, and how many windows.

    Entries of a window are `dilation` apart.
    """

    axis: int
    letter: str
    length: int
    tie: Window
    windows: int
    dilation: int = 1

    def window(self, start: int) -> range:
        """The indices of a window that starts at `start`."""
        return range(start, start + self.tie.length, self.dilation)

    @property
    def covering(self) -> list[int]:
        """How many windows read each index."""
        counts = [0] * self.length
        for number in range(self.windows):
            for index in self.window(number * self.tie.stride - self.tie.pad):
                if 0 <= index < self.length:
                    counts[index] += 1
        return counts

    @property
    def left_over(self) -> int:
        """Padded indices behind the last window."""
        return self.length + 2 * self.tie.pad - self.tie.length - self.tie.stride * (self.windows - 1)


def equation_of(explained: Explained, tensor: str) -> str:
    """The layer's equation of a tensor, but for settings that the spec leaves alone; empty without one."""
    said = explained.layer.equations.get(tensor, "")
    first, semicolon, rest = said.partition("; with ")
    return said if semicolon and any(re.search(rf"\b{key}\b", rest) for key in explained.check.sizes.given()) else first


def letters_of(layer: Layer, name: str) -> tuple[str, ...]:
    """Those of an input's axes: N, C, H, W; none where a layer says it in words."""
    return tuple(re.findall(r"[A-Za-z]\w*(?:/\w+)?", layer.shapes[name]))


def output_letters(facts: Facts) -> tuple[str, ...]:
    """Those of the indices of the output, as far as inputs have them; `axis 1` for one that none has."""
    letters = [""] * len(facts.output)
    for claim in facts.inputs:
        own = claim.axes if len(claim.axes) == len(claim.shape) else ("",) * len(claim.shape)
        for axis, (letter, tie) in enumerate(zip(own, claim.ties, strict=True)):
            if isinstance(tie, (Same, Window, Spread)):
                letters[tie.axis] = letters[tie.axis] or letter
            elif claim is facts.inputs[0] and claim.shape == facts.output and claim.kind == "smooth":
                letters[axis] = letters[axis] or letter
    return tuple(letter or f"index {axis}" for axis, letter in enumerate(letters))


def beside_in_words(explained: Explained) -> str:
    """Of a layer with several outputs that they lie side by side, and so does dout; empty for others."""
    names = explained.layer.outputs
    if not names:
        return ""
    width = explained.facts.output[-1] // len(names)
    where = [f"{name} is out[…, {at * width}:{(at + 1) * width}]" for at, name in enumerate(names)]
    return f"The outputs lie side by side along the last axis, and so do their dout: {listed(where)}."


def sliding_axes(explained: Explained) -> tuple[Sliding, ...]:
    """The axes of the first input along which windows slide."""
    layer, facts, dilation = explained.layer, explained.facts, getattr(explained.check.sizes, "dilation", 1)
    name = layer.input_names[0]
    claim = next(claim for claim in facts.inputs if claim.name == name)
    letters = letters_of(layer, name)
    if len(letters) != len(claim.shape):
        letters = tuple(f"axis {i}" for i in range(len(claim.shape)))
    return tuple(
        Sliding(axis, letter, length, tie, facts.output[tie.axis], dilation)
        for axis, (letter, length, tie) in enumerate(zip(letters, claim.shape, claim.ties, strict=True))
        if isinstance(tie, Window)
    )


def count_of_windows(along: Sliding, sizes: Sizes) -> str:
    """Relation (1.2) with the numbers of this axis put in."""
    letter, length, tie = along.letter, along.length, along.tie
    window = getattr(sizes, f"{letter}1", None)
    named, number = f"{letter}1", str(tie.length)
    dilation = getattr(sizes, "dilation", 1)
    if window != tie.length and window is not None and dilation > 1:
        named, number = f"dilation·({letter}1 - 1) - 1", f"{dilation}·({window} - 1) - 1"
    elif window != tie.length:
        named = number
    return (
        f"{letter}2 = ⌊({letter} + 2·pad - {named}) / stride⌋ + 1 = "
        f"⌊({length} + 2·{tie.pad} - {number}) / {tie.stride}⌋ + 1 = {along.windows}"
    )


def runs(counts: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Indices with the same count after each other: ("0", 1), ("1–6", 2), ("7", 1)."""
    start = 0
    for value, group in groupby(counts):
        number = len([*group])
        yield (str(start) if number == 1 else f"{start}–{start + number - 1}"), value
        start += number


def reached_in_words(facts: Facts, name: str) -> str:
    """Which outputs an entry of an input reaches, axis by axis."""
    claim = next(claim for claim in facts.inputs if claim.name == name)
    letters = output_letters(facts)
    tied: dict[int, Tie] = {tie.axis: tie for tie in claim.ties if isinstance(tie, (Same, Window, Spread))}
    own = [letters[axis] for axis, tie in sorted(tied.items()) if isinstance(tie, Same)]
    windows = [letters[axis] for axis, tie in sorted(tied.items()) if isinstance(tie, Window)]
    spread = [letters[axis] for axis, tie in sorted(tied.items()) if isinstance(tie, Spread)]
    every = [letter for axis, letter in enumerate(letters) if axis not in tied]
    parts = [f"its own {listed(own)}"] if own else []
    parts += [f"windows over {listed(windows)}"] if windows else []
    parts += [f"spread over {listed(spread)}"] if spread else []
    parts += [f"every {listed(every)}"] if every else []
    return ", ".join(parts) if parts else "the one output"
