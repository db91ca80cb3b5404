"""An exception in the code under test is a finding, never confused with a fault of the checker."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcheck.implementations.errors.declined import CannotOpen, NotWritten, Refusal
from convcheck.implementations.module_snapshot import run_code
from convcheck.implementations.plain_exception import plain, type_name

if TYPE_CHECKING:
    from convcheck.implementations.errors.line import CodeLine


# What an implementation says that takes only windows which tile.
_ABOUT_SIZES = r"strid|tile|divisib|integer|whole|size|dimension|shape|even|fit|invalid|param"

_LONGEST = 300

_TO_DO = r"\bto-?do\b|\b(un|not |not yet )implemented\b|\bimplement (this|me|it)\b"


class WrongReturn(TypeError):
    """What the code under test returned cannot be used at all; the text says what it was, and what was expected."""


class ReturnedNone(TypeError):
    """In place of an exception: code under test that is written, and returned nothing."""


class Raised(Exception):
    """`what` ("forward" or "backward") raised `error`, a plain one. `called` says with what sizes, in words.

    `definition` is where the function that was called begins, if it could not take the arguments that it was called
    with: then no line of it has run.
    """

    def __init__(self, what: str, error: BaseException, called: str = "", definition: "CodeLine | None" = None) -> None:
        super().__init__(what, error, called, definition)
        self.what = what
        self.error = error
        self.called = called
        self.definition = definition

    @property
    def line(self) -> "CodeLine | None":
        """Where it happened: the innermost line of the user's own code, even where a library raised deeper down."""
        from convcheck.implementations.errors.line import line_of

        return None if isinstance(self.error, (Refusal, ReturnedNone)) else self.definition or line_of(self.error)

    @property
    def hint(self) -> str | None:
        """What to do, where that is known without a layer."""
        return self.advice({})

    def advice(self, layer_hints: Mapping[str, str]) -> str | None:
        """What to do, where that is known; `layer_hints` are what the layer says of mistakes (`Words.hints`)."""
        from convcheck.implementations.errors.hints import hint_for

        if isinstance(self.error, Refusal):
            return None
        try:
            return hint_for(self.error, layer_hints)
        except Exception:  # the object whose attribute was missing is code under test as well
            return None

    def sentence(self) -> str:
        """Type, message, the line with its text, and the sizes."""
        said = f"{self.what} {_said(self.error)}"
        if line := self.line:
            text = f": {line.text}" if line.text else ""
            said += f" (line {line.number} of {line.file}, in {line.function}){text}"
        return f"{said}; called with {self.called}" if self.called else said

    def refusal(self) -> bool:
        """Whether the code declined these sizes rather than failed at them.

        Always so where it has no way to be told them (`Refusal`). Otherwise it may take only strides that tile, or only
        square windows, which is stricter than it need be, but no wrong gradient. That is said on purpose, and before
        anything is computed: in forward, on condition of its sizes and settings alone, by an assertion, or by a `raise`
        in the user's own code of a ValueError or of an exception that speaks of sizes. Anything else may be about what
        the code has computed: an assertion in backward on the shape of dx, a shape that NumPy could not broadcast.
        """
        if isinstance(self.error, Refusal):
            return True
        from convcheck.implementations.errors.condition import on_sizes_alone
        from convcheck.implementations.errors.line import is_asserted

        if self.what != "forward" or not on_sizes_alone(self.error):
            return False
        if is_asserted(self.error):
            return True
        line = self.line
        if line is None or not re.search(r"\braise\b", line.text):
            return False
        return isinstance(self.error, ValueError) or bool(re.search(_ABOUT_SIZES, str(self.error), re.I))


def _said(error: BaseException) -> str:
    if isinstance(error, Refusal):
        return f"cannot be asked for this: {error}"
    if isinstance(error, WrongReturn):
        return str(error)
    if isinstance(error, ReturnedNone):
        return f"returned None: {error}"
    if isinstance(error, SystemExit):
        return "called sys.exit"
    # In one line, however much a library has to say.
    message = " ".join(str(error).split())
    message = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
    return f"raised {type(error).__name__}: {message}".rstrip(": ")


def guarded(what: str, call: Callable[..., Any], *arguments: Any) -> Any:
    """`call(*arguments)`; raises `Raised` for whatever exception comes out of it, but lets NotWritten pass."""
    return called(what, call, arguments, {})


def called(
    what: str,
    function: Callable[..., Any],
    arguments: Sequence[Any],
    keywords: Mapping[str, Any],
    sizes: Callable[[], str] = str,
) -> Any:
    """`function(*arguments, **keywords)`; `sizes()` tells in words what it was called with, asked where that matters.

    Raises `Raised` for whatever exception comes out of it, and NotWritten for NotImplementedError and for an assertion
    that says as much; what is one of these two already passes unchanged, and so does CannotOpen.
    """
    try:
        return run_code(what, function, *arguments, **keywords)
    except (Raised, NotWritten, CannotOpen):
        raise
    # Somebody's Ctrl-C.
    except KeyboardInterrupt:
        raise
    # A program may end itself anywhere; code under test that does so must not end the checker.
    except BaseException as caught:
        error = plain(caught)
        if isinstance(error, NotImplementedError):
            name = getattr(function, "__name__", what)
            message = f": {error}" if str(error) else ""
            raise NotWritten(f"{name} is not written yet: it raises NotImplementedError{message}", what) from error
        if isinstance(error, TypeError) and _failed_itself(error):
            from convcheck.implementations.errors.line import definition_unfit_for

            if definition := definition_unfit_for(function, arguments, keywords):
                with_what = ", ".join(
                    [*map(_in_words, arguments), *(f"{k}={_in_words(v)}" for k, v in keywords.items())]
                )
                raise Raised(what, error, f"({with_what})", definition) from error
        if _is_to_do(error):
            name = getattr(function, "__name__", what)
            raise NotWritten(f"{name} is not written yet: it {_said(error)}", what) from error
        raise Raised(what, error, sizes()) from error


def _failed_itself(error: BaseException) -> bool:
    """Whether it was the call of code under test that failed, and nothing of that code has run."""
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    return innermost is not None and innermost.tb_frame.f_code.co_filename in (__file__, run_code.__code__.co_filename)


def _in_words(argument: Any) -> str:
    """An array by its shape, anything else by its type: "array (2, 3)", "tuple of 4"."""
    kind = type_name(argument)
    try:
        if issubclass(type(argument), (tuple, list)):
            return f"{kind} of {len(argument)}"
        shape = getattr(argument, "shape", None)
        return f"array {tuple(shape)}" if isinstance(shape, tuple) and shape else kind
    except Exception:  # a cache may be anything
        return kind


def _is_to_do(error: BaseException) -> bool:
    """Whether the user's own code asserts that something is still to be done: `assert False, "TODO"`."""
    if not isinstance(error, AssertionError):
        return False
    from convcheck.implementations.errors.line import is_asserted, line_of

    line = line_of(error) if is_asserted(error) else None
    said = (
        re.search(_TO_DO, str(error.args[0]), re.I)
        if error.args
        else line and re.match(r"assert (False|0)\b", line.text)
    )
    return line is not None and bool(said)
