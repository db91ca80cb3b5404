"""Whose file is it: the user's, a library's, or convcheck's own?"""

from __future__ import annotations

import os
from pathlib import Path

_OWN = Path(__file__).resolve().parents[2]
_STANDARD = Path(os.__file__).resolve().parent
_INSTALLED = frozenset({"site-packages", "dist-packages"})


def is_library(filename: str) -> bool:
    """Whether a file is Python's own or an installed package's; `<string>` and `<frozen …>` count as such."""
    if filename.startswith("<"):
        return True
    path = Path(os.path.abspath(filename))
    return not _INSTALLED.isdisjoint(path.parts) or path.is_relative_to(_STANDARD)


def is_own(filename: str) -> bool:
    """Whether a file is convcheck's."""
    return Path(os.path.abspath(filename)).is_relative_to(_OWN)


def is_theirs(filename: str | None, folder: Path) -> bool:
    """Whether a file belongs to the code in `folder`: beneath it, but not in a virtual environment that lies there."""
    if not filename or filename.startswith("<"):
        return False
    path = Path(os.path.abspath(filename))
    if not path.is_relative_to(folder) or path.is_relative_to(_OWN):
        return False
    return _INSTALLED.isdisjoint(path.relative_to(folder).parts)
