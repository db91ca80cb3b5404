"""What a worker sends back, and how it crosses over."""

import io
import pickle
from typing import Any, NamedTuple


class Mishap(NamedTuple):
    """What the code under test did instead of returning: a code of a Finding, its sentence, and what to do."""

    code: str
    message: str
    hint: str | None = None


class Fault(NamedTuple):
    """An exception for which convcheck itself is to blame, in one line and in full."""

    text: str
    trace: str


class Reply(NamedTuple):
    """`value` is what the call returned, if `trouble` is None. `spent`: the process should not run another check."""

    value: Any = None
    trouble: Mishap | Fault | None = None
    spent: bool = False


class NotPlain(Exception):
    """A reply that holds something else than plain data of ours."""


def packed(reply: Reply) -> bytes:
    """For the way to the parent. Raises NotPlain for what cannot be pickled."""
    try:
        return pickle.dumps(reply)
    except Exception as error:
        raise NotPlain(f"{type(error).__name__}: {error}") from error


def unpacked(content: bytes) -> Reply:
    """The reply again. Raises NotPlain rather than import anything of the code under test into this process."""
    try:
        reply = _Careful(io.BytesIO(content)).load()
    except Exception as error:
        raise NotPlain(f"{type(error).__name__}: {error}") from error
    if not isinstance(reply, Reply):
        raise NotPlain(f"a {type(reply).__name__}")
    return reply


class _Careful(pickle.Unpickler):
    """Knows our own records and NumPy's numbers."""

    def find_class(self, module: str, name: str) -> Any:
        ours = module.startswith("convcheck.")
        number = (module, name) in {("numpy", "dtype"), ("numpy._core.multiarray", "scalar")}
        if ours or number or (module == "numpy.core.multiarray" and name == "scalar"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")
