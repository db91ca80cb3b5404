"""`convcheck list`: the checks that a run would do."""

from __future__ import annotations

from typing import Any

import click

from convcheck.cli.config.command import Selecting
from convcheck.cli.options.selection import COLOUR, require_specs, selection_options
from convcheck.cli.session import debug_option


@click.command("list", cls=Selecting)
@selection_options("SPEC...")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="[default: table]")
@COLOUR
@debug_option
@click.pass_context
def command(context: click.Context, /, specs: tuple[str, ...], **options: Any) -> int:
    """List the checks that `convcheck run` would do.

    Each with its id, the shape of its output, and how many times forward would be called.

    \b
    Examples:
      convcheck list configs/
      convcheck list configs/ -k stride=2 --format json
    """
    require_specs(context, specs)
    from convcheck.cli.actions.list import list_checks

    return list_checks(specs, **options)
