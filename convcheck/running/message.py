"""What a worker process sends back, and how it is pickled and unpickled: what comes is looked at before it is believed.

The process that it comes from has run code under test, which may have brought about anything.
"""

import io
import pickle
from typing import Any, NamedTuple

from convcheck.running.conforming import conforms
from convcheck.running.records import RECORDS, is_record, plain_number

# Bytes that a reply may have. That of a batch of checks in which everything is wrong has some hundred thousand.
MOST_BYTES = 64 * 2**20
# Stands for exit code 0 of a worker process: exit codes go up to 255. See `WorkerProcess.exitcode`.
ENDED_WITH_ZERO = 256


class Failure(NamedTuple):
    """What the code under test did instead of returning: the code of a Finding, its sentence, and what to do."""

    code: str
    message: str
    hint: str | None = None


class Fault(NamedTuple):
    """An exception for which convcheck itself is to blame, in one line and in full."""

    text: str
    trace: str


class Reply(NamedTuple):
    """`value` is what the call returned; beside an `error`, what a check had found until then, if it is known.

    `end_process`: the process must not run another check.
    """

    value: Any = None
    error: Failure | Fault | None = None
    end_process: bool = False


class NotPlain(Exception):
    """A reply that holds something else than plain data, more of it than it may have, or not what its records say."""


def packed(reply: Reply) -> bytes:
    """The reply, pickled for the way to the parent. Raises NotPlain for what cannot be pickled."""
    stream = io.BytesIO()
    try:
        _PlainPickler(stream, protocol=4).dump(reply)
    except Exception as error:
        raise NotPlain(_said(error)) from error
    if stream.tell() > MOST_BYTES:
        raise NotPlain(f"it has {stream.tell():,} bytes, and {MOST_BYTES:,} are the most")
    return stream.getvalue()


def unpacked(content: bytes) -> Reply:
    """The reply again. Raises NotPlain rather than import anything of the code under test into this process."""
    if not isinstance(content, bytes) or len(content) > MOST_BYTES:
        raise NotPlain("it is no message of a worker's")
    try:
        reply = _PlainUnpickler(io.BytesIO(content)).load()
        if not isinstance(reply, Reply):
            raise NotPlain(f"a {type(reply).__name__}")
        if not conforms(reply):
            raise NotPlain("a field of a record has another type than it must have")
    except NotPlain:
        raise
    except Exception as error:
        raise NotPlain(_said(error)) from error
    return reply


def _said(error: Exception) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


class _PlainPickler(pickle.Pickler):
    """Knows the records, and refuses everything else before it can say how it is to be pickled."""

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if is_record(kind) or (kind is type and (is_record(value) or value in (float, int, bool))):
            return NotImplemented
        number = plain_number(value)
        if number is None:
            raise pickle.PicklingError(f"a {kind.__module__}.{kind.__qualname__} is no plain data")
        return type(number), (number,)


class _PlainUnpickler(pickle.Unpickler):
    """Knows the records, and refuses every other class and every function."""

    def find_class(self, module: str, name: str) -> Any:
        number = module == "builtins" and name in ("float", "int", "bool")
        if number or name in RECORDS.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")
