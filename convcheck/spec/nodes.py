"""The tree that a YAML document is: scalars, lists and mappings, each at its line and column."""

from __future__ import annotations


class _Node:
    """`weight` is the number of nodes below and including this one with every alias written out, `height` the depth of
    nesting below it: both are summed up while the tree is built, so an alias bomb is seen before anything walks it.
    """

    __slots__ = ("column", "height", "line", "weight")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.weight = 1
        self.height = 1


class Scalar(_Node):
    """A single value as it was written. `plain`: without quotes, so that `3` is a number and `"3"` is not."""

    __slots__ = ("plain", "text")

    def __init__(self, line: int, column: int, text: str, plain: bool) -> None:
        self.line = line
        self.column = column
        self.weight = 1
        self.height = 1
        self.text = text
        self.plain = plain


class Sequence(_Node):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.items: list[Node] = []


class Mapping(_Node):
    """Keys and values in the order of the text; duplicates and merge keys are still in it."""

    __slots__ = ("pairs",)

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.pairs: list[tuple[Node, Node]] = []


Node = Scalar | Sequence | Mapping
