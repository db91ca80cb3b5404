"""`convcheck layers`: what there is to check, from the layers' own declarations."""

from __future__ import annotations

import click

from convcheck.cli.options.complete import complete_layers
from convcheck.cli.options.selection import colour_option
from convcheck.cli.session import debug_option


@click.command("layers", short_help="List the layers, or show one in full.")
@click.argument("name", required=False, shell_complete=complete_layers)
@colour_option
@debug_option
def command(name: str | None, color: str) -> None:
    """List the layers, or show one: its fields with their limits, its implementations, its equations.

    \b
    Examples:
      convcheck layers
      convcheck layers conv
    """
    from convcheck.cli.actions.layers import print_layer, print_layers

    if name is None:
        print_layers(color)
    else:
        print_layer(name, color)
