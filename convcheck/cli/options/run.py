"""The options of `convcheck run` for many checks: workers side by side, where to stop, and which part to run."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from convcheck.cli.options.number import number

Command = TypeVar("Command", bound=Callable[..., Any])
AUTO = "auto"
MOST_WORKERS = 256


def _workers(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """A number, or 0 for as many as there are processors."""
    if value == AUTO:
        return 0
    try:
        return number(1, MOST_WORKERS, whole=True)(context, parameter, value)
    except click.BadParameter as error:
        raise click.BadParameter(f"{error.message}; or `auto`", context, parameter) from error


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Of a scheduler, as it says it itself."""
    if value is None:
        return None
    protocol, sign, place = value.partition("://")
    host, colon, port = place.rpartition(":")
    if sign and protocol.isalnum() and host and colon and port.isdigit():
        return value
    raise click.BadParameter(
        f"expected the address of a Dask scheduler, such as tcp://10.0.0.1:8786, received {value!r}", context, parameter
    )


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


OPTIONS = (
    click.option(
        "-j",
        "--jobs",
        callback=_workers,
        metavar="N|auto",
        help="Up to N worker processes, started where that saves time; auto: one for every processor. The report is "
        "the same. With --no-isolation there are none.  [default: 1]",
    ),
    click.option(
        "--cluster",
        callback=_address,
        metavar="ADDRESS",
        help="Run the checks on a Dask cluster, tcp://HOST:PORT of its scheduler (needs convcheck[dask]), at most N at "
        "once with -j N. The report is the same.",
    ),
    click.option("-x", "--fail-fast", is_flag=True, help="Stop after the first check that does not pass."),
    click.option(
        "--maxfail",
        callback=number(1, whole=True),
        metavar="N",
        help="Stop after N checks that do not pass.",
    ),
    click.option(
        "--lf",
        "--last-failed",
        "last_failed",
        is_flag=True,
        help="Only the checks that did not pass when they were last run from this folder; all if that is not known.",
    ),
    click.option(
        "--shard",
        type=ShardType(),
        metavar="K/M",
        help="Of the selected checks the K-th, and every M-th after it; `convcheck merge` joins the reports.",
    ),
)


def many_options(command: Command) -> Command:
    """`-j`, `--cluster`, `-x`, `--maxfail`, `--lf`, `--shard`."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def most_failures(options: Mapping[str, Any]) -> int | None:
    """After how many checks that do not pass the run stops; None: after none."""
    limits = [*([1] if options["fail_fast"] else []), *([int(options["maxfail"])] if options["maxfail"] else [])]
    return min(limits, default=None)
