"""The `convcheck` command and its subcommands, each loaded when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

import click

from convcheck._version import __version__
from convcheck.cli.session import debug_option
from convcheck.spec.nearest import near

COMMANDS: Mapping[str, str] = {
    "run": "convcheck.cli.commands.run",
    "list": "convcheck.cli.commands.list",
    "layers": "convcheck.cli.commands.layers",
    "suite": "convcheck.cli.commands.suite",
    "init": "convcheck.cli.commands.init",
    "schema": "convcheck.cli.commands.schema",
    "diff": "convcheck.cli.commands.diff",
    "merge": "convcheck.cli.commands.merge",
    "completion": "convcheck.cli.commands.completion",
}


class Commands(click.Group):
    """Finds a command as `command` in its module, so that `--version` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a person meets them."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of that name, or what was meant by a file in its place."""
        name = args[0]
        if name in COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        if os.path.exists(name) or name.endswith((".yaml", ".yml")):
            import shlex

            raise click.UsageError(
                f"no command is called {name!r}; did you mean convcheck run {shlex.quote(name)}?", ctx
            )
        alike = near(name, list(COMMANDS), most=1, cutoff=0.6)
        hint = f"did you mean {alike[0]}?" if alike else f"there are {', '.join(COMMANDS)}"
        raise click.UsageError(f"no command is called {name!r}; {hint}", ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's module is imported here."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="convcheck", message="%(prog)s %(version)s")
@debug_option
def convcheck() -> None:
    """Verify hand-written gradients: every entry, exactly, and say what is wrong.

    \b
    Examples:
      convcheck init conv -o conv.yaml
      convcheck run conv.yaml
      convcheck run configs/ --impl vectorized
      convcheck run --impl layers.py
    """
