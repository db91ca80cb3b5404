"""A command whose options may be set by the environment and by a project's file as well.

The command line goes before the environment, that before the file, and that before the default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource

from convcheck.cli.config_file import Setting, Settings, find_settings
from convcheck.cli.config_values import value_of
from convcheck.cli.streams import say, standard_output, writing
from convcheck.spec.nearest import nearest

PREFIX = "CONVCHECK_"
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
                said = f"{error.message} (in {PREFIX}{key_of(error.param).upper().replace('-', '_')})"
                raise click.BadParameter(said, ctx, error.param) from error
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, or show what it would be run with."""
        if not ctx.meta.get(f"{META}.show"):
            return super().invoke(ctx)
        self._show(ctx)
        return 0

    def _warn_of_variables(self) -> None:
        options = self.settable()
        known = {variable(option) for option in options.values()}
        for name in sorted(set(os.environ) - known):
            # What is like none of them may be somebody's own.
            if name.startswith(PREFIX) and (near := nearest(name[len(PREFIX) :].lower(), options)):
                say(f"convcheck: {name} sets nothing; did you mean {variable(options[near[0]])}?")

    def _defaults(self, ctx: click.Context, settings: Settings) -> dict[str, Any]:
        """The values by the names of the parameters. A usage error with every mistake."""
        options = self.settable()
        values: dict[str, Any] = {}
        lines: dict[str, str] = {}
        mistakes = []
        for entry in settings.entries:
            place = f"{settings.file}:{entry.line}"
            try:
                option = _option(entry, options)
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

    def _show(self, ctx: click.Context) -> None:
        rows = []
        for key, option in self.settable().items():
            name = str(option.name)
            where = {
                ParameterSource.COMMANDLINE: "the command line",
                ParameterSource.ENVIRONMENT: variable(option),
                ParameterSource.DEFAULT_MAP: ctx.meta.get(f"{META}.lines", {}).get(name, ""),
            }.get(ctx.get_parameter_source(name) or ParameterSource.DEFAULT, "default")
            # Not all options hand their value on.
            rows.append((key, _text(ctx.params.get(name)), where))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        with writing("standard output"):
            stream = standard_output()
            for key, value, where in rows:
                stream.write(f"{key:<{widths[0]}}  {value:<{widths[1]}}  {where}\n")
            stream.flush()


def key_of(parameter: click.Parameter | None) -> str:
    """An option as a file names it: `max-memory`, or `k` where there is no longer name."""
    return max(parameter.opts, key=len).lstrip("-") if parameter is not None else ""


def variable(option: click.Option) -> str:
    """The variable that sets it: CONVCHECK_MAX_MEMORY."""
    return PREFIX + key_of(option).upper().replace("-", "_")


def _option(entry: Setting, options: Mapping[str, click.Option]) -> click.Option:
    key = entry.key.replace("_", "-")
    if key in options:
        return options[key]
    near = nearest(key, options)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(options)}"
    raise ValueError(f"unknown key {entry.key!r}; {hint}")


def _text(value: Any) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    from convcheck.reports.shown import shown  # noqa: PLC0415

    return shown(" ".join(map(str, value)) if isinstance(value, tuple) else str(value))


def _remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta[f"{META}.show"] = value
