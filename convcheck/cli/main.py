"""The `convcheck` command and its subcommands, each loaded when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

import click

from convcheck._version import __version__
from convcheck.cli.session import debug_option

COMMANDS: Mapping[str, str] = {
    "run": "convcheck.cli.commands.run",
    "list": "convcheck.cli.commands.list",
    "layers": "convcheck.cli.commands.layers",
    "suite": "convcheck.cli.commands.suite",
    "explain": "convcheck.cli.commands.explain",
    "audit": "convcheck.cli.commands.audit",
    "init": "convcheck.cli.commands.init",
    "schema": "convcheck.cli.commands.schema",
    "diff": "convcheck.cli.commands.diff",
    "merge": "convcheck.cli.commands.merge",
    "completion": "convcheck.cli.commands.completion",
}


class Commands(click.Group):
    """The subcommands. A module is imported when its command is asked for: `--version` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order in which a person meets them."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names.

        Raises click.UsageError where there is none of that name, with the nearest one, or with `convcheck run` before
        what is a spec file; and for an option that is the name of a file.
        """
        name = args[0]
        if not ctx.resilient_parsing:
            _refuse_file_names(args, ctx)
        if name in COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        from convcheck.cli.options.specs import SPEC_SUFFIXES, code_hint

        if hint := code_hint(name):
            raise click.UsageError(f"no command is called {name!r}; {hint}", ctx)
        if os.path.exists(name) or name.endswith(SPEC_SUFFIXES):
            import shlex

            raise click.UsageError(
                f"no command is called {name!r}; did you mean convcheck run {shlex.quote(name)}?", ctx
            )
        from convcheck.spec.nearest import near

        similar = near(name, list(COMMANDS), most=1, cutoff=0.6)
        hint = f"did you mean {similar[0]}?" if similar else f"there are {', '.join(COMMANDS)}"
        raise click.UsageError(f"no command is called {name!r}; {hint}", ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the command and return its `command`; None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command


def _refuse_file_names(arguments: list[str], ctx: click.Context) -> None:
    """Raise click.UsageError for an option that is the name of a file: `*.yaml` beside a file `--impl=pkg.yaml`.

    A shell hands over the names that a pattern matches as if they were typed, and a repository may hold any name.
    """
    for argument in arguments[: arguments.index("--")] if "--" in arguments else arguments:
        if argument.startswith("-") and argument != "-" and os.path.lexists(argument):
            raise click.UsageError(
                f"{argument!r} is the name of a file here, and would be taken for an option: write -- before patterns, "
                f"as in convcheck {arguments[0]} -- *.yaml, or quote them. Where the option is meant, that file has to "
                "have another name",
                ctx,
            )


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
