"""Functions and classes that a program has at hand, a test or a notebook, as a source that needs no import."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.source import Source
from convcheck.implementations.source_text import undecorated

# What things are called that have no name of their own to go by.
PASSES = ("forward", "backward")
NOWHERE = "<python>"


def loaded_at_hand(code: Sequence[Any]) -> tuple[Loaded, Source]:
    """A forward and a backward, or one class, as what importing their module gives, and as what would be named of it.

    Raises TypeError for anything else.
    """
    if len(code) > len(PASSES):
        raise TypeError(f"expected forward and backward, or one class, received {len(code)} objects")
    for each, called in zip(code, PASSES, strict=False):
        is_object = hasattr(each, "forward") and not inspect.isclass(each)
        if not callable(each) or is_object:
            itself = f"; hand over {type(each).__name__} itself, which is made with the sizes of a check"
            hint = itself if is_object else ""
            raise TypeError(f"{called}: expected a function, or a class alone, received {_said(each)}{hint}")
    names = tuple(getattr(each, "__name__", "") for each in code)
    home = sys.modules.get(getattr(code[0], "__module__", None) or "")
    if home is None or any(vars(home).get(name) is not each for name, each in zip(names, code, strict=True)):
        home, names = _module_with(code, names, home)
    own = getattr(undecorated(code[0]), "__code__", None)
    file = getattr(own, "co_filename", None) or getattr(home, "__file__", None)
    place = NOWHERE if file is None else _from_here(file)
    return Loaded(home, Path(file).parent if file else Path(), place=place), Source(place, names)


def _module_with(
    code: Sequence[Any], names: tuple[str, ...], home: ModuleType | None
) -> tuple[ModuleType, tuple[str, ...]]:
    """A module that has them under names of their own, beside what is around them, and these names."""
    if len({*names}) < len(names) or not all(name.isidentifier() for name in names):
        names = PASSES[: len(code)]
    module = ModuleType(home.__name__ if home else "at_hand")
    around = getattr(undecorated(code[0]), "__globals__", vars(home) if home else {})
    vars(module).update(around)
    vars(module).update(zip(names, code, strict=True))
    return module, names


def _from_here(file: str) -> str:
    """The file as it would be named in the working folder, if it is in there."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def _said(thing: Any) -> str:
    return repr(thing) if isinstance(thing, (str, int, float)) else f"an object of {type(thing).__name__}"
