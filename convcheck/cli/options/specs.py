"""SPEC… on the command line to a list of files: files, folders, globs, and `-`."""

import os
from collections.abc import Iterable
from typing import NamedTuple

SUFFIXES = (".yaml", ".yml")
STDIN = "-"


class Sources(NamedTuple):
    """Files in the order in which they were named, each once; and what was named in vain."""

    files: tuple[str, ...]
    remarks: tuple[str, ...]


def find(specs: Iterable[str]) -> Sources:
    """Folders are searched for *.yaml and *.yml. A name that does not exist is kept: reading it says so."""
    files: dict[str, str] = {}
    remarks: list[str] = []
    for spec in specs:
        if spec == STDIN:
            found = [STDIN]
        elif os.path.isdir(spec):
            found = _in_folder(spec, remarks)
            if not found:
                remarks.append(f"{spec!r} holds no *.yaml and no *.yml")
        elif os.path.lexists(spec):
            found = [spec]
        else:
            found = _matching(spec, remarks)
        for file in found:
            files.setdefault(STDIN if file == STDIN else os.path.realpath(file), file)
    return Sources(tuple(files.values()), tuple(remarks))


def _matching(pattern: str, remarks: list[str]) -> list[str]:
    """The files that a pattern matches; a name that is no pattern as it is."""
    import glob

    if not glob.has_magic(pattern):
        return [pattern]
    found: list[str] = []
    for path in sorted(glob.glob(pattern, recursive=True)):
        # `**` matches folders too; their files are matched beside them.
        if not os.path.isdir(path):
            found.append(path)
        elif not pattern.rstrip(os.sep).endswith("**"):
            found += _in_folder(path, remarks)
    found = [path for path in found if path.endswith(SUFFIXES) or not pattern.endswith("**")]
    if not found:
        remarks.append(f"nothing matches {pattern!r}")
    return found


def _in_folder(folder: str, remarks: list[str]) -> list[str]:
    found: list[str] = []
    unreadable: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=unreadable.append):
        # Sorted in place: os.walk goes down in this order. Hidden folders (.git, .venv) hold nobody's specs.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.join(place, name) for name in sorted(names) if name.endswith(SUFFIXES)]
    remarks += [f"cannot look into {error.filename!r}: {error.strerror}" for error in unreadable]
    return found
