"""What of a missing module can be had without it: names that Python 2 had, and their like."""

from __future__ import annotations

import builtins
import functools
import operator
import pickle
from collections.abc import Callable, Mapping
from typing import Any

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
