"""What was imported with one source is forgotten before the next, so that no check sees an older version of a file."""

from __future__ import annotations

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from convcheck.implementations.grounds import is_theirs

_REMEMBERED: set[str] = set()


def remember(before: set[str], folder: Path) -> None:
    """Note which of the user's modules have come since `before`, the names in sys.modules then."""
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        # Compiled modules cannot be imported twice.
        if is_theirs(file, folder) and not str(file).endswith(tuple(EXTENSION_SUFFIXES)):
            _REMEMBERED.add(name)


def forget() -> None:
    """Take them out of sys.modules."""
    while _REMEMBERED:
        sys.modules.pop(_REMEMBERED.pop(), None)
