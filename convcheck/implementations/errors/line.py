"""Where an exception happened, in terms of the code under test."""

import traceback
from typing import NamedTuple

from convcheck.implementations.errors.ownership import is_library, is_own


class CodeLine(NamedTuple):
    """A line of the code under test: its file without the folder, its number, the function, the text stripped."""

    file: str
    number: int
    function: str
    text: str


def line_of(error: BaseException) -> CodeLine | None:
    """The innermost line of the user's own code, even where a library raised deeper down."""
    frame = _frame(traceback.extract_tb(error.__traceback__))
    if frame is None:
        return None
    file = frame.filename.replace(chr(92), "/").rsplit("/", 1)[-1]
    return CodeLine(file, frame.lineno or 0, frame.name, (frame.line or "").strip())


def is_asserted(error: BaseException) -> bool:
    """Whether the user's own code asserts it, by itself or through np.testing: no library's assertion on its own
    affairs, such as PyTorch's that there is no GPU.
    """
    if not isinstance(error, AssertionError):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    if not frames or not is_library(frames[-1].filename):
        return True
    line = line_of(error)
    return line is not None and "assert" in line.text


def _frame(frames: traceback.StackSummary) -> traceback.FrameSummary | None:
    theirs = [frame for frame in frames if not is_own(frame.filename)]
    if not theirs:
        return frames[-1] if frames else None
    written = [frame for frame in theirs if not is_library(frame.filename)]
    # An installed package may itself be what is under test: then it is where convcheck called into.
    return written[-1] if written else [frame for frame in theirs if frame.filename == theirs[0].filename][-1]
