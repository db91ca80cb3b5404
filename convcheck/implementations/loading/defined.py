"""What a module under test defines, as far as it can be asked about: an object in it may raise at any question."""

from __future__ import annotations

import inspect
from types import CodeType, FunctionType, ModuleType
from typing import Any

# Those answer as Python does.
_PLAIN = (FunctionType, ModuleType, str, int, float, tuple, list, dict, type(None))


def defined_in(module: ModuleType) -> dict[str, Any]:
    """Its names and their values, without those that cannot be asked what they are."""
    return {name: value for name, value in list(vars(module).items()) if type(name) is str and _answers(value)}


def _answers(value: Any) -> bool:
    """Whether it says without an exception, and in the types that are usual, what is asked of code that is found."""
    kind = type(value)
    if any(kind is plain for plain in _PLAIN):
        return True
    try:
        isinstance(value, type)
        callable(value)
        bare = inspect.unwrap(value)
        asked = (("__code__", CodeType), ("__module__", str), ("__name__", str), ("__qualname__", str))
        return all(
            isinstance(getattr(each, name, None), (usual, type(None)))
            for each in (value, bare)
            for name, usual in asked
        )
    except KeyboardInterrupt:
        raise
    except BaseException:
        return False
