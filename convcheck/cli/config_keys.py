"""What an option is called in a file and in the environment."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import click

from convcheck.cli.config_file import Setting
from convcheck.spec.nearest import nearest

PREFIX = "CONVCHECK_"


def key_of(parameter: click.Parameter | None) -> str:
    """An option as a file names it: `max-memory`, or `k` where there is no longer name."""
    return max(parameter.opts, key=len).lstrip("-") if parameter is not None else ""


def variable(option: click.Parameter | None) -> str:
    """The variable that sets it: CONVCHECK_MAX_MEMORY."""
    return PREFIX + key_of(option).upper().replace("-", "_")


def option_of(entry: Setting, options: Mapping[str, click.Option], elsewhere: Collection[str]) -> click.Option | None:
    """The option that a file's key sets; None for one that is of another command. Raises ValueError for neither."""
    key = entry.key.replace("_", "-")
    if key in options:
        return options[key]
    if key in elsewhere:
        return None
    known = tuple(dict.fromkeys((*options, *elsewhere)))
    near = nearest(key, known)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    raise ValueError(f"unknown key {entry.key!r}; {hint}")
