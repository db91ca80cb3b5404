"""One call of convcheck, from its arguments to its exit code, with every exception turned into a message and a code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from convcheck.cli.exits import NO_FOLDER, Exit
from convcheck.cli.main import convcheck
from convcheck.cli.session import Session
from convcheck.cli.startup import limit_threads, reserve_standard_descriptors
from convcheck.cli.streams import (
    CannotWrite,
    describe_error,
    replace_unencodable,
    say,
    silence_standard_output,
    writing,
)
from convcheck.spec.showing import escape


def run_process(arguments: Sequence[str], *, own_process: bool = False) -> int:
    """Run a command and return the exit code; click itself would return 1 for half a dozen different things.

    Raises SystemExit where a shell asks how to complete a word, and nothing else.
    """
    if own_process:
        reserve_standard_descriptors()
    limit_threads()
    replace_unencodable()
    session = Session(own_process)
    try:
        code = _invoke(list(arguments), session)
        if sys.stdout is not None:
            with writing("standard output"):
                sys.stdout.flush()
        return code
    except BrokenPipeError:
        silence_standard_output()
        return Exit.CLOSED_PIPE
    except (KeyboardInterrupt, click.Abort):
        say("convcheck: interrupted")
        return Exit.INTERRUPTED
    except click.ClickException as error:
        _say_usage(error)
        return error.exit_code
    except (CannotWrite, OSError) as error:
        # An OSError comes from click, which writes the help; or from what the reader of specs did not foresee.
        silence_standard_output()
        return _said_of(error, session)
    except Exception as error:
        _say_fault(f"a fault in convcheck itself: {describe_error(error)}", session)
        return Exit.FAULT


def _said_of(error: CannotWrite | OSError, session: Session) -> Exit:
    """Say what kept the command from ending, and return its exit code."""
    if isinstance(error, FileNotFoundError) and _folder_is_gone():
        say(f"Error: {NO_FOLDER}")
        return Exit.USAGE
    # A full disk is no fault of convcheck's: where in convcheck it was met is of no use to anybody.
    _say_fault(str(error), session, hint=not isinstance(error, CannotWrite))
    return Exit.FAULT


def _folder_is_gone() -> bool:
    try:
        os.getcwd()
    except OSError:
        return True
    return False


def _invoke(arguments: list[str], session: Session) -> int:
    if "_CONVCHECK_COMPLETE" in os.environ:
        from convcheck.cli.shell import print_completions

        print_completions()
    try:
        with convcheck.make_context("convcheck", arguments, obj=session) as context:
            code = convcheck.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return code if isinstance(code, int) else Exit.PASSED


def _say_usage(error: click.ClickException) -> None:
    """What click would write itself, with the names in it made fit to be shown."""
    written = io.StringIO()
    error.show(written)
    say("\n".join(map(escape, written.getvalue().rstrip("\n").split("\n"))))


def _say_fault(text: str, session: Session, *, hint: bool = True) -> None:
    if session.debug:
        import traceback

        say(traceback.format_exc().rstrip())
    say(f"convcheck: {text}{' (--debug shows where)' if hint and not session.debug else ''}")
