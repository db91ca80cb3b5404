"""Imported modules, put back after each check: what stands in them, to undo `np.dot = None`, and which there are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType
from typing import Any

from convcheck.implementations.errors.ownership import is_theirs

# The modules that a check relies on: all of these packages, and some of the standard library.
PACKAGES = ("numpy", "convcheck")
MODULES = (
    *("builtins", "sys", "os", "posixpath", "io", "time", "math", "cmath", "operator", "itertools", "functools"),
    *("random", "copy", "signal", "locale", "threading", "contextlib", "traceback", "faulthandler"),
)
# Names in them that code may well change: `restored_state` and `redirect_streams` put back those that matter.
RESTORED_ELSEWHERE = {
    *("__warningregistry__", "_", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"),
    *("path", "argv", "meta_path", "path_hooks", "last_type", "last_value", "last_traceback", "flags"),
}


class ModuleSnapshot:
    """Every name in those modules, as they are when this is made. What is inside of objects is not looked at."""

    def __init__(self) -> None:
        self._modules = _relied_on()
        self._namespaces = [(name, vars(module), dict(vars(module))) for name, module in self._modules]

    def restore(self) -> list[str]:
        """Undo every change since then; a module that was imported into its package meanwhile stays.

        Returns the names that had been replaced or deleted: `numpy.dot`, `sys.modules['numpy']`.
        """
        changed = [f"sys.modules[{name!r}]" for name, module in self._modules if sys.modules.get(name) is not module]
        sys.modules.update(self._modules)
        for module, namespace, original in self._namespaces:
            for name, value in original.items():
                if namespace.get(name) is not value and name not in RESTORED_ELSEWHERE:
                    namespace[name] = value
                    changed.append(f"{module}.{name}")
            if len(namespace) > len(original):
                _remove_added(namespace, original)
        return changed


@contextmanager
def restored_imports(place: str) -> Iterator[None]:
    """Modules that are imported inside are forgotten afterwards, if they are from the folder of the file `place`.

    What is installed stays imported, and compiled modules too, since they cannot be imported twice. A module that was
    removed from sys.modules inside comes back.
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


def _relied_on() -> list[tuple[str, ModuleType]]:
    return [
        (name, module)
        for name, module in list(sys.modules.items())
        if isinstance(module, ModuleType) and (name in MODULES or name.partition(".")[0] in PACKAGES)
    ]


def _remove_added(namespace: dict[str, Any], original: dict[str, Any]) -> None:
    added = [name for name in namespace if name not in original and name not in RESTORED_ELSEWHERE]
    for name in added:
        if not isinstance(namespace[name], ModuleType):
            del namespace[name]
