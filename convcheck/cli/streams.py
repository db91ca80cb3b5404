"""Standard output and standard error: which characters and colours they take, how wide they are, and failed writes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO

from convcheck.spec.showing import without_commands


class CannotWrite(Exception):
    """A report that could not be written, with the reason: a full disk, a stream that is closed."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"cannot write to {where}: {why}")


def replace_unencodable() -> None:
    """From now on a character that a stream cannot encode becomes a question mark, and raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def standard_output() -> TextIO:
    """Standard output. Raises CannotWrite where it is closed."""
    # Python leaves None where the descriptor was closed: `convcheck run … >&-`.
    if sys.stdout is None:
        raise CannotWrite("standard output", "it is closed")
    return sys.stdout


def say(text: str) -> None:
    """Print a message on standard error. Where that is closed or full the message is lost, and nothing is raised."""
    # To `print`, None is standard output.
    if sys.stderr is None:
        return
    with suppress(OSError, ValueError):
        # Of two texts that are harmless each by itself there may be one put together.
        print(without_commands(text), file=sys.stderr, flush=True)


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


def describe_error(error: BaseException) -> str:
    """An exception in one line: its type, and its text if it has any."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def writing(where: str) -> Iterator[None]:
    """Raises CannotWrite in the place of an OSError. BrokenPipeError passes: a reader who leaves is no failed write."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotWrite(where, error.strerror or str(error)) from error


def silence_standard_output() -> None:
    """Send what is left in the buffer nowhere: Python would try to write it once more at its end, and complain."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def wants_colour(choice: str, stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to write in colour: by `--color`, then NO_COLOR, FORCE_COLOR and TERM, then whether it is a terminal.

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
