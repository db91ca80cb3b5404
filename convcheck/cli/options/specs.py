"""SPEC… on the command line to a list of files: files, folders, globs, and `-`."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SPEC_SUFFIXES = (".yaml", ".yml")
CODE_SUFFIXES = (".py", ".ipynb")
COMPILED_SUFFIXES = (".pyc", ".pyo")
STDIN = "-"


class SpecFiles(NamedTuple):
    """Files in the order in which they were named, each once. `unmatched`: a sentence for what names no file."""

    files: tuple[str, ...]
    unmatched: tuple[str, ...]


def find_spec_files(specs: Iterable[str]) -> SpecFiles:
    """The files of all specs. A file that does not exist is kept: the reader of specs says so."""
    files: dict[str, str] = {}
    unmatched: list[str] = []
    for spec in specs:
        if spec == STDIN:
            matches = [STDIN]
        elif os.path.isdir(spec):
            matches = _in_folder(spec, unmatched)
            if not matches:
                unmatched.append(f"{spec!r} holds no *.yaml and no *.yml{_code_in_folder(spec)}")
        elif os.path.lexists(spec):
            matches = [spec]
        else:
            matches = _in_glob(spec, unmatched)
        for file in matches:
            files.setdefault(STDIN if file == STDIN else os.path.realpath(file), file)
    return SpecFiles(tuple(files.values()), tuple(unmatched))


def code_hint(spec: str) -> str | None:
    """How to check the code that was named where a spec is expected, `layers.py:forward,backward` too; else None."""
    # The colon of C:\layers.py comes before a separator.
    file, colon, names = spec.rpartition(":")
    file, after = (file, f":{names}") if colon and not os.path.exists(spec) else (spec, "")
    stem, suffix = os.path.splitext(file)
    if not os.path.isfile(file) or suffix not in (*CODE_SUFFIXES, *COMPILED_SUFFIXES):
        return None
    if suffix in COMPILED_SUFFIXES:
        folder, name = os.path.split(stem)
        # Of __pycache__/layers.cpython-311.pyc the source is layers.py.
        file = os.path.join(folder.removesuffix("__pycache__"), f"{name.partition('.')[0]}.py")
    return _run_code(f"{file}{after}")


def _run_code(place: str) -> str:
    import shlex

    stem, suffix = os.path.splitext(place)
    if suffix == ".ipynb":
        script = shlex.quote(f"{stem}.py")
        return f"to check code: jupyter nbconvert --to script {shlex.quote(place)}; convcheck run --impl {script}"
    return f"to check code: convcheck run --impl {shlex.quote(place)}"


def _code_in_folder(folder: str) -> str:
    """What to add where a folder of code was named in the place of one with specs."""
    files = _in_folder(folder, [], CODE_SUFFIXES)
    more = f" (or another of its {len(files):,} files)" if len(files) > 1 else ""
    return f"; {_run_code(files[0])}{more}" if files else ""


def _in_glob(pattern: str, unmatched: list[str]) -> list[str]:
    """The files that a pattern matches; a name without wildcards as it is."""
    # A shell has expanded most patterns.
    import glob

    if not glob.has_magic(pattern):
        return [pattern]
    files: list[str] = []
    for path in sorted(_matches(pattern)):
        # `**` matches folders too; their files are matched beside them.
        if not os.path.isdir(path):
            files.append(path)
        elif not pattern.rstrip(os.sep).endswith("**"):
            files += _in_folder(path, unmatched)
    files = [path for path in files if path.endswith(SPEC_SUFFIXES) or not pattern.endswith("**")]
    if not files:
        unmatched.append(f"nothing matches {pattern!r}")
    return files


def _matches(pattern: str) -> Iterator[str]:
    """What a pattern matches, as `glob.glob` with `**` has it, but for links in a circle.

    That follows each as often as a path can be long, and two of them in every order. Here `**` enters a folder once.
    """
    import glob
    import re

    # At the `**` that are whole names: `first/`, `between/`, …, `last`.
    first, *parts = re.split(r"(?:(?<=/)|^)(?:\*\*/+)*\*\*(?:/+|$)", pattern.replace(os.sep, "/"))
    seen: set[tuple[int, int, int]] = set()

    def below(start: str, number: int) -> Iterator[str]:
        """From a folder, "" for the working folder, by what stands behind a `**`."""
        # `**/` at the end stands for the folders alone.
        behind = parts[number] or ("*" if pattern.endswith("**") else "*/")
        for folder in _folders_below(start, number, seen):
            for name in glob.iglob(behind, root_dir=folder or None):
                place = os.path.join(folder, name)
                yield from [place] if number == len(parts) - 1 else below(place, number + 1)

    if not parts:
        yield from glob.iglob(pattern)
        return
    for start in glob.iglob(first) if first else [""]:
        yield from below(start, 0)


def _folders_below(start: str, number: int, seen: set[tuple[int, int, int]]) -> Iterator[str]:
    """The folder and those below it, hidden ones left out, each once: not those in `seen` with this number."""
    left = [start]
    while left:
        folder = left.pop()
        try:
            status = os.stat(folder or ".")
            with os.scandir(folder or ".") as entries:
                names = sorted(entry.name for entry in entries if entry.name[0] != "." and os.path.isdir(entry))
        except OSError:
            # It may not be read, or is none.
            continue
        if (key := (number, status.st_dev, status.st_ino)) not in seen:
            seen.add(key)
            yield folder
            left += (os.path.join(folder, name) for name in reversed(names))


def _in_folder(folder: str, unmatched: list[str], suffixes: tuple[str, ...] = SPEC_SUFFIXES) -> list[str]:
    """The files in a folder and below it whose names end like this."""
    files: list[str] = []
    left = [folder]
    # Not by os.walk, which calls itself for each folder in a folder: a thousand deep is too deep for it.
    while left:
        place = left.pop()
        try:
            with os.scandir(place) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            unmatched.append(f"cannot look into {error.filename!r}: {error.strerror}")
            continue
        files += [entry.path for entry in found if entry.name.endswith(suffixes) and not os.path.isdir(entry)]
        # Hidden folders (.git, .venv) hold nobody's specs.
        below = [
            entry.path for entry in found if entry.name[0] != "." and os.path.isdir(entry) and not entry.is_symlink()
        ]
        left += reversed(below)
    return files
