"""From what was named on the command line to the checks to run, and what was wrong with the rest."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convcheck.cli.select import no_match, select
from convcheck.cli.sources import STDIN, find
from convcheck.cli.streams import say
from convcheck.layers.catalogue import FORMS
from convcheck.reports.run import Invalid
from convcheck.reports.shown import shown
from convcheck.spec.check import Check
from convcheck.spec.errors import SpecError
from convcheck.spec.overrides import override
from convcheck.spec.reader import LARGEST_FILE, Reading, read_bytes, read_file

# What standard input is called in ids and messages.
STDIN_NAME = "<stdin>"

# Options that fit no check are said for so many checks; the JSON report has them all.
MOST_SAID = 5


@dataclass(frozen=True)
class Gathered:
    """The checks to run, in order, and what could not be used."""

    checks: tuple[Check, ...]
    errors: tuple[Invalid, ...]


def gather(
    specs: Sequence[str], keys: Sequence[str], max_memory: int, overrides: Mapping[str, Any] | None = None
) -> Gathered:
    """Read every spec, choose by `-k`, apply the options. Says on standard error what is wrong, and goes on."""
    sources = find(specs)
    for remark in sources.remarks:
        say(f"convcheck: {shown(remark)}")
    checks: list[Check] = []
    errors: list[Invalid] = []
    for file in sources.files:
        reading = _read(file, max_memory)
        checks += reading.checks
        for error in reading.errors:
            say(error.text())
            errors.append(_invalid(error))
    chosen, unmatched = select(checks, keys)
    for key in unmatched:
        say(f"convcheck: {_each_line_shown(no_match(key, checks))}")
    if not checks and not errors:
        say("convcheck: nothing to check")
    return _overridden(chosen, errors, overrides or {}, max_memory)


def _read(file: str, max_memory: int) -> Reading:
    if file != STDIN:
        return read_file(file, FORMS, max_memory=max_memory)
    if sys.stdin is None:
        return read_bytes(b"", STDIN_NAME, FORMS, max_memory=max_memory)
    if sys.stdin.isatty():
        say("convcheck: reading a spec from the keyboard; Ctrl-D ends it")
    return read_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), STDIN_NAME, FORMS, max_memory=max_memory)


def _overridden(
    checks: Sequence[Check], errors: list[Invalid], overrides: Mapping[str, Any], max_memory: int
) -> Gathered:
    given = {name: value for name, value in overrides.items() if value is not None}
    usable: list[Check] = []
    refused: list[Invalid] = []
    for check in checks:
        try:
            usable.append(override(check, FORMS, max_memory=max_memory, **given) if given else check)
        except ValueError as error:
            text = str(error)
            message = text if check.id in text else f"{check.id}: {text}"
            refused.append(Invalid(message, check.file, check.line, 1))
    for invalid in refused[:MOST_SAID]:
        say(f"convcheck: {_each_line_shown(invalid.message)}")
    if len(refused) > MOST_SAID:
        say(f"convcheck: and {len(refused) - MOST_SAID} more checks that these options do not fit")
    return Gathered(tuple(usable), (*errors, *refused))


def _invalid(error: SpecError) -> Invalid:
    return Invalid(
        error.message, error.file, error.line or None, error.column or None, error.source or None, error.hint
    )


def _each_line_shown(text: str) -> str:
    return "\n".join(map(shown, text.split("\n")))
