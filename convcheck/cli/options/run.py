"""The options of `convcheck run` for many checks: how many workers, when to stop, and which share to run."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from convcheck.cli.options.number import bounded_number
from convcheck.cli.options.selection import Command

Item = TypeVar("Item")

AUTO = "auto"
MOST_WORKERS = 256


def _workers(context: click.Context, parameter: click.Parameter, value: str | None) -> float | str | None:
    """The number of workers; AUTO stands for as many as there are processors."""
    if value == AUTO:
        return AUTO
    try:
        return bounded_number(1, MOST_WORKERS, whole=True)(context, parameter, value)
    except click.BadParameter as error:
        raise click.BadParameter(f"{error.message}; or `auto`", context, parameter) from error


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """The address of a Dask scheduler, as that prints it when it starts."""
    if value is None:
        return None
    protocol, slashes, place = value.partition("://")
    host, colon, port = place.rpartition(":")
    if slashes and protocol.isalnum() and host and colon and port.isdigit():
        return value
    raise click.BadParameter(
        f"expected the address of a Dask scheduler, such as tcp://10.0.0.1:8786, received {value!r}", context, parameter
    )


class Shard(NamedTuple):
    """The K-th of M shares of the selected checks: K, K + M, K + 2M, …, counted from 1.

    Neighbours are of the same sort and take about as long: dealt out like cards, they make shares of equal length.
    """

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def select(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """The items of this share; the same every time, on every machine."""
        return tuple(items[self.number - 1 :: self.of])


class ShardType(click.ParamType[Shard]):
    """The value of --shard: K/M."""

    name = "shard"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        """The Shard that the text names. Raises click.BadParameter where it is not K/M with K from 1 to M."""
        if isinstance(value, Shard):
            return value
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", str(value))
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            self.fail(f"expected K/M with K from 1 to M, e.g. 2/5, received {str(value)[:60]!r}", param, ctx)
        return Shard(int(match[1]), int(match[2]))


jobs_option = click.option(
    "-j",
    "--jobs",
    callback=_workers,
    metavar="N|auto",
    help="Up to N worker processes, started where that saves time; auto: one for every processor. The report is "
    "the same. With --no-isolation there are none.  [default: 1]",
)
BATCH_OPTIONS = (
    jobs_option,
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
        callback=bounded_number(1, whole=True),
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
        "--durations",
        callback=bounded_number(1, whole=True),
        metavar="N",
        help="Tables: name the N checks that took longest.",
    ),
    click.option(
        "--shard",
        type=ShardType(),
        metavar="K/M",
        help="Of the selected checks the K-th, and every M-th after it; `convcheck merge` joins the reports.",
    ),
)


def batch_options(command: Command) -> Command:
    """Adds `-j`, `--cluster`, `-x`, `--maxfail`, `--lf`, `--durations` and `--shard` to a command."""
    for option in reversed(BATCH_OPTIONS):
        command = option(command)
    return command


def failure_limit(options: Mapping[str, Any]) -> int | None:
    """After how many checks that do not pass the run stops; None where it goes on whatever happens."""
    limits = [*([1] if options["fail_fast"] else []), *([int(options["maxfail"])] if options["maxfail"] else [])]
    return min(limits, default=None)
