"""An exception that came out of a check: is it the code's under test, or convcheck's own fault?"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from contextlib import suppress

from convcheck.checking.contract.replaced import CannotGoOn
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.ownership import is_library, is_own
from convcheck.implementations.plain_exception import frames_of, message_of, plain
from convcheck.running.failures import NO_ISOLATION_HINT, SMALLER_HINT, location_text
from convcheck.running.message import Failure, Fault

# Where convcheck computes, nothing of the kind is raised unless the code under test called np.seterr,
# warnings.simplefilter or sys.setrecursionlimit.
RAISED_BY_OTHER_SETTINGS = (FloatingPointError, Warning, RecursionError)


def blame(error: BaseException, replaced: Sequence[str] = ()) -> Failure | Fault:
    """What to say of `error`, raised when the code under test had `replaced` these names in modules not its own.

    A fault of convcheck is only what was raised with no line of the code under test on its stack, and what that code
    has not brought about by what it changed.
    """
    error = plain(error)
    if isinstance(error, (CannotOpen, CannotGoOn)):
        return Failure("replaced" if isinstance(error, CannotGoOn) else "cannot-open", str(error))
    if isinstance(error, MemoryError):
        return Failure("out-of-memory", f"there was not enough memory: {_one_line(error)}", SMALLER_HINT)
    if isinstance(error, SystemExit):
        call = f"sys.exit({_exit_argument(error.code)})"
        return Failure("exited", f"the code under test left with {call}{_location(error)}", NO_ISOLATION_HINT)
    if not isinstance(error, Exception) or _frame_under_test(error):
        said = f"the code under test raised {_one_line(error)}{_location(error)}"
        return Failure("raised", said, NO_ISOLATION_HINT)
    if replaced or isinstance(error, RAISED_BY_OTHER_SETTINGS):
        did = f"replaced {', '.join(replaced[:3])}" if replaced else "changed what NumPy or Python raise"
        return Failure("raised", f"the code under test {did}, and the check could not go on: {_one_line(error)}")
    return fault_of(error)


def fault_of(error: BaseException) -> Fault:
    """An exception that nobody but convcheck is to blame for."""
    return Fault(_one_line(error), "".join(traceback.format_exception(error)).rstrip())


def _one_line(error: BaseException) -> str:
    """Type and message in one line."""
    text = " ".join(message_of(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _frame_under_test(error: BaseException) -> traceback.FrameSummary | None:
    """The innermost frame of the code under test."""
    frames = reversed(frames_of(error))
    return next((frame for frame in frames if not is_own(frame.filename) and not is_library(frame.filename)), None)


def _location(error: BaseException) -> str:
    frame = _frame_under_test(error)
    return location_text(frame.filename, frame.lineno, frame.name) if frame else ""


def _exit_argument(code: object) -> str:
    with suppress(Exception):
        return "" if code is None else repr(code)[:80]
    return "…"
