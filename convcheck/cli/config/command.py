"""A command whose options may be set by the environment and by a project's file as well.

The command line goes before the environment, that before the file, and that before the default.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import Any

import click
from click.core import ParameterSource

from convcheck.cli.config.file import ConfigFile, find_config_file
from convcheck.cli.config.keys import PREFIX, key_of, option_of, variable_of
from convcheck.cli.options.selection import RENAMED
from convcheck.cli.streams import say
from convcheck.spec.nearest import nearest

# They are about one call of the command.
PER_CALL = frozenset({"list_impl", "show_config", "debug", "help"})
META = "convcheck.config"


class ConfigurableCommand(click.Command):
    """Adds `--show-config`, and a variable `CONVCHECK_…` for each option.

    `fixed` names the parameters that can be set on the command line alone. `other_keys` returns the keys that a file
    may have for another command: they are passed over here. It is called only where there is a file or a variable.
    """

    def __init__(
        self,
        *arguments: Any,
        fixed: Collection[str] = (),
        other_keys: Callable[[], Collection[str]] = tuple,
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        self._fixed = PER_CALL | frozenset(fixed)
        self._other_keys = other_keys
        for option in self.configurable().values():
            option.envvar = variable_of(option)
        self.params.append(
            click.Option(
                ["--show-config"],
                is_flag=True,
                expose_value=False,
                callback=_set_show,
                help="Show the value of every option and where it comes from: the command line, CONVCHECK_…, "
                "[tool.convcheck] of pyproject.toml or [convcheck] of setup.cfg.",
            )
        )

    def configurable(self) -> dict[str, click.Option]:
        """The options that a file may set, by their keys there: without the dashes before them."""
        options = [one for one in self.params if isinstance(one, click.Option) and one.name not in self._fixed]
        return {key_of(option): option for option in options}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What the file says becomes a default. Raises click.UsageError for every mistake in it."""
        # Whoever asks for help, or completes a word, is not kept from it by a mistake in a file.
        if not ctx.resilient_parsing and not {"-h", "--help"} & set(args):
            self._warn_of_variables()
            if (file := find_config_file()) is not None:
                ctx.default_map = self._defaults(ctx, file)
        try:
            left = super().parse_args(ctx, args)
        except click.BadParameter as error:
            name = error.param.name if error.param is not None else None
            if name and ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT:
                message = f"{error.message} (in {variable_of(error.param)})"
                raise click.BadParameter(message, ctx, error.param) from error
            raise
        if not ctx.resilient_parsing:
            self._tell_renamed(ctx)
        return left

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, or show what it would be run with."""
        if not ctx.meta.get(f"{META}.show"):
            return super().invoke(ctx)
        from convcheck.cli.config.show import show_config

        show_config(ctx, self.configurable(), ctx.meta.get(f"{META}.lines", {}))
        return 0

    def _warn_of_variables(self) -> None:
        """Say of a variable CONVCHECK_… that sets nothing which one was probably meant."""
        options = self.configurable()
        known = {variable_of(option) for option in options.values()}
        for name in sorted(set(os.environ) - known):
            if not name.startswith(PREFIX):
                continue
            key = name[len(PREFIX) :].lower().replace("_", "-")
            if key in self._other_keys():
                continue
            # What is like none of them may be somebody's own.
            if near := nearest(key, options):
                say(f"convcheck: {name} sets nothing; did you mean {variable_of(options[near[0]])}?")

    def _tell_renamed(self, ctx: click.Context) -> None:
        """Say of words that are called otherwise now what they are called, and where they were given."""
        for option, message in ctx.meta.get(RENAMED, {}).items():
            places = {
                ParameterSource.ENVIRONMENT: f"convcheck: {variable_of(option)}",
                ParameterSource.DEFAULT_MAP: ctx.meta.get(f"{META}.lines", {}).get(option.name),
            }
            source = ctx.get_parameter_source(str(option.name)) or ParameterSource.COMMANDLINE
            say(f"{places.get(source, 'convcheck')}: {message}")

    def _defaults(self, ctx: click.Context, file: ConfigFile) -> dict[str, Any]:
        """The values by the names of the parameters. Raises click.UsageError with every mistake."""
        from convcheck.cli.config.keys import option_value

        options = self.configurable()
        values: dict[str, Any] = {}
        lines: dict[str, str] = {}
        mistakes = []
        for entry in file.entries:
            place = f"{file.name}:{entry.line}"
            try:
                option = option_of(entry, options, self._other_keys())
                if option is None:
                    continue
                if option.name in values:
                    raise ValueError(f"{entry.key!r} is there twice")
                values[str(option.name)] = option_value(ctx, option, entry.value, file)
                lines[str(option.name)] = place
            except ValueError as error:
                mistakes.append(f"{place}: {error}")
        if mistakes:
            raise click.UsageError("\n".join(mistakes), ctx)
        ctx.meta[f"{META}.lines"] = lines
        return values


def _set_show(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta[f"{META}.show"] = value
