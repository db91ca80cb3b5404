"""SPEC… on the command line to a list of files: files, folders, globs, and `-`."""

import os
from collections.abc import Iterable
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
    for path in sorted(glob.glob(pattern, recursive=True)):
        # `**` matches folders too; their files are matched beside them.
        if not os.path.isdir(path):
            files.append(path)
        elif not pattern.rstrip(os.sep).endswith("**"):
            files += _in_folder(path, unmatched)
    files = [path for path in files if path.endswith(SPEC_SUFFIXES) or not pattern.endswith("**")]
    if not files:
        unmatched.append(f"nothing matches {pattern!r}")
    return files


def _in_folder(folder: str, unmatched: list[str], suffixes: tuple[str, ...] = SPEC_SUFFIXES) -> list[str]:
    """The files in a folder and below it whose names end like this."""
    files: list[str] = []
    unreadable: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=unreadable.append):
        # Sorted in place: os.walk goes down in this order. Hidden folders (.git, .venv) hold nobody's specs.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [os.path.join(place, name) for name in sorted(names) if name.endswith(suffixes)]
    unmatched += [f"cannot look into {error.filename!r}: {error.strerror}" for error in unreadable]
    return files
