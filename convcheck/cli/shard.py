"""`--shard K/M`: the part of a run that one of several machines takes."""

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import click

Item = TypeVar("Item")


class Shard(NamedTuple):
    """The checks K, K + M, K + 2M, … of those that are selected, counted from 1.

    Neighbours are of the same sort and take about as long: dealt out like cards, they make parts of equal length.
    """

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def part(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """The same every time, whatever machine this is."""
        return tuple(items[self.number - 1 :: self.of])


class ShardType(click.ParamType[Shard]):
    """K/M on the command line."""

    name = "shard"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        """Of the text, the numbers."""
        if isinstance(value, Shard):
            return value
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", str(value))
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            self.fail(f"expected K/M with K from 1 to M, e.g. 2/5, received {str(value)[:60]!r}", param, ctx)
        return Shard(int(match[1]), int(match[2]))
