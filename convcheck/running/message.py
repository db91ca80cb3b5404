"""What a worker process sends back, and how it is pickled and unpickled."""

import io
import pickle
from typing import Any, NamedTuple

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
    """A reply that holds something else than plain data: convcheck's own records, Python's and NumPy's values."""


def packed(reply: Reply) -> bytes:
    """The reply, pickled for the way to the parent. Raises NotPlain for what cannot be pickled."""
    try:
        return pickle.dumps(reply)
    except Exception as error:
        raise NotPlain(f"{type(error).__name__}: {error}") from error


def unpacked(content: bytes) -> Reply:
    """The reply again. Raises NotPlain rather than import anything of the code under test into this process."""
    try:
        reply = _PlainUnpickler(io.BytesIO(content)).load()
    except Exception as error:
        raise NotPlain(f"{type(error).__name__}: {error}") from error
    if not isinstance(reply, Reply):
        raise NotPlain(f"a {type(reply).__name__}")
    return reply


class _PlainUnpickler(pickle.Unpickler):
    """Knows convcheck's own classes and NumPy's numbers, and refuses every other class."""

    def find_class(self, module: str, name: str) -> Any:
        ours = module.startswith("convcheck.")
        number = (module, name) in {("numpy", "dtype"), ("numpy._core.multiarray", "scalar")}
        if ours or number or (module == "numpy.core.multiarray" and name == "scalar"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")
