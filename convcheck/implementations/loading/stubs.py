"""Modules that are not there, replaced by empty ones while the user's code is imported."""

from __future__ import annotations

import ast
import builtins
import functools
import operator
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from convcheck.implementations.errors.ownership import is_theirs
from convcheck.implementations.loading.absent import AbsentModule, Stage


class Stubs(MetaPathFinder, Loader):
    """Stands last among the finders, so it is asked only for what no other knows; `missing` names what it gave.

    It answers imports that stand in files of `folder` alone: a library that tries an optional import must see it fail.
    So must code that is ready for it (`try: … except ImportError`). `wanted` is the module under test itself.
    """

    def __init__(self, folder: Path, wanted: str) -> None:
        self.missing: list[str] = []
        self.stage = Stage()
        self._folder = folder
        self._wanted = wanted

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A stub's spec, None where the import should fail."""
        if f"{self._wanted}.".startswith(f"{fullname}."):
            return None
        parent = fullname.rpartition(".")[0]
        if not (isinstance(sys.modules.get(parent), AbsentModule) or self._is_asked_for()):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module."""
        self.missing.append(spec.name)
        return AbsentModule(spec.name, self.stage, useful_names(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""

    def _is_asked_for(self) -> bool:
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib._bootstrap"):
            if frame.f_back is None:
                return False
            frame = frame.f_back
        filename = frame.f_code.co_filename
        return is_theirs(filename, self._folder) and not is_guarded(filename, frame.f_lineno)

    def __enter__(self) -> Self:
        sys.meta_path.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        """No stub stays behind: what is imported later, by whomever, must not find it."""
        sys.meta_path.remove(self)
        self.stage.importing = False
        for name in self.missing:
            stub = sys.modules.pop(name, None)
            parent, _, child = name.rpartition(".")
            holder = sys.modules.get(parent)
            if holder is not None and getattr(holder, "__dict__", {}).get(child) is stub:
                delattr(holder, child)


_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def is_guarded(filename: str, line: int) -> bool:
    """Whether the import at that line stands in a `try` that catches ImportError, or in suppress(ImportError)."""
    return any(first <= line <= last for first, last in _guarded(filename))


@lru_cache(maxsize=64)
def _guarded_in(text: str) -> tuple[tuple[int, int], ...]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    spans = []
    for node in ast.walk(tree):
        if (isinstance(node, ast.Try) and any(_catches(handler.type) for handler in node.handlers)) or (
            isinstance(node, ast.With) and any(_suppresses(item.context_expr) for item in node.items)
        ):
            # Only the body: an import in the handler is what the code falls back on.
            spans.append((node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno))
    return tuple(spans)


def _guarded(filename: str) -> tuple[tuple[int, int], ...]:
    try:
        return _guarded_in(Path(filename).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ()


def _catches(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    if isinstance(caught, ast.Tuple):
        return any(map(_catches, caught.elts))
    return _name(caught) in _CAUGHT


def _suppresses(context: ast.expr) -> bool:
    return isinstance(context, ast.Call) and _name(context.func) == "suppress" and any(map(_catches, context.args))


def _name(expression: ast.expr) -> str:
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


_PYTHON_2 = {
    "xrange": range,
    "unicode": str,
    "basestring": str,
    "long": int,
    "raw_input": input,
    "reduce": functools.reduce,
    "unichr": chr,
}


def _named(module: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}


def _dictionary_method(name: str) -> Callable[[Mapping[Any, Any]], Any]:
    return lambda dictionary: iter(operator.methodcaller(name)(dictionary))


_USEFUL: Mapping[str, Callable[[], dict[str, Any]]] = {
    "past.builtins": lambda: dict(_PYTHON_2),
    "future.builtins": lambda: _named(builtins),
    "__builtin__": lambda: _named(builtins) | _PYTHON_2,
    "cPickle": lambda: _named(pickle),
    "six.moves": lambda: {
        "xrange": range,
        "range": range,
        "zip": zip,
        "map": map,
        "filter": filter,
        "input": input,
        "reduce": functools.reduce,
        "cPickle": pickle,
    },
    "six.moves.cPickle": lambda: _named(pickle),
    "six": lambda: {
        "PY2": False,
        "PY3": True,
        "string_types": (str,),
        "integer_types": (int,),
        "text_type": str,
        "iteritems": _dictionary_method("items"),
        "iterkeys": _dictionary_method("keys"),
        "itervalues": _dictionary_method("values"),
    },
    "future.utils": lambda: {
        "iteritems": _dictionary_method("items"),
        "iterkeys": _dictionary_method("keys"),
        "itervalues": _dictionary_method("values"),
    },
    "numba": lambda: {"prange": range},
}


def useful_names(module: str) -> dict[str, Any]:
    """The names of the module `module` that mean the same without it."""
    make = _USEFUL.get(module)
    return make() if make else {}
