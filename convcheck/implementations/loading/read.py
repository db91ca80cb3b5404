"""A file of code as text, as a syntax tree and compiled, with every reason why that cannot be."""

from __future__ import annotations

import ast
import linecache
import os
import tokenize
import warnings
from functools import lru_cache
from pathlib import Path
from types import CodeType

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.hints import syntax_hint
from convcheck.spec.nearest import nearest
from convcheck.spec.regular_file import special_kind

# No one writes as much by hand; what is larger is data.
LARGEST = 5_000_000


Imports = tuple[ast.Import | ast.ImportFrom, ...]


def compiled(path: Path, text: str | None = None) -> tuple[CodeType, Imports]:
    """The code of a file, and its imports; `text`: what it has in the place of its own.

    Raises CannotOpen where it is not there, is no text, or is not Python 3.
    """
    if text is None:
        text = text_of(path)
        # Tracebacks show the lines of the file as it is now, not as it was at the last import.
        linecache.checkcache(str(path))
    else:
        linecache.cache[str(path)] = len(text), None, text.splitlines(keepends=True), str(path)
    try:
        with warnings.catch_warnings():
            # "\d" in a docstring is a warning about their code that no gradient depends on.
            warnings.simplefilter("ignore")
            return _compiled(text, str(path))
    except SyntaxError as error:
        raise CannotOpen(unreadable(error, path.name)) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise CannotOpen(f"{path.name} is not Python code: {error}") from None


# Every check imports its file anew, and mostly it is the same one.
@lru_cache(maxsize=4)
def _compiled(text: str, path: str) -> tuple[CodeType, Imports]:
    tree = ast.parse(text, path)
    imports = tuple(node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return compile(tree, path, "exec", dont_inherit=True), imports


def unreadable(error: SyntaxError, file: str) -> str:
    """A syntax error in one line: where, the text there, what is wrong with it, and what to do."""
    name = os.path.basename(error.filename or file)
    line = (error.text or "").rstrip()
    kind = "" if type(error) is SyntaxError else f"{type(error).__name__}: "
    said = f"{name} is not Python 3: line {error.lineno}: {line.strip()}: {kind}{error.msg}"
    hint = syntax_hint(error, line, name)
    return f"{said}; {hint}" if hint else said


def text_of(path: Path) -> str:
    """The text of a file of code. Raises CannotOpen with the reason where there is none."""
    if path.suffix in (".yaml", ".yml"):
        raise CannotOpen(f"{path.name} is a spec, and no code: to run it, leave out --impl")
    if path.suffix == ".ipynb":
        raise CannotOpen(f"{path.name} is a notebook: write it out first, jupyter nbconvert --to script {path.name}")
    if not path.exists():
        raise CannotOpen(_absent(path))
    if path.is_dir():
        raise CannotOpen(f"{path} is a folder: name the file in it that holds the layers")
    if kind := special_kind(path):
        raise CannotOpen(f"{path} is {kind}, and code is in a file")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise CannotOpen(f"{path.name} has {size:,} bytes; a file of code has less than {LARGEST:,}")
        raw = path.read_bytes()
        if b"\0" in raw:
            raise CannotOpen(f"{path.name} is not text: byte {raw.index(0) + 1} is zero")
        with path.open("rb") as file:
            encoding = tokenize.detect_encoding(file.readline)[0]
        return raw.decode(encoding)
    except OSError as error:
        raise CannotOpen(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CannotOpen(
            f"{path.name} is not {error.encoding}: byte 0x{error.object[error.start]:02x} in line {line}; "
            "save it as UTF-8, or say what it is in its first line: # -*- coding: latin-1 -*-"
        ) from None
    except SyntaxError as error:
        # Its first line names an encoding that there is not, or it is not UTF-8 from the start.
        raise CannotOpen(f"{path.name} is not text: {error.msg}; save it as UTF-8") from None


def _absent(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"{path}: there is no folder {folder}"
    try:
        beside = [entry.name for entry in folder.iterdir() if entry.suffix == ".py"]
    except OSError:
        beside = []
    near = nearest(path.name, beside)
    return f"{path}: there is no such file" + (f"; did you mean {folder / near[0]}?" if near else "")
