"""From the SPECs on the command line to the checks that they ask for, and messages about what cannot be used."""

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcheck.cli.actions.expression import is_malformed
from convcheck.cli.actions.select import no_match, select
from convcheck.cli.options.specs import STDIN, code_hint, find_spec_files
from convcheck.cli.streams import say
from convcheck.layers.catalogue import FORMS, suite_file, suite_text
from convcheck.reports.report import Invalid
from convcheck.reports.wording.figures import shown
from convcheck.spec.check import Check
from convcheck.spec.errors import SpecError
from convcheck.spec.reader import IS_CODE, LARGEST_FILE, Reading, read_bytes, read_file, read_mapping, read_text
from convcheck.spec.showing import count

# What standard input is called in ids and messages.
STDIN_NAME = "<stdin>"

# For so many different reasons why an option does not fit there is a message; the JSON report has them check by check.
MOST_MISFITS = 5


class Selection(NamedTuple):
    """The checks to run, in order, and what could not be used.

    `errors` holds specs that are not valid, and checks that the options do not fit. `unmatched` holds folders, globs
    and `-k` that match nothing: beside checks that do run each is an error, since something would stay unchecked for
    good; where there are none it only means that there is nothing to check.
    """

    checks: tuple[Check, ...] = ()
    errors: tuple[Invalid, ...] = ()
    unmatched: tuple[Invalid, ...] = ()

    @property
    def all_errors(self) -> tuple[Invalid, ...]:
        """The errors that a report lists."""
        return self.errors + self.unmatched

    @property
    def invalid(self) -> bool:
        """Whether the exit code says that something could not be used."""
        return bool(self.errors or (self.checks and self.unmatched))


def gather(
    specs: Sequence[str],
    keys: Sequence[str],
    max_memory: int,
    overrides: Mapping[str, Any] | None = None,
    suites: Sequence[str] = (),
    inputs: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> Selection:
    """Read every spec, and the built-in suites of the layers in `suites`; select by `-k`; apply the overrides.

    `inputs` and `settings` are those of a function that no spec describes, as --input and --setting have them.

    What is wrong is said on standard error and is in the Selection; nothing is raised for it.
    """
    files = find_spec_files(specs)
    for message in files.unmatched:
        say(f"convcheck: {shown(message)}")
    checks: list[Check] = []
    errors: list[Invalid] = []
    readings = [_read(file, max_memory, named=file in specs) for file in files.files]
    readings += [_read_suite(each, max_memory) for each in suites]
    readings += [read_inputs(inputs, settings, max_memory)] if inputs else []
    for reading in readings:
        checks += reading.checks
        for error in reading.errors:
            say(error.text())
            errors.append(_invalid(error))
    # Of each of them one place is named, whatever the number of files.
    for remark in {remark.message: remark for reading in reversed(readings) for remark in reading.remarks}.values():
        say(remark.headline())
    selected, unmatched_keys = select(checks, keys)
    nothing = []
    for key in unmatched_keys:
        message = no_match(key, checks)
        say(f"convcheck: {_shown_lines(message)}")
        if is_malformed(key):
            errors.append(Invalid(message))
        else:
            nothing.append(f"-k {key!r} matches nothing")
    if not checks and not errors:
        say("convcheck: nothing to check")
    usable, misfits = _override(selected, overrides or {}, max_memory)
    unmatched = (*files.unmatched, *nothing)
    return Selection(usable, (*errors, *misfits), tuple(map(Invalid, unmatched)))


def _read(file: str, max_memory: int, *, named: bool) -> Reading:
    """One file. Where it was not `named`, but found in a folder or by a pattern, it is no pipe that is waited for."""
    if hint := code_hint(file):
        return Reading((), (SpecError(file, 0, 0, IS_CODE, "", hint),))
    if file != STDIN:
        return read_file(file, FORMS, max_memory=max_memory, pipes=named)
    if sys.stdin is None:
        return read_bytes(b"", STDIN_NAME, FORMS, max_memory=max_memory)
    if sys.stdin.isatty():
        say("convcheck: reading a spec from the keyboard; Ctrl-D ends it")
    return read_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), STDIN_NAME, FORMS, max_memory=max_memory)


def _read_suite(layer: str, max_memory: int) -> Reading:
    return read_text(suite_text(layer), suite_file(layer), FORMS, max_memory=max_memory)


def read_inputs(inputs: Sequence[str], settings: Sequence[str], max_memory: int) -> Reading:
    """The check of a function with these inputs and settings, as --input and --setting have them."""
    import yaml

    from convcheck.spec.inputs import FunctionSizes

    spec: dict[str, Any] = {"layer": FunctionSizes.called, "inputs": {}, "settings": {}}
    for key, text in (*(("inputs", text) for text in inputs), *(("settings", text) for text in settings)):
        name, _, told = text.partition("=")
        try:
            if key == "settings":
                value = _number_or_text(yaml.safe_load(told))
            else:
                value = yaml.safe_load(told) if "{" in told else [int(n) for n in re.findall(r"\d+", told)]
        except yaml.YAMLError:
            return read_text(told, f"--{key.removesuffix('s')} {name}", FORMS, max_memory=max_memory)
        spec[key][name.strip()] = value
    return read_mapping({key: value for key, value in spec.items() if value}, FORMS, max_memory=max_memory)


def _number_or_text(value: Any) -> Any:
    """1e-6 is a text in YAML 1.1, and a number to whoever writes it."""
    if isinstance(value, list):
        return [*map(_number_or_text, value)]
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _override(
    checks: Sequence[Check], overrides: Mapping[str, Any], max_memory: int
) -> tuple[tuple[Check, ...], list[Invalid]]:
    """The checks with their fields replaced by the options, and those that the options do not fit."""
    given = {name: value for name, value in overrides.items() if value is not None}
    if not given:
        return tuple(checks), []
    # Most runs are as the specs say.
    from convcheck.spec.overrides import override

    usable: list[Check] = []
    misfits: dict[str, list[Check]] = {}
    for check in checks:
        try:
            usable.append(override(check, FORMS, max_memory=max_memory, **given))
        except ValueError as error:
            misfits.setdefault(str(error), []).append(check)
    _say_misfits(misfits)
    invalid = [
        Invalid(f"{check.id}: {text}", check.file, check.line, 1) for text, those in misfits.items() for check in those
    ]
    return tuple(usable), invalid


def _say_misfits(misfits: Mapping[str, Sequence[Check]]) -> None:
    for text, checks in list(misfits.items())[:MOST_MISFITS]:
        more = f" (and {count(len(checks) - 1, 'more check')})" if len(checks) > 1 else ""
        say(f"convcheck: {shown(checks[0].id)}{more}: {_shown_lines(text)}")
    if left := sum(map(len, list(misfits.values())[MOST_MISFITS:])):
        say(f"convcheck: and {count(left, 'more check')} that these options do not fit")


def _invalid(error: SpecError) -> Invalid:
    return Invalid(
        error.message, error.file, error.line or None, error.column or None, error.source or None, error.hint
    )


def _shown_lines(text: str) -> str:
    """A text of several lines, each made fit to be shown."""
    return "\n".join(map(shown, text.split("\n")))
