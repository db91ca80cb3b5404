"""One call of convcheck, from its arguments to its exit code. No exception leaves, whatever happens."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from convcheck.cli.exits import Exit
from convcheck.cli.main import convcheck
from convcheck.cli.session import Session
from convcheck.cli.startup import one_thread
from convcheck.cli.streams import CannotWrite, say, silence_standard_output, tolerate_any_text, writing


def run_process(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code. click's own handling would say 1 for half a dozen different things."""
    one_thread()
    tolerate_any_text()
    session = Session()
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
        # Without a standard error click would show it on standard output.
        if sys.stderr is not None:
            with suppress(OSError):
                error.show()
        return error.exit_code
    except (CannotWrite, OSError) as error:
        # An OSError comes from click, which writes the help; or from what the reader of specs did not foresee.
        silence_standard_output()
        # A full disk is no fault of convcheck's: where in convcheck it was met is of no use to anybody.
        _say_fault(str(error), session, hint=not isinstance(error, CannotWrite))
        return Exit.FAULT
    except Exception as error:
        _say_fault(f"a fault in convcheck itself: {described(error)}", session)
        return Exit.FAULT


def described(error: BaseException) -> str:
    """An exception in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _invoke(arguments: list[str], session: Session) -> int:
    # A shell that asks how to complete a word is answered before anything else.
    if "_CONVCHECK_COMPLETE" in os.environ:
        from convcheck.cli.shell import answer

        answer()
    try:
        with convcheck.make_context("convcheck", arguments, obj=session) as context:
            code = convcheck.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return code if isinstance(code, int) else Exit.PASSED


def _say_fault(text: str, session: Session, *, hint: bool = True) -> None:
    if session.debug:
        import traceback

        say(traceback.format_exc().rstrip())
    say(f"convcheck: {text}{' (--debug shows where)' if hint and not session.debug else ''}")
