"""From what was named on the command line to the checks to run, and what was wrong with the rest."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcheck.cli.actions.select import no_match, select
from convcheck.cli.options.specs import STDIN, find
from convcheck.cli.streams import say
from convcheck.layers.catalogue import FORMS
from convcheck.reports.report import Invalid
from convcheck.reports.wording.figures import shown
from convcheck.spec.check import Check
from convcheck.spec.errors import SpecError
from convcheck.spec.reader import LARGEST_FILE, Reading, read_bytes, read_file, read_text
from convcheck.spec.showing import count

# What standard input is called in ids and messages.
STDIN_NAME = "<stdin>"

# Options that do not fit are said for so many kinds of misfit; the JSON report has them check by check.
MOST_SAID = 5


class Gathered(NamedTuple):
    """The checks to run, in order, and what could not be used.

    `vain` holds a folder, a glob or a `-k` that names nothing: beside checks that do run it is a mistake that would
    leave something unchecked for good; by itself there is nothing to check.
    """

    checks: tuple[Check, ...] = ()
    errors: tuple[Invalid, ...] = ()
    vain: tuple[Invalid, ...] = ()

    @property
    def all_errors(self) -> tuple[Invalid, ...]:
        """What a report lists."""
        return self.errors + self.vain

    @property
    def invalid(self) -> bool:
        """Whether the exit code says so."""
        return bool(self.errors or (self.checks and self.vain))


def gather(
    specs: Sequence[str],
    keys: Sequence[str],
    max_memory: int,
    overrides: Mapping[str, Any] | None = None,
    suites: Sequence[str] = (),
) -> Gathered:
    """Read every spec, choose by `-k`, apply the options. Says on standard error what is wrong, and goes on.

    `suites` names the layers whose built-in suites are read, too.
    """
    sources = find(specs)
    vain = list(sources.remarks)
    for remark in vain:
        say(f"convcheck: {shown(remark)}")
    checks: list[Check] = []
    errors: list[Invalid] = []
    readings = [*(_read(file, max_memory) for file in sources.files), *(_suite(layer, max_memory) for layer in suites)]
    for reading in readings:
        checks += reading.checks
        for error in reading.errors:
            say(error.text())
            errors.append(_invalid(error))
    chosen, unmatched = select(checks, keys)
    for key in unmatched:
        say(f"convcheck: {_each_line_shown(no_match(key, checks))}")
        vain.append(f"-k {key!r} matches nothing")
    if not checks and not errors:
        say("convcheck: nothing to check")
    usable, refused = _overridden(chosen, overrides or {}, max_memory)
    return Gathered(usable, (*errors, *refused), tuple(map(Invalid, vain)))


def _read(file: str, max_memory: int) -> Reading:
    if file != STDIN:
        return read_file(file, FORMS, max_memory=max_memory)
    if sys.stdin is None:
        return read_bytes(b"", STDIN_NAME, FORMS, max_memory=max_memory)
    if sys.stdin.isatty():
        say("convcheck: reading a spec from the keyboard; Ctrl-D ends it")
    return read_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), STDIN_NAME, FORMS, max_memory=max_memory)


def _suite(layer: str, max_memory: int) -> Reading:
    # Where there are specs there is no suite.
    from convcheck.cli.actions.suite import suite_file
    from convcheck.suite import suite_text

    return read_text(suite_text(layer), suite_file(layer), FORMS, max_memory=max_memory)


def _overridden(
    checks: Sequence[Check], overrides: Mapping[str, Any], max_memory: int
) -> tuple[tuple[Check, ...], list[Invalid]]:
    """The checks with the options applied, and those that the options do not fit."""
    given = {name: value for name, value in overrides.items() if value is not None}
    if not given:
        return tuple(checks), []
    from convcheck.spec.overrides import override

    usable: list[Check] = []
    misfits: dict[str, list[Check]] = {}
    for check in checks:
        try:
            usable.append(override(check, FORMS, max_memory=max_memory, **given))
        except ValueError as error:
            misfits.setdefault(str(error), []).append(check)
    _say_misfits(misfits)
    refused = [
        Invalid(f"{check.id}: {text}", check.file, check.line, 1) for text, those in misfits.items() for check in those
    ]
    return tuple(usable), refused


def _say_misfits(misfits: Mapping[str, Sequence[Check]]) -> None:
    for text, checks in list(misfits.items())[:MOST_SAID]:
        more = f" (and {count(len(checks) - 1, 'more check')})" if len(checks) > 1 else ""
        say(f"convcheck: {shown(checks[0].id)}{more}: {_each_line_shown(text)}")
    if left := sum(map(len, list(misfits.values())[MOST_SAID:])):
        say(f"convcheck: and {count(left, 'more check')} that these options do not fit")


def _invalid(error: SpecError) -> Invalid:
    return Invalid(
        error.message, error.file, error.line or None, error.column or None, error.source or None, error.hint
    )


def _each_line_shown(text: str) -> str:
    return "\n".join(map(shown, text.split("\n")))
