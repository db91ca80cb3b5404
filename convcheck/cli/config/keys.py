"""The keys of options in a file, their names in the environment, and which values a file may give them."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import click

from convcheck.cli.config.file import ConfigEntry, ConfigFile
from convcheck.spec.nearest import nearest

if TYPE_CHECKING:
    from convcheck.cli.options.output import Output

PREFIX = "CONVCHECK_"
# A file comes with a repository, and a repository from anywhere: what runs code is said by the person who runs it.
REFUSED = {
    "trust": "code that a spec names runs only when the person who runs convcheck says so: --trust, or CONVCHECK_TRUST",
    "cluster": "where checks are run is said by the person who runs convcheck: --cluster, or CONVCHECK_CLUSTER",
}


def key_of(parameter: click.Parameter | None) -> str:
    """The key of an option in a file: `max-memory`, or `k` where there is no longer name."""
    return max(parameter.opts, key=len).lstrip("-") if parameter is not None else ""


def variable_of(option: click.Parameter | None) -> str:
    """The environment variable that sets an option: CONVCHECK_MAX_MEMORY."""
    return PREFIX + key_of(option).upper().replace("-", "_")


def option_of(
    entry: ConfigEntry, options: Mapping[str, click.Option], other_keys: Collection[str]
) -> click.Option | None:
    """The option that an entry of a file sets; None for the key of another command. Raises ValueError for neither."""
    key = entry.key.replace("_", "-")
    if key in options:
        return options[key]
    if key in other_keys:
        return None
    known = tuple(dict.fromkeys((*options, *other_keys)))
    near = nearest(key, known)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    raise ValueError(f"unknown key {entry.key!r}; {hint}")


def option_value(ctx: click.Context, option: click.Option, value: Any, file: ConfigFile) -> Any:
    """The value, checked as one on the command line is. Raises ValueError with what is wrong with it."""
    # Most projects have no such file.
    from convcheck.cli.options.output import FormatOrFile
    from convcheck.implementations.source import parse_source

    key = key_of(option)
    if option.name in REFUSED:
        raise ValueError(f"{key} cannot be set in a file: {REFUSED[option.name]}")
    text = _as_text(option, key, value, file)
    try:
        if key == "impl" and parse_source(text) is not None:
            raise ValueError(
                f"impl: code of your own cannot be named in a file, which is data: --impl {text}, or CONVCHECK_IMPL"
            )
        if isinstance(option.type, FormatOrFile):
            return [_inside_folder(option.type.convert(one, option, ctx), key, file) for one in text]
        option.process_value(ctx, text)
    except click.BadParameter as error:
        raise ValueError(f"{key}: {error.message}") from error
    return text


def _as_text(option: click.Option, key: str, value: Any, file: ConfigFile) -> Any:
    """A text, a list of texts, or whether a flag is set."""
    if option.is_flag:
        if file.is_toml and not isinstance(value, bool):
            raise ValueError(f"{key}: expected true or false, received {value!r}")
        return value
    if option.multiple:
        several = value if isinstance(value, list) else str(value).split("\n") if not file.is_toml else [value]
        if not all(isinstance(one, str) for one in several):
            raise ValueError(f"{key}: expected a text or a list of texts, received {value!r}")
        return [one.strip() for one in several if one.strip()]
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"{key}: expected a text or a number, received {value!r}")
    return str(value)


def _inside_folder(output: Output, key: str, file: ConfigFile) -> Output:
    """The output with its path from the working folder. Raises ValueError for one outside the folder of the file."""
    from convcheck.cli.options.output import Output
    from convcheck.reports.formats import FORMAT_BY_SUFFIX

    if output.file is None or output.is_standard:
        return output
    root = os.path.realpath(file.folder)
    target = os.path.realpath(os.path.join(root, output.file))
    if os.path.commonpath([root, target]) != root or target == root:
        raise ValueError(f"{key}: {output.file!r} is not under the folder of {file.name}: give -o by hand")
    # Neither a hook of git's nor somebody's code is a report.
    parts = os.path.relpath(target, root).split(os.sep)
    if any(part.startswith(".") for part in parts) or os.path.splitext(target)[1].lower() not in FORMAT_BY_SUFFIX:
        raise ValueError(
            f"{key}: {output.file!r}: a file may name reports that end in {', '.join(FORMAT_BY_SUFFIX)}, "
            "none of them hidden"
        )
    return Output(output.form, os.path.relpath(target), output.named)
