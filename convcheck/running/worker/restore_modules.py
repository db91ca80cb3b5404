"""What the modules that a check relies on held before code under test ran, to undo `np.dot = None`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType
from typing import Any

from convcheck.implementations.errors.ownership import is_theirs

PACKAGES = ("numpy", "convcheck")
MODULES = (
    *("builtins", "sys", "os", "posixpath", "io", "time", "math", "cmath", "operator", "itertools", "functools"),
    *("random", "copy", "signal", "locale", "threading", "contextlib", "traceback", "faulthandler"),
)
# What code replaces by the way, and `preserved` or `redirect` look after.
OWN_WAYS = {
    *("__warningregistry__", "_", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"),
    *("path", "argv", "meta_path", "path_hooks", "last_type", "last_value", "last_traceback", "flags"),
}


class Originals:
    """Every name in those modules, as they are when this is made. What is inside of objects is not looked at."""

    def __init__(self) -> None:
        self._modules = _watched()
        self._namespaces = [(name, vars(module), dict(vars(module))) for name, module in self._modules]

    def restore(self) -> list[str]:
        """Undo every change since then; a module that was imported into its package meanwhile stays.

        Returns the names that had been replaced or deleted: `numpy.dot`, `sys.modules['numpy']`.
        """
        changed = [f"sys.modules[{name!r}]" for name, module in self._modules if sys.modules.get(name) is not module]
        sys.modules.update(self._modules)
        for module, namespace, original in self._namespaces:
            for name, value in original.items():
                if namespace.get(name) is not value and name not in OWN_WAYS:
                    namespace[name] = value
                    changed.append(f"{module}.{name}")
            if len(namespace) > len(original):
                _remove(namespace, original)
        return changed


def _watched() -> list[tuple[str, ModuleType]]:
    return [
        (name, module)
        for name, module in list(sys.modules.items())
        if isinstance(module, ModuleType) and (name in MODULES or name.partition(".")[0] in PACKAGES)
    ]


def _remove(namespace: dict[str, Any], original: dict[str, Any]) -> None:
    added = [name for name in namespace if name not in original and name not in OWN_WAYS]
    for name in added:
        if not isinstance(namespace[name], ModuleType):
            del namespace[name]


@contextmanager
def forgotten(place: str) -> Iterator[None]:
    """Forgets the modules that were imported inside from the folder of the file `place`.

    What is installed stays imported, and compiled modules too, since they cannot be imported twice. What was taken out
    of the table comes back.
    """
    before = dict(sys.modules)
    folder = Path(place).absolute().parent
    try:
        yield
    finally:
        for name in sys.modules.keys() - before.keys():
            file = getattr(sys.modules[name], "__file__", None)
            if isinstance(file, str) and is_theirs(file, folder) and not file.endswith(tuple(EXTENSION_SUFFIXES)):
                del sys.modules[name]
        sys.modules.update(before)
