"""What an option is called in a file and in the environment."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any

import click

from convcheck.cli.config.file import Setting, Settings
from convcheck.cli.options.output import FormatOrFile, Output
from convcheck.implementations.source import parse_source
from convcheck.reports.formats import FORMAT_BY_SUFFIX
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


# A file comes with a repository, and a repository from anywhere: what runs code is said by the person who runs it.
REFUSED = {
    "trust": "code that a spec names runs only when the person who runs convcheck says so: --trust, or CONVCHECK_TRUST",
    "cluster": "where checks are run is said by the person who runs convcheck: --cluster, or CONVCHECK_CLUSTER",
}


def value_of(ctx: click.Context, option: click.Option, value: Any, settings: Settings) -> Any:
    """The value, checked as one on the command line is. Raises ValueError with what is wrong with it."""
    name = max(option.opts, key=len).lstrip("-")
    if option.name in REFUSED:
        raise ValueError(f"{name} cannot be set in a file: {REFUSED[option.name]}")
    plain = _plain(option, name, value, settings)
    try:
        if name == "impl" and parse_source(plain) is not None:
            raise ValueError(
                f"impl: code of your own cannot be named in a file, which is data: --impl {plain}, or CONVCHECK_IMPL"
            )
        if isinstance(option.type, FormatOrFile):
            return [_inside(option.type.convert(one, option, ctx), name, settings) for one in plain]
        option.process_value(ctx, plain)
    except click.BadParameter as error:
        raise ValueError(f"{name}: {error.message}") from error
    return plain


def _plain(option: click.Option, name: str, value: Any, settings: Settings) -> Any:
    """A text, a list of texts, or whether a flag is set."""
    if option.is_flag:
        if settings.is_toml and not isinstance(value, bool):
            raise ValueError(f"{name}: expected true or false, received {value!r}")
        return value
    if option.multiple:
        several = value if isinstance(value, list) else str(value).split("\n") if not settings.is_toml else [value]
        if not all(isinstance(one, str) for one in several):
            raise ValueError(f"{name}: expected a text or a list of texts, received {value!r}")
        return [one.strip() for one in several if one.strip()]
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"{name}: expected a text or a number, received {value!r}")
    return str(value)


def _inside(output: Output, name: str, settings: Settings) -> Output:
    """A file that is written lies in the folder of the file that says so, or under it, wherever one stands."""
    if output.file is None or output.is_standard:
        return output
    root = os.path.realpath(settings.folder)
    target = os.path.realpath(os.path.join(root, output.file))
    if os.path.commonpath([root, target]) != root or target == root:
        raise ValueError(f"{name}: {output.file!r} is not under the folder of {settings.file}: give -o by hand")
    # Neither a hook of git's nor somebody's code is a report.
    parts = os.path.relpath(target, root).split(os.sep)
    if any(part.startswith(".") for part in parts) or os.path.splitext(target)[1].lower() not in FORMAT_BY_SUFFIX:
        raise ValueError(
            f"{name}: {output.file!r}: a file may name reports that end in {', '.join(FORMAT_BY_SUFFIX)}, "
            "none of them hidden"
        )
    return Output(output.form, os.path.relpath(target), output.named)
