"""The options of `run` and `list` that say which checks there are: SPEC…, `-k`, and new values for fields of specs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from convcheck.cli.options.complete import complete_files, complete_ids, complete_implementations
from convcheck.cli.options.number import bounded_number
from convcheck.spec.check import Manner
from convcheck.spec.fields import declared
from convcheck.spec.memory import DEFAULT_LIMIT, parse_limit, readable

Command = TypeVar("Command", bound=Callable[..., Any])

_MANNER = declared(Manner)

# The options that replace a field of every spec, and the names of these fields.
OVERRIDES: Mapping[str, str] = {
    "--impl": "implementation",
    "--seed": "seed",
    "--dtype": "dtype",
    "--data": "data",
    "--scheme": "scheme",
    "--tolerance": "tolerance",
}
# Under it a context has what is to be said of words that were renamed, by option.
RENAMED = "convcheck.renamed"


def _bytes(context: click.Context, parameter: click.Parameter, value: str | None) -> int:
    try:
        return DEFAULT_LIMIT if value is None else parse_limit(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


class _Choice(click.Choice[str]):
    """The words of a field of specs. One that was renamed is noted, and is what it is called now."""

    def __init__(self, name: str) -> None:
        self._name = name
        super().__init__(_MANNER[name].choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        field = _MANNER[self._name]
        if value in field.renamed:
            # A file's values are tried before it is known whether they count.
            if ctx is not None and param is not None and ctx.get_parameter_source(str(param.name)) is not None:
                ctx.meta.setdefault(RENAMED, {})[param] = field.called_now(self._name, value)
            value = field.renamed[value]
        return super().convert(value, param, ctx)


SELECTION_OPTIONS = (
    click.option(
        "-k",
        "keys",
        multiple=True,
        metavar="ID",
        shell_complete=complete_ids,
        help="Only the check of this id, or those with this in their id; also parts of ids with and, or, not: "
        "'stride and not pool'. Repeatable.",
    ),
    click.option(
        "--impl",
        "implementation",
        metavar="NAME",
        shell_complete=complete_implementations,
        help="Check this one: built in (see `convcheck layers`), or yours: FILE.py, FILE.py:forward,backward, "
        "FILE.py:Class, package.module:…",
    ),
    click.option(
        "--seed",
        callback=bounded_number(_MANNER["seed"].minimum or 0, _MANNER["seed"].maximum, whole=True),
        metavar="N",
        help="Seed of the random data.",
    ),
    click.option("--dtype", type=_Choice("dtype"), help="Type of every array."),
    click.option(
        "--data",
        type=_Choice("data"),
        help="Exact multiples of a power of two, the normal distribution, or entries that tie.",
    ),
    click.option(
        "--scheme",
        type=_Choice("scheme"),
        help="All entries at once, as counts say; every entry, in groups; or every entry by itself.",
    ),
    click.option(
        "--tolerance",
        callback=bounded_number(),
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

colour_option = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour in tables.  [default: auto]"
)


def selection_options(metavar: str) -> Callable[[Command], Command]:
    """Adds SPEC…, which the help shows as `metavar`, and the options of selection to a command."""
    argument = click.argument("specs", nargs=-1, metavar=metavar, shell_complete=complete_files)

    def add(command: Command) -> Command:
        for option in reversed((argument, *SELECTION_OPTIONS)):
            command = option(command)
        return command

    return add


def require_specs(context: click.Context, specs: tuple[str, ...]) -> None:
    """Raises click.UsageError, with examples, where no SPEC is given or one is empty."""
    if "" in specs:
        raise click.UsageError("a SPEC is empty: is a variable of the shell not set?", context)
    if not specs:
        from convcheck.layers.catalogue import DEFAULT_LAYER

        without = "\nWithout one, code of your own runs through a built-in suite: convcheck run --impl layers.py"
        name = context.info_name
        raise click.UsageError(
            f"name a spec file, a folder, a quoted glob, or - for standard input, e.g.\n"
            f"  convcheck {name} configs/{DEFAULT_LAYER}.yaml\n"
            f"A spec to start from: convcheck init {DEFAULT_LAYER} -o {DEFAULT_LAYER}.yaml"
            + (without if name == "run" else ""),
            context,
        )
