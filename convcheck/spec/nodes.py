"""The tree that a YAML document is: scalars, lists and mappings, each at its line and column."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Scalar:
    """A single value as it was written. `plain`: without quotes, so that `3` is a number and `"3"` is not."""

    line: int
    column: int
    text: str
    plain: bool
    weight: int = 1
    height: int = 1


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    weight: int = 1
    height: int = 1


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values in the order of the text; duplicates and merge keys are still in it."""

    line: int
    column: int
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    weight: int = 1
    height: int = 1


# `weight` is the number of nodes below and including this one with every alias written out, `height` the depth of
# nesting below it: both are summed up while the tree is built, so an alias bomb is seen before anything walks it.
Node = Scalar | Sequence | Mapping
