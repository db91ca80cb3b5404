"""The options that more than one command takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from convcheck.cli.options.complete import files, ids, implementations
from convcheck.cli.options.number import number
from convcheck.spec.check import Manner
from convcheck.spec.fields import declared
from convcheck.spec.memory import DEFAULT_LIMIT, parse_limit, readable

Command = TypeVar("Command", bound=Callable[..., Any])

MANNER = declared(Manner)

# What `override` calls each option's value.
OVERRIDES: Mapping[str, str] = {
    "--impl": "implementation",
    "--seed": "seed",
    "--dtype": "dtype",
    "--data": "data",
    "--scheme": "scheme",
    "--tolerance": "tolerance",
}


def _bytes(context: click.Context, parameter: click.Parameter, value: str | None) -> int:
    try:
        return DEFAULT_LIMIT if value is None else parse_limit(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _choice(name: str) -> click.Choice[str]:
    return click.Choice(MANNER[name].choices)


SELECTION = (
    click.option(
        "-k",
        "keys",
        multiple=True,
        metavar="ID",
        shell_complete=ids,
        help="Only the check of this id, or those with this in their id. Repeatable.",
    ),
    click.option(
        "--impl",
        "implementation",
        metavar="NAME",
        shell_complete=implementations,
        help="Check this one: built in (see `convcheck layers`), or yours: FILE.py, FILE.py:forward,backward, "
        "FILE.py:Class, package.module:…",
    ),
    click.option(
        "--seed",
        callback=number(MANNER["seed"].minimum or 0, MANNER["seed"].maximum, whole=True),
        metavar="N",
        help="Seed of the random data.",
    ),
    click.option("--dtype", type=_choice("dtype"), help="Type of every array."),
    click.option("--data", type=_choice("data"), help="Exact multiples of a power of two, or the normal distribution."),
    click.option(
        "--scheme", type=_choice("scheme"), help="Entries in groups, every entry by itself, or random directions only."
    ),
    click.option(
        "--tolerance",
        callback=number(),
        metavar="X",
        help="Replaces the derived bound: |a - n| <= X max(1, |a|, |n|).",
    ),
    click.option(
        "--max-memory",
        callback=_bytes,
        metavar="BYTES",
        help=f"Refuse checks that need more, e.g. 500MB or 8GiB.  [default: {readable(DEFAULT_LIMIT)}]",
    ),
)

COLOUR = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour in tables.  [default: auto]"
)


def selection_options(metavar: str) -> Callable[[Command], Command]:
    """SPEC…, as `metavar` shows it, `-k`, and the options that change what is checked."""
    argument = click.argument("specs", nargs=-1, metavar=metavar, shell_complete=files)

    def add(command: Command) -> Command:
        for option in reversed((argument, *SELECTION)):
            command = option(command)
        return command

    return add


def require_specs(context: click.Context, specs: tuple[str, ...]) -> None:
    """Without SPEC there is nothing to do, and a guess would be wrong."""
    if "" in specs:
        raise click.UsageError("a SPEC is empty: is a variable of the shell not set?", context)
    if not specs:
        own = "\nWithout one, code of your own runs through a built-in suite: convcheck run --impl layers.py"
        name = context.info_name
        raise click.UsageError(
            f"name a spec file, a folder, a quoted glob, or - for standard input, e.g.\n"
            f"  convcheck {name} configs/conv.yaml\n"
            f"A spec to start from: convcheck init conv -o conv.yaml" + (own if name == "run" else ""),
            context,
        )
