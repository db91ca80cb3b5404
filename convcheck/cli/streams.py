"""Standard output and standard error: what they can carry, how wide they are, and what is said on the second."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO


class CannotWrite(Exception):
    """A report that could not be written, with the reason: a full disk, a stream that is closed."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"cannot write to {where}: {why}")


def tolerate_any_text() -> None:
    """A character that a stream cannot carry becomes a question mark; the report goes on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def standard_output() -> TextIO:
    """Where the report goes when nothing else is said."""
    # Python leaves None where the descriptor was closed: `convcheck run … >&-`.
    if sys.stdout is None:
        raise CannotWrite("standard output", "it is closed")
    return sys.stdout


def say(text: str) -> None:
    """A remark for the person at the terminal, on standard error, whatever has become of it."""
    with suppress(OSError, ValueError, AttributeError):
        print(text, file=sys.stderr, flush=True)


def width_of(stream: TextIO, environ: Mapping[str, str] = os.environ) -> int | None:
    """Columns of a terminal, or COLUMNS where it is set; None where nothing limits the width."""
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    if stream.isatty():
        with suppress(OSError, ValueError):
            # A terminal that does not know its width says 0.
            return os.get_terminal_size(stream.fileno()).columns or 80
        return 80
    return None


@contextmanager
def writing(where: str) -> Iterator[None]:
    """Turns a failed write into `CannotWrite`. A closed pipe is no failure, and passes through."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotWrite(where, error.strerror or str(error)) from error


def silence_standard_output() -> None:
    """What is left in the buffer goes nowhere: Python would try to write it once more at its end, and complain."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def wants_colour(choice: str, stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> bool:
    """`--color` first, then NO_COLOR, FORCE_COLOR and TERM, then whether a person looks at the stream.

    NO_COLOR and FORCE_COLOR count when they are not empty; FORCE_COLOR=0 means off.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if forced := environ.get("FORCE_COLOR"):
        return forced.lower() not in ("0", "false")
    if environ.get("TERM") == "dumb":
        return False
    return stream is not None and stream.isatty()
