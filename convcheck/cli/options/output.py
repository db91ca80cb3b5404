"""Which reports are written, and where: `--format` and `-o` as they stand on the command line."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from convcheck.cli.options.complete import complete_files
from convcheck.cli.write_file import DEVICES, is_standard_output
from convcheck.reports.formats import FORMAT_BY_SUFFIX, FORMATS
from convcheck.spec.nearest import nearest
from convcheck.spec.showing import listed

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


# What people may write for the name of a format: the suffix of its files, without the dot.
FORMAT_OF_ENDING: Mapping[str, str] = {suffix[1:]: name for suffix, name in FORMAT_BY_SUFFIX.items()}


class Output(NamedTuple):
    """One report: its format and its file. `file` is None for standard output, `form` None where it is still open.

    `named`: the format was given by its name, before the file's.
    """

    form: str | None
    file: str | None = None
    named: bool = False

    @property
    def is_standard(self) -> bool:
        """Whether it goes to standard output."""
        return is_standard_output(self.file)

    def __str__(self) -> str:
        if self.file is None:
            return str(self.form)
        return f"{self.form}={self.file}" if self.named else self.file


class FormatOrFile(click.ParamType[Output]):
    """The value of --format, `NAME` or `NAME=FILE`; or that of -o, `FILE` or `NAME=FILE`, where `file` is set."""

    name = "output"

    def __init__(self, *, file: bool) -> None:
        self._file = file

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        """The Output that the text names. Raises click.BadParameter for an unknown format and for an empty file."""
        if isinstance(value, Output):
            return value
        text = str(value)
        name, sign, file = text.partition("=")
        if sign and name in FORMATS:
            if not file:
                self.fail(f"{text!r} names no file", param, ctx)
            return Output(name, file, named=True)
        if self._file:
            # A file may well have a `=` in its name; a slip in the name of a format is likelier.
            if sign and (name in FORMAT_OF_ENDING or (name.isidentifier() and nearest(name, FORMATS))):
                self.fail(f"{_unknown_format(name)}; for a file of that name: -o ./{text}", param, ctx)
            if not text:
                self.fail("expected a file, received an empty text", param, ctx)
            return Output(FORMAT_BY_SUFFIX.get(os.path.splitext(text)[1].lower()), text)
        if text not in FORMATS:
            self.fail(_unknown_format(name), param, ctx)
        return Output(text)

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """The several values in one environment variable, separated as a shell separates words."""
        import shlex

        return shlex.split(rv)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """The formats, or files."""
        if self._file:
            return complete_files(ctx, param, incomplete)
        from click.shell_completion import CompletionItem

        return [CompletionItem(name, help=FORMATS[name].__doc__) for name in FORMATS if name.startswith(incomplete)]


def _unknown_format(name: str) -> str:
    near = (FORMAT_OF_ENDING[name],) if name in FORMAT_OF_ENDING else nearest(name, FORMATS)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FORMATS)}"
    return f"no format is called {name[:60]!r}; {hint}"


def resolve_outputs(formats: Sequence[Output], outputs: Sequence[Output]) -> tuple[Output, ...]:
    """The reports of a run, from the values of --format and of -o: each with its format, standard output first.

    A plain FILE takes the place of standard output, as NAME=FILE does not; but a format that was asked for is written:
    to standard output where no file has it. Raises click.BadParameter where two would be written to the same place, and
    for a file whose suffix says no format.
    """
    plain = [output for output in formats if output.file is None]
    form = plain[-1].form if plain else None
    for output in outputs:
        suffix = os.path.splitext(output.file or "")[1]
        if output.form is None and form is None and suffix and not output.is_standard:
            raise click.BadParameter(
                f"{output.file!r}: no format has the suffix {suffix}; expected "
                f"{listed(tuple(FORMAT_BY_SUFFIX), 'or')}, or the format by its name: -o NAME={output.file}",
                param_hint="'-o'",
            )
    with_file = [output for output in (*formats, *outputs) if output.file is not None]
    resolved = [Output(output.form or form or "table", output.file, output.named) for output in with_file]
    missing = form is not None and all(output.named or output.form != form for output in resolved)
    if not any(output.is_standard for output in resolved) and (missing or all(output.named for output in resolved)):
        resolved.insert(0, Output(form or "table"))
    _require_different_places(resolved)
    return tuple(sorted(resolved, key=lambda output: not output.is_standard))


def _require_different_places(outputs: Sequence[Output]) -> None:
    places: set[str] = set()
    for output in outputs:
        place = "-" if output.is_standard else os.path.realpath(output.file or "")
        if place in places and not place.startswith(DEVICES):
            where = "standard output" if place == "-" else repr(output.file)
            raise click.BadParameter(f"two reports cannot both be written to {where}", param_hint="'-o'")
        places.add(place)
