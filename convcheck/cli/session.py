"""`--debug`, which may stand before or after the name of the command and holds for the whole process."""

from __future__ import annotations

import click


class Session:
    """What is known of one call of convcheck. `debug`: show the traceback of a fault in convcheck itself.

    `own_process`: nothing else runs in this process, before or after.
    """

    def __init__(self, own_process: bool = False) -> None:
        self.debug = False
        self.own_process = own_process


def _set_debug(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).debug = True


debug_option = click.option(
    "--debug",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_set_debug,
    help="Show the traceback of a fault in convcheck itself.",
)
