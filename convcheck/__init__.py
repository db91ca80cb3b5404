"""convcheck verifies hand-written gradients: every entry, exactly, and says what is wrong.

>>> import convcheck
>>> convcheck.check({"N": 1, "C": 2, "H": 4, "W": 4, "F": 2, "H1": 3, "W1": 3, "stride": 1, "pad": 1}).status
'pass'

`check` runs one spec, on code of one's own if it is handed any, and `suite` all that a layer is to be checked at;
`load` reads a spec file; `gradcheck` checks any forward and backward, of arrays or tensors.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from convcheck._version import __version__

if TYPE_CHECKING:
    from convcheck.api import (
        CheckFailed,
        InvalidSpec,
        Outcome,
        SuiteOutcome,
        check,
        gradcheck,
        gradgradcheck,
        load,
        suite,
    )
    from convcheck.checking.result import Result
    from convcheck.layers.locality import All, Same, Window
    from convcheck.spec.check import Check

__all__ = [
    "All",
    "Check",
    "CheckFailed",
    "InvalidSpec",
    "Outcome",
    "Result",
    "Same",
    "SuiteOutcome",
    "Window",
    "__version__",
    "check",
    "gradcheck",
    "gradgradcheck",
    "load",
    "suite",
]

# Imported on first use: the command's --version and --help need none of it, and NumPy takes a while.
_HOMES = {
    "check": "convcheck.api",
    "gradcheck": "convcheck.api",
    "gradgradcheck": "convcheck.api",
    "load": "convcheck.api",
    "CheckFailed": "convcheck.api",
    "InvalidSpec": "convcheck.api",
    "Outcome": "convcheck.api",
    "SuiteOutcome": "convcheck.api",
    "suite": "convcheck.api",
    "Result": "convcheck.checking.result",
    "Check": "convcheck.spec.check",
    "All": "convcheck.layers.locality",
    "Same": "convcheck.layers.locality",
    "Window": "convcheck.layers.locality",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
