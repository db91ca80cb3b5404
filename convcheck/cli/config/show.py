"""`--show-config`: the value of every option, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource

from convcheck.cli.config.keys import variable_of
from convcheck.cli.streams import standard_output, writing


def show_config(ctx: click.Context, options: Mapping[str, click.Option], lines: Mapping[str, str]) -> None:
    """Print a row for each option. `lines` maps the name of a parameter to the line of the file that sets it.

    Raises CannotWrite where standard output is closed or full.
    """
    rows = []
    for key, option in options.items():
        name = str(option.name)
        origin = {
            ParameterSource.COMMANDLINE: "the command line",
            ParameterSource.ENVIRONMENT: variable_of(option),
            ParameterSource.DEFAULT_MAP: lines.get(name, ""),
        }.get(ctx.get_parameter_source(name) or ParameterSource.DEFAULT, "default")
        # An option that is not handed to the command has no value there.
        rows.append((key, _text(ctx.params.get(name)), origin))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    with writing("standard output"):
        stream = standard_output()
        for key, value, origin in rows:
            stream.write(f"{key:<{widths[0]}}  {value:<{widths[1]}}  {origin}\n")
        stream.flush()


def _text(value: Any) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    from convcheck.reports.wording.figures import shown

    return shown(" ".join(map(str, value)) if type(value) is tuple else str(value))
