"""An exception in the code under test is a finding, never confused with a fault of the checker."""

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from convcheck.implementations.grounds import is_library, is_own
from convcheck.implementations.refusal import Refusal
from convcheck.implementations.source import NotWritten

# What an implementation says that takes only windows which tile.
_ABOUT_SIZES = r"strid|tile|divisib|integer|whole|size|dimension|shape|even|fit|invalid|param"

_LONGEST = 300

_ABOUT_SETTINGS = r"strid|pad|param|kernel|pool|window|filter"
_ABOUT_RESULTS = r"\bout|result|\bd[xwb]\b|cache|nan|finite"


class Line(NamedTuple):
    """A line of the code under test: its file without the folder, its number, the function, the text stripped."""

    file: str
    number: int
    function: str
    text: str


class Raised(Exception):
    """`what` ("forward" or "backward") raised `error`. `called` says with what sizes, in words."""

    def __init__(self, what: str, error: BaseException, called: str = "") -> None:
        super().__init__(what, error, called)
        self.what = what
        self.error = error
        self.called = called

    @property
    def line(self) -> Line | None:
        """Where it happened: the innermost line of the user's own code, even where a library raised deeper down."""
        frame = None if isinstance(self.error, Refusal) else _frame(self.error)
        if frame is None:
            return None
        file = frame.filename.replace(chr(92), "/").rsplit("/", 1)[-1]
        return Line(file, frame.lineno or 0, frame.name, (frame.line or "").strip())

    @property
    def hint(self) -> str | None:
        """What to do, where that is known."""
        from convcheck.implementations.hints import hint_for  # noqa: PLC0415 (most code raises nothing)

        return None if isinstance(self.error, Refusal) else hint_for(self.error)

    def sentence(self) -> str:
        """Type, message, the line with its text, and the sizes."""
        said = f"{self.what} {_said(self.error)}"
        if line := self.line:
            text = f": {line.text}" if line.text else ""
            said += f" (line {line.number} of {line.file}, in {line.function}){text}"
        return f"{said}; called with {self.called}" if self.called else said

    @property
    def _asserted(self) -> bool:
        """Whether the user's own code asserts it, by itself or through np.testing: no library's assertion on its own
        affairs, such as PyTorch's that there is no GPU.
        """
        if not isinstance(self.error, AssertionError):
            return False
        frames = traceback.extract_tb(self.error.__traceback__)
        own = not frames or not is_library(frames[-1].filename)
        return own or (self.line is not None and "assert" in self.line.text)

    def refusal(self, tiles: bool) -> bool:
        """Whether the code declined these sizes rather than failed at them. `tiles`: every window fits, none is cut.

        Always so where it has no way to be told them (`Refusal`). Otherwise it may take only strides that tile, or only
        square windows, which is stricter than it need be, but no wrong gradient. That is said on purpose: by an
        assertion, or by a `raise` in the user's own code of a ValueError or of an exception that speaks of sizes. A
        shape that NumPy could not broadcast is a failure, not a refusal; so is an assertion where the sizes tile,
        unless it is forward's and about its settings: it may be about what the code has computed.
        """
        if isinstance(self.error, Refusal):
            return True
        line = self.line
        text = line.text if line else ""
        if tiles:
            said = f"{text} {self.error}"
            about_settings = re.search(_ABOUT_SETTINGS, said, re.I) and not re.search(_ABOUT_RESULTS, said, re.I)
            return self._asserted and self.what == "forward" and bool(about_settings)
        if self._asserted:
            return True
        if not re.search(r"\braise\b", text):
            return False
        return isinstance(self.error, ValueError) or bool(re.search(_ABOUT_SIZES, str(self.error), re.I))


def _said(error: BaseException) -> str:
    if isinstance(error, Refusal):
        return f"cannot be asked for this: {error}"
    if isinstance(error, SystemExit):
        return "called sys.exit"
    # In one line, however much a library has to say.
    try:
        message = " ".join(str(error).split())
    except Exception:  # its own __str__ is code under test as well
        message = "(whose message cannot be had)"
    message = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
    return f"raised {type(error).__name__}: {message}".rstrip(": ")


def _frame(error: BaseException) -> traceback.FrameSummary | None:
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not is_own(frame.filename)]
    if not theirs:
        return frames[-1] if frames else None
    written = [frame for frame in theirs if not is_library(frame.filename)]
    # An installed package may itself be what is under test: then it is where convcheck called into.
    return written[-1] if written else [frame for frame in theirs if frame.filename == theirs[0].filename][-1]


def guarded(what: str, call: Callable[..., Any], *arguments: Any) -> Any:
    """`call(*arguments)`; raises `Raised` for whatever exception comes out of it, but lets NotWritten pass."""
    return called(what, call, arguments, {}, "")


def called(
    what: str, function: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any], sizes: str
) -> Any:
    """`function(*arguments, **keywords)`; `sizes` tells in words what it was called with.

    Raises `Raised` for whatever exception comes out of it, and NotWritten for NotImplementedError; what is one of
    these two already passes unchanged.
    """
    try:
        return function(*arguments, **keywords)
    except (Raised, NotWritten):
        raise
    except NotImplementedError as error:
        name = getattr(function, "__name__", what)
        message = f": {error}" if str(error) else ""
        raise NotWritten(f"{name} is not written yet: it raises NotImplementedError{message}", what) from error
    # A program may end itself anywhere; code under test that does so must not end the checker.
    except (Exception, SystemExit) as error:
        raise Raised(what, error, sizes) from error
