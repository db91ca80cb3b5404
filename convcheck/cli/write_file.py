"""Where a report is written: standard output, or a file that is either the old one or the whole new one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from convcheck.cli.part_file import PartFile, opened
from convcheck.cli.streams import standard_output, writing

# What stands below these is no file, and cannot be replaced by one.
DEVICES = ("/dev/", "/proc/")


def is_standard_output(name: str | None) -> bool:
    """Whether a report of this name goes to standard output; without a name it does."""
    return name is None or name in ("-", "/dev/stdout")


@contextmanager
def destination(name: str | None) -> Iterator[tuple[TextIO, str]]:
    """A stream to write a report to, with the name that messages give it.

    A file is written beside the place where it belongs and moved there when it is whole; devices and pipes are written
    directly. Raises click.BadParameter at once where the file cannot be written, and CannotWrite where standard output
    is closed or writing fails at the end, on a full disk.
    """
    if name is None or is_standard_output(name):
        yield standard_output(), "standard output"
        return
    try:
        target = Path(os.path.realpath(name))
        part = PartFile(target) if _is_replaceable(name, target) else None
        # A pipe opened for writing waits until somebody reads it.
        stream = part.stream if part else opened(name)
    except OSError as error:
        raise click.BadParameter(f"cannot write {name!r}: {error.strerror or error}", param_hint="'-o'") from error
    if part is None:
        # Closing writes what is left, and fails where the disk is full.
        try:
            yield stream, name
        finally:
            with writing(name):
                stream.close()
        return
    try:
        yield stream, name
        with writing(name):
            part.finish()
    except BaseException:
        part.drop()
        raise


def _is_replaceable(name: str, target: Path) -> bool:
    """Whether a new file may be moved to the target. Raises OSError where nothing can be written at all."""
    try:
        status = target.stat()
    except FileNotFoundError:
        if name.endswith(("/", os.sep)):
            raise IsADirectoryError(21, "it names a folder", name) from None
        return True
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(21, "it is a folder", name)
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "it is read-only", name)
    return stat.S_ISREG(status.st_mode) and not os.path.abspath(name).startswith(DEVICES)


def require_other_files(written: Iterable[str | None], read: Callable[[], Iterable[str]]) -> None:
    """Raise click.BadParameter where a file that is written would take the place of one that is `read`.

    They are compared by what they are, not by their names. `read` is called only where that can be: where one of those
    that are written is a file already. None stands for standard output.
    """
    present = [(name, status) for name in written if not is_standard_output(name) and (status := _regular(name))]
    if not present:
        return
    inputs = [status for name in read() if (status := _regular(name))]
    for name, status in present:
        if any(os.path.samestat(status, other) for other in inputs):
            raise click.BadParameter(
                f"{name!r} is read in this run, and what is written would replace it: name another file",
                param_hint="'-o'",
            )


def _regular(name: str | None) -> os.stat_result | None:
    try:
        status = os.stat(name or "")
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def refuse_existing(output: str | None, force: bool) -> None:
    """Raises click.UsageError where the output is a file that exists, which may have been edited, unless by `force`."""
    if output is not None and os.path.isfile(output) and not force:
        raise click.UsageError(f"{output!r} exists; --force replaces it")


def write_new(text: str, output: str | None, force: bool) -> None:
    """Write a text to a file that must not exist yet, unless by `force`, or to standard output.

    Raises click.UsageError where the file exists, and what `destination` raises.
    """
    from convcheck.reports.tables.glyphs import Glyphs

    refuse_existing(output, force)
    with destination(output) as (stream, where), writing(where):
        stream.write(Glyphs(stream.encoding).fit(text))
        stream.flush()
