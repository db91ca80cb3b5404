"""`convcheck list`: the checks that a run would do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import click

from convcheck.cli.config.command import ConfigurableCommand
from convcheck.cli.options.impl import layer_option, require_code_alone, source_of
from convcheck.cli.options.selection import colour_option, require_specs, selection_options
from convcheck.cli.session import debug_option

EXIT_CODES = """\
\b
Exit codes:
    0  there are checks, and they are listed
    2  wrong usage, or a spec or code that is missing or not valid (the checks of others are listed)
    5  no checks
"""


def _keys_of_run() -> Collection[str]:
    from convcheck.cli.commands.run import command

    return command.configurable()


# A file sets the options of `run` as well, and --format means something else there.
@click.command("list", cls=ConfigurableCommand, fixed=("form",), other_keys=_keys_of_run, epilog=EXIT_CODES)
@selection_options("[SPEC]...")
@layer_option
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="[default: table]")
@colour_option
@debug_option
@click.pass_context
def command(context: click.Context, /, specs: tuple[str, ...], **options: Any) -> int:
    """List the checks that `convcheck run` would do.

    Each with its id, the shape of its output, and how many times forward would be called. Where --impl names code of
    your own no SPEC is needed: that code is imported, and the checks of its suites are listed.

    \b
    Examples:
      convcheck list configs/
      convcheck list configs/ -k stride=2 --format json
      convcheck list --impl layers.py
    """
    source = source_of(options["implementation"])
    require_code_alone(context, specs, source)
    if source is None or "" in specs:
        require_specs(context, specs)
    from convcheck.cli.actions.list import list_checks

    return list_checks(specs, **options)
