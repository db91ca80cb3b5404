"""What a factor is: the entry of another input, its negative, or a number that no input changes.

It is looked for among numbers, and what is found has to hold of other numbers, too: equal by chance is not enough.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convcheck.explain.subject import Code, Explained
from convcheck.layers.layer import Array
from convcheck.spec.showing import index_text, numeral

# How near a factor comes to what it is, as a share of it.
NEAR = 1e-9


class Factors:
    """The entries that factors may be, by name: those of the inputs."""

    def __init__(self, explained: Explained) -> None:
        self._first = _named(explained, explained.right)
        self._second = _named(explained, explained.again.right)

    def name(self, first: float, second: float) -> str:
        """What is `first` on the data of a check and `second` on the other numbers; empty where it is nothing known."""
        return numeral(first) if _is_constant(first, second) else self.entry(first, second)

    def entry(self, first: float, second: float) -> str:
        """The entry of an input that it is, or its negative; empty where it is none."""
        if _is_constant(first, second):
            return ""
        for sign, said in ((1, ""), (-1, "-")):
            for name, index in self._equal(sign * first):
                other = self._second[name][index]
                if abs(sign * second - other) <= NEAR * abs(other):
                    return f"{said}{name}{index_text(index)}" if index else f"{said}{name}"
        return ""

    def _equal(self, value: float) -> Iterator[tuple[str, tuple[int, ...]]]:
        for name, values in self._first.items():
            for index in np.argwhere(np.abs(values - value) <= NEAR * abs(value)):
                yield name, tuple(map(int, index))


def _is_constant(first: float, second: float) -> bool:
    return abs(first - second) <= NEAR * abs(first) or first == 1


def _named(explained: Explained, code: Code) -> dict[str, Array]:
    inputs = zip(explained.layer.input_names, code.data.inputs, strict=True)
    return {name: np.asarray(values, np.float64) for name, values in inputs}
