"""Exceptions of code under test, made plain: `str`, `args` and the rest of one may do anything, as any code may."""

from __future__ import annotations

import builtins
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

# Of a message no more than this is kept; reports show less.
LONGEST = 4000
# What may come out of code under test where it is tried out: anything but somebody's Ctrl-C.
LEAVING = (Exception, SystemExit, GeneratorExit)
_UNSAID = "(whose message cannot be had)"
_PLAIN = (str, int, float, complex, bool, bytes, type(None))
# Past the attributes of a class, which may be properties.
_name_of_class: Callable[[type], str] = type.__dict__["__name__"].__get__
_traceback_of: Callable[[BaseException], TracebackType | None] = BaseException.__dict__["__traceback__"].__get__
_arguments_of: Callable[[BaseException], tuple[Any, ...]] = BaseException.__dict__["args"].__get__
# By identity: a class may have an __eq__ and a __hash__ of its own, too.
_BUILT_IN = frozenset(id(kind) for kind in vars(builtins).values() if isinstance(kind, type))
# What is looked at of some exceptions beside their message, and of which type it should be.
_ATTRIBUTES: tuple[tuple[type[BaseException], str, type], ...] = (
    (AttributeError, "name", str),
    (NameError, "name", str),
    (ImportError, "name", str),
    (SyntaxError, "msg", str),
    (SyntaxError, "filename", str),
    (SyntaxError, "lineno", int),
    (SyntaxError, "text", str),
)


def plain(error: BaseException) -> BaseException:
    """`error`, where all there is to it is Python's or convcheck's own; else an exception that says the same.

    That one has the name of its class, the nearest of Python's exceptions above it for a parent, its traceback, and its
    message as a plain text. Raises nothing.
    """
    kind = type(error)
    arguments = _arguments_of(error)
    if home_of(error) == "convcheck" or (
        id(kind) in _BUILT_IN and all(map(_is_plain, arguments)) and _has_plain_parts(error)
    ):
        return error
    bases = _built_in_bases(kind)
    text = message_of(error)
    made: BaseException = type(type_name(error), bases, {"__str__": lambda self: text})()
    made.args = tuple(_text(part) if issubclass(type(part), str) else part for part in arguments)
    if not all(map(_is_plain, made.args)):
        made.args = (text,)
    for owner, name, wanted in _ATTRIBUTES:
        if isinstance(made, owner):
            value = vars(owner)[name].__get__(error)
            setattr(made, name, value if type(value) is wanted and len(str(value)) <= LONGEST else None)
    if isinstance(made, AttributeError):
        made.obj = vars(AttributeError)["obj"].__get__(error)
    return made.with_traceback(_traceback_of(error))


def message_of(error: BaseException) -> str:
    """Its message as a plain text, at most LONGEST long."""
    try:
        return _text(str(error))
    except KeyboardInterrupt:
        raise
    except BaseException:
        said = _arguments_of(error)
        return _text(said[0]) if len(said) == 1 and issubclass(type(said[0]), str) else _UNSAID


def type_name(value: Any) -> str:
    """What the class of `value` is called, whatever that class says."""
    return _text(_name_of_class(type(value)))


def home_of(value: Any) -> str:
    """The package that the class of `value` is of, "" where that cannot be had."""
    home = type.__dict__["__module__"].__get__(type(value))
    return home.partition(".")[0] if type(home) is str else ""


def frames_of(error: BaseException) -> traceback.StackSummary:
    """Its traceback, without what of it cannot be had: the modules in it say themselves where their text is."""
    try:
        frames = traceback.extract_tb(_traceback_of(error))
        for frame in frames:
            frame.line  # noqa: B018  it is read when it is asked for
    except Exception:
        steps = traceback.walk_tb(_traceback_of(error))
        frames = traceback.StackSummary.from_list(
            [(frame.f_code.co_filename, line, frame.f_code.co_name, "") for frame, line in steps]
        )
    return frames


def _built_in_bases(kind: type[Any]) -> tuple[type[BaseException], ...]:
    """Python's own exceptions among the parents of a class, without those that are parents of another."""
    every = [parent for parent in type.__dict__["__mro__"].__get__(kind) if id(parent) in _BUILT_IN]
    least = [one for one in every if not any(one is not other and issubclass(other, one) for other in every)]
    # These two are made of more than a message.
    instead = {UnicodeError: ValueError, BaseExceptionGroup: Exception}
    return tuple(next((instead[of] for of in instead if issubclass(one, of)), one) for one in least)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is tuple:
        return all(map(_is_plain, value))
    return any(kind is each for each in _PLAIN) and (kind not in (str, bytes) or len(value) <= LONGEST)


def _has_plain_parts(error: BaseException) -> bool:
    for owner, name, wanted in _ATTRIBUTES:
        if isinstance(error, owner):
            value = getattr(error, name)
            if value is not None and type(value) is not wanted:
                return False
    return True


def _text(text: Any) -> str:
    """A text, or what is one by inheritance, as a plain one that is not too long."""
    bare = str.__str__(text)
    return bare if len(bare) <= LONGEST else f"{bare[:LONGEST]}…"
