"""Which reports are written, and where: `--format` and `-o` as they stand on the command line."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from convcheck.cli.options.complete import files
from convcheck.cli.write_file import DEVICES, is_standard_output
from convcheck.reports.formats import FORMATS, SUFFIXES
from convcheck.spec.nearest import nearest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


# Names that somebody may try: the ends of files.
MEANT: Mapping[str, str] = {suffix[1:]: name for suffix, name in SUFFIXES.items()}


class Output(NamedTuple):
    """One report. `form` is None where nothing says it yet, `file` where it goes to standard output.

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
    """`NAME` or `NAME=FILE`, or for -o `FILE` or `NAME=FILE`."""

    name = "output"

    def __init__(self, *, file: bool) -> None:
        self._file = file

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        """Refuses what is neither, and a name that is nearly one of a format."""
        if isinstance(value, Output):
            return value
        text = str(value)
        name, given, file = text.partition("=")
        if given and name in FORMATS:
            if not file:
                self.fail(f"{text!r} names no file", param, ctx)
            return Output(name, file, named=True)
        if self._file:
            # A file may well have a `=` in its name; a slip in the name of a format is likelier.
            if given and (name in MEANT or (name.isidentifier() and nearest(name, FORMATS))):
                self.fail(f"{_unknown(name)}; for a file of that name: -o ./{text}", param, ctx)
            if not text:
                self.fail("expected a file, received an empty text", param, ctx)
            return Output(SUFFIXES.get(os.path.splitext(text)[1].lower()), text)
        if text not in FORMATS:
            self.fail(_unknown(name), param, ctx)
        return Output(text)

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """Several in one variable are told apart as a shell does it."""
        import shlex

        return shlex.split(rv)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """The formats, or files."""
        if self._file:
            return files(ctx, param, incomplete)
        from click.shell_completion import CompletionItem

        return [CompletionItem(name, help=FORMATS[name].__doc__) for name in FORMATS if name.startswith(incomplete)]


def _unknown(name: str) -> str:
    near = (MEANT[name],) if name in MEANT else nearest(name, FORMATS)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FORMATS)}"
    return f"no format is called {name[:60]!r}; {hint}"


def outputs(formats: Sequence[Output], outputs: Sequence[Output]) -> tuple[Output, ...]:
    """The reports of a run: each with its format, standard output first, no two in the same place.

    A plain FILE takes the place of standard output, as NAME=FILE does not; but a format that was asked for is written:
    to standard output where no file has it.
    """
    told = [one for one in formats if one.file is None]
    form = told[-1].form if told else None
    beside = [one for one in (*formats, *outputs) if one.file is not None]
    written = [Output(one.form or form or "table", one.file, one.named) for one in beside]
    missed = form is not None and all(one.named or one.form != form for one in written)
    if not any(one.is_standard for one in written) and (missed or all(one.named for one in written)):
        written.insert(0, Output(form or "table"))
    _require_apart(written)
    return tuple(sorted(written, key=lambda one: not one.is_standard))


def _require_apart(written: Sequence[Output]) -> None:
    places: set[str] = set()
    for one in written:
        place = "-" if one.is_standard else os.path.realpath(one.file or "")
        if place in places and not place.startswith(DEVICES):
            where = "standard output" if place == "-" else repr(one.file)
            raise click.BadParameter(f"two reports cannot both be written to {where}", param_hint="'-o'")
        places.add(place)
