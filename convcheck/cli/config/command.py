"""A command whose options may be set by the environment and by a project's file as well.

The command line goes before the environment, that before the file, and that before the default.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

import click
from click.core import ParameterSource

from convcheck.cli.config.file import Settings, find_settings
from convcheck.cli.config.keys import PREFIX, key_of, option_of, variable
from convcheck.cli.streams import say
from convcheck.spec.nearest import nearest

# They are about one call of the command.
PER_CALL = frozenset({"list_impl", "show_config", "debug", "help"})
META = "convcheck.config"


class Configured(click.Command):
    """Adds `--show-config`, and a variable `CONVCHECK_…` for each option."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        for option in self.settable().values():
            option.envvar = variable(option)
        self.params.append(
            click.Option(
                ["--show-config"],
                is_flag=True,
                expose_value=False,
                callback=_remember,
                help="Show the value of every option and where it comes from: the command line, CONVCHECK_…, "
                "[tool.convcheck] of pyproject.toml or [convcheck] of setup.cfg.",
            )
        )

    def settable(self) -> dict[str, click.Option]:
        """The options by the names that a file gives them: without the dashes before them."""
        options = [one for one in self.params if isinstance(one, click.Option) and one.name not in PER_CALL]
        return {key_of(option): option for option in options}

    def elsewhere(self) -> Collection[str]:
        """Keys that a file may have and that are no business of this command."""
        return ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What the file says becomes a default; what is wrong with it is wrong usage."""
        # Whoever asks for help, or completes a word, is not kept from it by a mistake in a file.
        if not ctx.resilient_parsing and not {"-h", "--help"} & set(args):
            self._warn_of_variables()
            if (settings := find_settings()) is not None:
                ctx.default_map = self._defaults(ctx, settings)
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            name = error.param.name if error.param is not None else None
            if name and ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT:
                said = f"{error.message} (in {variable(error.param)})"
                raise click.BadParameter(said, ctx, error.param) from error
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, or show what it would be run with."""
        if not ctx.meta.get(f"{META}.show"):
            return super().invoke(ctx)
        from convcheck.cli.config.show import show

        show(ctx, self.settable(), ctx.meta.get(f"{META}.lines", {}))
        return 0

    def _warn_of_variables(self) -> None:
        options = self.settable()
        known = {variable(option) for option in options.values()}
        for name in sorted(set(os.environ) - known):
            # What is like none of them may be somebody's own.
            if (
                not name.startswith(PREFIX)
                or (key := name[len(PREFIX) :].lower().replace("_", "-")) in self.elsewhere()
            ):
                continue
            if near := nearest(key, options):
                say(f"convcheck: {name} sets nothing; did you mean {variable(options[near[0]])}?")

    def _defaults(self, ctx: click.Context, settings: Settings) -> dict[str, Any]:
        """The values by the names of the parameters. A usage error with every mistake."""
        from convcheck.cli.config.keys import value_of

        options = self.settable()
        values: dict[str, Any] = {}
        lines: dict[str, str] = {}
        mistakes = []
        for entry in settings.entries:
            place = f"{settings.file}:{entry.line}"
            try:
                option = option_of(entry, options, self.elsewhere())
                if option is None:
                    continue
                if option.name in values:
                    raise ValueError(f"{entry.key!r} is there twice")
                values[str(option.name)] = value_of(ctx, option, entry.value, settings)
                lines[str(option.name)] = place
            except ValueError as error:
                mistakes.append(f"{place}: {error}")
        if mistakes:
            raise click.UsageError("\n".join(mistakes), ctx)
        ctx.meta[f"{META}.lines"] = lines
        return values


class Selecting(Configured):
    """A command that takes of `convcheck run` what decides which checks there are, and their colour."""

    def settable(self) -> dict[str, click.Option]:
        """The options that mean the same as those of `convcheck run`: there, --format is for reports."""
        return {key: option for key, option in super().settable().items() if key != "format"}

    def elsewhere(self) -> Collection[str]:
        """The keys of `convcheck run`."""
        from convcheck.cli.commands.run import command

        return command.settable() if isinstance(command, Configured) else ()


def _remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta[f"{META}.show"] = value
