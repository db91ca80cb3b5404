"""Spec files to checks, with every error of a file at once."""

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from convcheck.spec.build import Builder
from convcheck.spec.check import Check
from convcheck.spec.compose import documents
from convcheck.spec.errors import SpecError
from convcheck.spec.memory import DEFAULT_LIMIT
from convcheck.spec.nearest import near
from convcheck.spec.outline import is_empty, outlines
from convcheck.spec.regular_file import open_regular
from convcheck.spec.sizes import LayerForm
from convcheck.spec.spec_text import SpecText, TooManyErrors

LARGEST_FILE = 4 * 2**20
IN_MEMORY = "<mapping>"
PYTHON_STATEMENT = r"^(async +def|def|class|from|import)\b"
PYTHON_BEGINS = r"^(?!else|elif|except|finally)[\w@]"
# How many characters of a text are looked at to tell whether it is Python.
ENOUGH_PYTHON = 30_000
IS_CODE = "is code, and a spec is YAML"

Forms = Mapping[str, LayerForm]


class Reading(NamedTuple):
    """What one spec file says: the checks that are valid, and everything that is wrong, in the order of the text.

    `remarks` is what there is to say of what is right: words that are called otherwise now.
    """

    checks: tuple[Check, ...]
    errors: tuple[SpecError, ...]
    remarks: tuple[SpecError, ...] = ()


def read_text(text: str, file: str, forms: Forms, *, max_memory: int = DEFAULT_LIMIT) -> Reading:
    """The checks in a YAML text. `file` is its name in ids and errors. Never raises for what the text says."""
    return _read(text, file, file, forms, max_memory)


def read_bytes(data: bytes, file: str, forms: Forms, *, max_memory: int = DEFAULT_LIMIT) -> Reading:
    """The checks in the bytes of a file: UTF-8, with or without a byte order mark."""
    if len(data) > LARGEST_FILE:
        return _refused(file, *_too_large(len(data)))
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return _refused(file, "the file is UTF-16 or UTF-32, and specs are UTF-8", "save it as UTF-8")
    if b"\0" in data:
        return _refused(file, f"a binary file (a zero byte at offset {data.index(0)})", "a spec is a text file in YAML")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = SpecText(data[: error.start].decode(), file)
        line, column = before.place_of(len(before.text))
        byte = f"the byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8"
        seen = SpecError.at(file, line, column, byte, before.lines[-1], "save the file as UTF-8")
        return Reading((), (seen,))
    return read_text(text, file, forms, max_memory=max_memory)


def read_file(
    path: str | os.PathLike[str], forms: Forms, *, max_memory: int = DEFAULT_LIMIT, pipes: bool = False
) -> Reading:
    """The checks in a file. A file that is missing, cannot be read or is too large is an error in the reading.

    So is what is no file; with `pipes` it may be a pipe, or standard input by its name.
    """
    file = os.fspath(path)
    try:
        with open_regular(file, pipes=pipes) as stream:
            size = os.fstat(stream.fileno()).st_size
            data = b"" if size > LARGEST_FILE else stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        layer = f"`convcheck init {file}` writes a spec of this layer, `convcheck suite {file}` its whole suite"
        return _refused(file, "no such file", layer if file in forms else _neighbour(file))
    except IsADirectoryError:
        return _refused(file, "is a folder, and a spec is a file")
    except PermissionError:
        return _refused(file, "cannot be read: permission denied")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return _refused(file, f"cannot be read: {reason}")
    if size > LARGEST_FILE:
        return _refused(file, *_too_large(size))
    return read_bytes(data, file, forms, max_memory=max_memory)


def read_mapping(
    mapping: Mapping[str, Any], forms: Forms, *, file: str | None = None, max_memory: int = DEFAULT_LIMIT
) -> Reading:
    """The checks of a mapping as `yaml.safe_load` gives it: NumPy's integers and numbers are welcome in it.

    It is written as YAML and read as any file is, so that the same rules hold and errors show the line meant.
    """
    from convcheck.spec.plain import NotPlainData, Writer, plain

    name = file or IN_MEMORY
    try:
        text = yaml.dump(plain(mapping), Dumper=Writer, sort_keys=False, allow_unicode=True, width=2**20)
    except NotPlainData as error:
        return _refused(name, str(error))
    return _read(text, name, file, forms, max_memory)


def _read(text: str, name: str, file: str | None, forms: Forms, max_memory: int) -> Reading:
    source = SpecText(text.removeprefix("\ufeff"), name)
    builder = Builder(source, forms, file, max_memory)
    checks: list[Check] = []
    try:
        nothing = True
        for root in documents(source):
            if not is_empty(root):
                nothing = False
                for outline in outlines(source, root):
                    checks.extend(builder.checks(outline))
        if nothing and not source.mistakes:
            source.add_at(1, 1, "the file holds no check", "write the sizes of a layer, one `key: value` a line")
    except TooManyErrors:
        pass
    if not checks and source.mistakes and _is_python(source.text):
        is_named = name.endswith(".py")
        save, path = ("", name) if is_named else (", save it as FILE.py", "FILE.py")
        return _refused(name, IS_CODE, f"to check code{save}: convcheck run --impl {shlex.quote(path)}")
    return Reading(tuple(checks), source.errors, source.remarks)


def _is_python(text: str) -> bool:
    """Whether the text is Python that defines or imports something, whatever its file is called."""
    if re.search(PYTHON_STATEMENT, text, re.MULTILINE) is None:
        return False
    if len(text) > ENOUGH_PYTHON:
        # It is cut before the last statement that begins there.
        begun = [start.start() for start in re.finditer(PYTHON_BEGINS, text[:ENOUGH_PYTHON], re.MULTILINE)]
        text = text[: begun[-1] if begun else 0]
    # Most files that are wrong are specs with a slip in them.
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return any(isinstance(statement, kinds) for statement in statements)


def _refused(file: str, message: str, hint: str | None = None) -> Reading:
    """A reading of a file that could not be looked into."""
    return Reading((), (SpecError(file, 0, 0, message, "", hint),))


def _too_large(size: int) -> tuple[str, str]:
    return f"{size:,} bytes, and a spec may have {LARGEST_FILE:,}", "split it, or use a matrix"


def _neighbour(file: str) -> str | None:
    """The file beside it whose name is nearest."""
    try:
        names = os.listdir(Path(file).parent)
    except (OSError, ValueError):
        return None
    alike = near(Path(file).name[:100], names[:1000], most=1, cutoff=0.7)
    return f"did you mean {Path(file).parent / alike[0]}?" if alike else None
