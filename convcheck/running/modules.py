"""The table of imported modules, put back after each check."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from convcheck.implementations.grounds import is_theirs


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
