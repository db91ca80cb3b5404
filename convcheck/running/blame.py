"""An exception that came out of a check: is it the code's under test, or convcheck's own fault?"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from convcheck.implementations.errors.ownership import is_library, is_own
from convcheck.implementations.source import CannotOpen
from convcheck.running.failures import NO_ISOLATION, SMALLER
from convcheck.running.message import Fault, Mishap

# Where convcheck computes, nothing of the kind is raised unless the code under test called np.seterr,
# warnings.simplefilter or sys.setrecursionlimit.
MEDDLING = (FloatingPointError, Warning, RecursionError)


def blamed(error: BaseException, replaced: Sequence[str] = ()) -> Mishap | Fault:
    """What to say of `error`, raised when the code under test had `replaced` these names in modules not its own.

    Only what passes through no line of the code under test, and that it did not bring about, is a fault of convcheck.
    """
    if isinstance(error, CannotOpen):
        return Mishap("cannot-open", str(error))
    if isinstance(error, MemoryError):
        return Mishap("out-of-memory", f"there was not enough memory: {text_of(error)}", SMALLER)
    if isinstance(error, SystemExit):
        call = f"sys.exit({_shown(error.code)})"
        return Mishap("exited", f"the code under test left with {call}{_where(error)}", NO_ISOLATION)
    if not isinstance(error, Exception) or _foreign(error):
        return Mishap("raised", f"the code under test raised {text_of(error)}{_where(error)}", NO_ISOLATION)
    if replaced or isinstance(error, MEDDLING):
        did = f"replaced {', '.join(replaced[:3])}" if replaced else "changed what NumPy or Python raise"
        return Mishap("raised", f"the code under test {did}, and the check could not go on: {text_of(error)}")
    return fault(error)


def fault(error: BaseException) -> Fault:
    """An exception that nobody but convcheck is to blame for."""
    return Fault(text_of(error), "".join(traceback.format_exception(error)).rstrip())


def text_of(error: BaseException) -> str:
    """Type and message in one line, also of an exception whose message cannot be had."""
    text = ""
    with suppress(Exception):
        text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _foreign(error: BaseException) -> traceback.FrameSummary | None:
    """The innermost frame of the code under test."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return next((frame for frame in frames if not is_own(frame.filename) and not is_library(frame.filename)), None)


def _where(error: BaseException) -> str:
    frame = _foreign(error)
    return f" (line {frame.lineno} of {Path(frame.filename).name}, in {frame.name})" if frame else ""


def _shown(code: object) -> str:
    with suppress(Exception):
        return "" if code is None else repr(code)[:80]
    return "…"
