"""The command that repeats one check as it was run."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import click

from convcheck.checking.result import Result
from convcheck.cli.actions.gather import STDIN_NAME
from convcheck.cli.options.selection import OVERRIDES
from convcheck.spec.check import Check, Manner
from convcheck.spec.ids import file_part

# What a spec on one line says of how a check was made; the rest are options of the command.
IN_LINE = ("dtype", "data", "seed", "scheme", "tolerance")
# The flags among them.
FLAGS = ("no_isolation", "no_stubs", "trust")


def repeated_options(context: click.Context) -> dict[str, Any]:
    """The options of `convcheck run` that decide what comes of a check, by their names, None where not given."""
    options = context.params
    given = {option: options[name] for option, name in OVERRIDES.items()}
    default = context.get_parameter_source("max_memory") is click.core.ParameterSource.DEFAULT
    given |= {"--budget": options["budget"], "--max-memory": None if default else options["max_memory"]}
    given |= {"--timeout": options["timeout"], "--layer": options["layer"], "--input": options["inputs"] or None}
    given |= {"--setting": options["settings"] or None}
    return given | {f"--{name.replace('_', '-')}": options[name] or None for name in FLAGS}


def repeat_command(
    result: Result, options: Mapping[str, Any], *, suite: bool = False, ids: Collection[str] = ()
) -> str:
    """`convcheck run FILE -k ID` with the options that were given, quoted for a POSIX shell.

    `options` maps "--seed" to its value, None where it was not given, True for one that takes no value. A check of the
    built-in `suite` has no file to name: its id is whole, since two layers may have a check of the same name. Where the
    `ids` of all checks that there are have its name only once, that name is enough.
    """
    words = ["convcheck", "run"]
    key = result.id
    if suite:
        name = key.rpartition("::")[2].partition("[")[0]
        key = name if sum(name.lower() in each.lower() for each in ids) == 1 else key
    if result.file is not None and not suite:
        words.append(_as_argument(result.file))
        key = key.removeprefix(file_part(result.file) + "::")
    words += ["-k", key]
    return " ".join(map(quoted, [*words, *_given(options)]))


def repeat_sizes(check: Check, options: Mapping[str, Any]) -> str:
    """The command with a spec of its own, on one line: `echo '{…}' | convcheck run -`."""
    more = {option: value for option, value in options.items() if OVERRIDES.get(option) not in IN_LINE}
    return f"echo {quoted(spec_line(check))} | {' '.join(map(quoted, ['convcheck', 'run', '-', *_given(more)]))}"


def _given(options: Mapping[str, Any]) -> Iterator[str]:
    for option, value in options.items():
        for one in value if isinstance(value, tuple) else () if value is None else (value,):
            yield from [option] if one is True else [option, str(one)]


def spec_line(check: Check) -> str:
    """A spec on one line, of a layer at its sizes, in a manner that is written where it is not the usual one."""
    usual = asdict(Manner())
    manner = {name: value for name, value in asdict(check.manner).items() if value != usual[name]}
    values = {"layer": check.layer, **check.sizes.given(), **manner}
    return f"{{{', '.join(f'{name}: {_yaml(value)}' for name, value in values.items() if value is not None)}}}"


def _yaml(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, (tuple, list)) else str(value)


def _as_argument(file: str) -> str:
    if file == STDIN_NAME:
        return "-"
    # A name that starts with a dash would be read as an option.
    return os.path.join(os.curdir, file) if file.startswith("-") else file


def quoted(word: str) -> str:
    r"""A word in the quotes that a POSIX shell needs; one with control characters in it as $'...\x1b...'."""
    if word.isprintable():
        return shlex.quote(word)
    escaped = (chr(byte) if 32 <= byte < 127 and byte not in b"\\'" else f"\\x{byte:02x}" for byte in os.fsencode(word))
    return f"$'{''.join(escaped)}'"
