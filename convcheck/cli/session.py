"""What holds for the whole process, and is known before a command is."""

from __future__ import annotations

import click


class Session:
    """`debug`: show the traceback of a fault in convcheck itself."""

    def __init__(self) -> None:
        self.debug = False


def _remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).debug = True


debug_option = click.option(
    "--debug",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_remember,
    help="Show the traceback of a fault in convcheck itself.",
)
