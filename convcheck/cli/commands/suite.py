"""`convcheck suite`: the checks that code is put through where no spec is named."""

from __future__ import annotations

import click

from convcheck.cli.options.complete import complete_files, complete_layers
from convcheck.cli.session import debug_option


@click.command("suite", short_help="Print the built-in suite of a layer, to save and edit.")
@click.argument("layers", nargs=-1, metavar="[LAYER]...", shell_complete=complete_layers)
@click.option(
    "-o", "--output", metavar="FILE", shell_complete=complete_files, help="Write to FILE, which must not exist yet."
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@debug_option
def command(layers: tuple[str, ...], output: str | None, force: bool) -> None:
    """Print the built-in suites as specs, those of all layers unless some are named.

    They are what `convcheck run --impl FILE.py` checks where no SPEC is named: small shapes, hostile on purpose.

    \b
    Examples:
      convcheck suite conv
      convcheck suite conv max_pool -o suite.yaml
      convcheck run --impl layers.py suite.yaml
    """
    from convcheck.cli.actions.suite import suites_text
    from convcheck.cli.write_file import write_new

    write_new(suites_text(layers), output, force)
