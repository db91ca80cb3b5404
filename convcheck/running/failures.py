"""What is said of code under test that did not return: one sentence each, and what to do."""

from __future__ import annotations

import re
import signal
from contextlib import suppress
from pathlib import Path

from convcheck.implementations.errors.ownership import is_library, is_own
from convcheck.running.message import Mishap
from convcheck.running.worker.process import ENDED_WITH_ZERO
from convcheck.spec.memory import readable

NO_ISOLATION = "--no-isolation runs it in convcheck's own process, where a debugger reaches it"
SMALLER = "try a smaller size"
FAMILIAR = {
    "SIGSEGV": "segmentation fault",
    "SIGABRT": "abort",
    "SIGFPE": "arithmetic error",
    "SIGBUS": "bus error",
    "SIGILL": "illegal instruction",
    "SIGKILL": "killed, by the system where memory runs out",
}


def timed_out(seconds: float, where: str) -> Mishap:
    """It was stopped after so many seconds; `where` as `whereabouts` says it."""
    message = f"it had not finished after {seconds:g} s and was stopped{where}"
    return Mishap("timed-out", message, f"give it longer with --timeout SECONDS; {NO_ISOLATION}")


def ended(exitcode: int, where: str) -> Mishap:
    """Its process ended with an exit code, or with a signal, for which multiprocessing has negative ones."""
    if exitcode >= 0:
        code = 0 if exitcode == ENDED_WITH_ZERO else exitcode
        return Mishap("exited", f"the code under test ended its process, with exit code {code}", NO_ISOLATION)
    name = f"signal {-exitcode}"
    with suppress(ValueError):
        name = signal.Signals(-exitcode).name
    familiar = f" ({FAMILIAR[name]})" if name in FAMILIAR else ""
    return Mishap("crashed", f"the code under test crashed its process: {name}{familiar}{where}", NO_ISOLATION)


def out_of_memory(limit: int | None) -> Mishap:
    """Not even an exception could be brought out of the process any more."""
    said = "all the memory there is" if limit is None else f"more than the {readable(limit)} that a check may have"
    return Mishap("out-of-memory", f"the code under test took {said}", SMALLER)


def not_plain(text: str) -> Mishap:
    """The result holds an object of the code under test, which would run in convcheck's own process."""
    return Mishap("crashed", f"what came out of the code under test cannot be carried over: {text}", NO_ISOLATION)


LIMIT = 64 * 1024
THREAD = re.compile(r"^(Current thread|Thread) 0x.*$", re.MULTILINE)
FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)


def whereabouts(dump: bytes) -> str:
    """` (line 3 of layers.py, in conv_forward)`, or nothing if that was not to be found."""
    text = dump.decode("utf-8", "replace")
    starts = [match.start() for match in THREAD.finditer(text)]
    stacks = [text[start:end] for start, end in zip(starts, [*starts, len(text)][1:], strict=True)]
    # The thread that crashed is named so and comes first; of those that were merely running, the main one is last.
    stacks.sort(key=lambda stack: stack.startswith("Current"))
    for file, line, function in FRAME.findall(stacks[-1]) if stacks else ():
        if not is_own(file) and not is_library(file):
            return f" (line {line} of {Path(file).name}, in {function})"
    return ""
