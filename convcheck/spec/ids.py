"""The names of checks: `FILE.yaml::LAYER[stride=2,pad=1]`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from convcheck.spec.showing import escape


def file_part(file: str) -> str:
    """The file as an id names it: normalised, with forward slashes, on one line."""
    return escape(os.path.normpath(file).replace(os.sep, "/"))


def shown_value(value: Any) -> str:
    """A value as it stands in brackets: 2, 1e-05, float32, 2x3x4, true."""
    if type(value) in (int, bool):
        return str(value).lower()
    # Code that is named is a tuple as well.
    if type(value) is tuple:
        return "x".join(map(str, value))
    return repr(value) if isinstance(value, float) else escape(str(value))


def brackets(settings: Iterable[tuple[str, Any]]) -> str:
    """`[stride=2,pad=1]`, or nothing where there are no settings."""
    inside = ",".join(f"{key}={shown_value(value)}" for key, value in settings)
    return f"[{inside}]" if inside else ""


class Ids:
    """Hands out the ids of one file, each once: the second of the same name gets `#2`."""

    def __init__(self, file: str | None) -> None:
        self._prefix = "" if file is None else file_part(file) + "::"
        self._count: dict[str, int] = {}

    def next(self, label: str, settings: Iterable[tuple[str, Any]]) -> str:
        """The id of the next check with this label and these settings in brackets."""
        wanted = f"{self._prefix}{escape(label)}{brackets(settings)}"
        chosen = wanted
        while chosen in self._count:
            self._count[wanted] += 1
            chosen = f"{wanted}#{self._count[wanted]}"
        self._count[chosen] = 1
        return chosen
