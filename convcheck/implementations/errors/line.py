"""Where an exception happened, in terms of the code under test."""

import inspect
import linecache
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from convcheck.implementations.errors.ownership import is_library, is_own
from convcheck.implementations.plain_exception import frames_of


class CodeLine(NamedTuple):
    """A line of the code under test: its file without the folder, its number, the function, the text stripped."""

    file: str
    number: int
    function: str
    text: str


def line_of(error: BaseException) -> CodeLine | None:
    """The innermost line of the user's own code, even where a library raised deeper down."""
    frame = _frame(frames_of(error))
    if frame is None:
        return None
    return CodeLine(_bare(frame.filename), frame.lineno or 0, frame.name, (frame.line or "").strip())


def definition_unfit_for(
    function: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> CodeLine | None:
    """The line at which `function` is defined, if it cannot be called with these arguments; None if it can.

    None as well where its parameters or its text are not known, as of what is written in C.
    """
    try:
        signature = inspect.signature(function)
    except Exception:  # what a function says of itself is code under test as well
        return None
    try:
        signature.bind(*arguments, **keywords)
    except TypeError:
        bare = inspect.unwrap(function)
        called = bare if inspect.isroutine(bare) else vars(type(bare)).get("__call__")
        code = getattr(called, "__code__", None)
        if code is None:
            return None
        text = linecache.getline(code.co_filename, code.co_firstlineno).strip()
        if not text or text.startswith("@"):
            text = f"{code.co_name}{signature}"
        return CodeLine(_bare(code.co_filename), code.co_firstlineno, code.co_name, text)
    return None


def _bare(filename: str) -> str:
    return filename.replace(chr(92), "/").rsplit("/", 1)[-1]


def is_asserted(error: BaseException) -> bool:
    """Whether the user's own code asserts it, by itself or through np.testing: no library's assertion on its own
    affairs, such as PyTorch's that there is no GPU.
    """
    if not isinstance(error, AssertionError):
        return False
    frames = frames_of(error)
    if not frames or not is_library(frames[-1].filename):
        return True
    line = line_of(error)
    return line is not None and "assert" in line.text


def _frame(frames: traceback.StackSummary) -> traceback.FrameSummary | None:
    theirs = [frame for frame in frames if not is_own(frame.filename)]
    if not theirs:
        # A built-in implementation may be at fault; what calls all code under test never is.
        return frames[-1] if frames and frames[-1].name not in ("called", "guarded") else None
    written = [frame for frame in theirs if not is_library(frame.filename)]
    # An installed package may itself be what is under test: then it is where convcheck called into.
    return written[-1] if written else [frame for frame in theirs if frame.filename == theirs[0].filename][-1]
