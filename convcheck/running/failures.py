"""What is said of code under test that did not return: one sentence each, with the line it was at and what to do."""

from __future__ import annotations

import re
import signal
from contextlib import suppress
from pathlib import Path

from convcheck.implementations.errors.ownership import is_library, is_own
from convcheck.running.message import ENDED_WITH_ZERO, Failure
from convcheck.spec.memory import readable

NO_ISOLATION_HINT = "--no-isolation runs it in convcheck's own process, where a debugger reaches it"
SMALLER_HINT = "try a smaller size"
SIGNALS_IN_WORDS = {
    "SIGSEGV": "segmentation fault",
    "SIGABRT": "abort",
    "SIGFPE": "arithmetic error",
    "SIGBUS": "bus error",
    "SIGILL": "illegal instruction",
    "SIGKILL": "killed, by the system where memory runs out",
}

# How much is read of the stacks that faulthandler wrote, in bytes, and what their lines look like.
DUMP_LIMIT = 64 * 1024
THREAD = re.compile(r"^(Current thread|Thread) 0x.*$", re.MULTILINE)
FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)


def timed_out(seconds: float, location: str) -> Failure:
    """It was stopped after so many seconds; `location` as `location_in_dump` gives it."""
    message = f"it had not finished after {seconds:g} s and was stopped{location}"
    return Failure("timed-out", message, f"give it longer with --timeout SECONDS; {NO_ISOLATION_HINT}")


def process_ended(exitcode: int, location: str) -> Failure:
    """Its process ended with an exit code, or with a signal, for which multiprocessing has negative numbers."""
    if exitcode >= 0:
        code = 0 if exitcode == ENDED_WITH_ZERO else exitcode
        return Failure("exited", f"the code under test ended its process, with exit code {code}", NO_ISOLATION_HINT)
    name = f"signal {-exitcode}"
    with suppress(ValueError):
        name = signal.Signals(-exitcode).name
    words = f" ({SIGNALS_IN_WORDS[name]})" if name in SIGNALS_IN_WORDS else ""
    return Failure("crashed", f"the code under test crashed its process: {name}{words}{location}", NO_ISOLATION_HINT)


def out_of_memory(limit: int | None) -> Failure:
    """There was not even memory left to send the exception to the parent. `limit` is in bytes."""
    taken = "all the memory there is" if limit is None else f"more than the {readable(limit)} that a check may have"
    return Failure("out-of-memory", f"the code under test took {taken}", SMALLER_HINT)


def not_plain(text: str) -> Failure:
    """The result holds an object of the code under test, whose class would be imported into convcheck's own process."""
    return Failure("crashed", f"what came out of the code under test cannot be carried over: {text}", NO_ISOLATION_HINT)


def channel_broken() -> Failure:
    """It wrote into what its process and convcheck's talk through."""
    said = "the code under test wrote into files that are not its own: the channel between its process and convcheck's"
    return Failure("crashed", said, NO_ISOLATION_HINT)


def location_text(file: str, line: int | str | None, function: str) -> str:
    """` (line 3 of layers.py, in forward)`, to stand at the end of a sentence."""
    return f" (line {line} of {Path(file).name}, in {function})"


def location_in_dump(dump: bytes) -> str:
    """The innermost line of the code under test in what faulthandler wrote, as `location_text`; or nothing."""
    text = dump.decode("utf-8", "replace")
    starts = [match.start() for match in THREAD.finditer(text)]
    stacks = [text[start:end] for start, end in zip(starts, [*starts, len(text)][1:], strict=True)]
    # The thread that crashed is named "Current" and comes first; of those that were merely running, the main one is
    # the last.
    stacks.sort(key=lambda stack: stack.startswith("Current"))
    for file, line, function in FRAME.findall(stacks[-1]) if stacks else ():
        if not is_own(file) and not is_library(file):
            return location_text(file, line, function)
    return ""
