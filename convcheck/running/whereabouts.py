"""Where the code under test was when its process was ended: from what faulthandler wrote at that moment."""

from __future__ import annotations

import re
from pathlib import Path

from convcheck.implementations.grounds import is_library, is_own

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
