"""Python values to those that YAML can say."""

from __future__ import annotations

import itertools
import math
import numbers
import operator
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from convcheck.spec.compose import DEEPEST, HEAVIEST


class Writer(yaml.SafeDumper):
    """Writes what the reader reads back as it was: PyYAML takes `1e5` for a text and would leave its quotes out."""


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, None if text[:1].isalpha() else '"')


Writer.add_representer(str, _text)


class NotPlainData(ValueError):
    """A value that has no place in a spec."""


def plain(value: Any, where: str = "", depth: int = 0, counted: Iterator[int] | None = None) -> Any:
    """`value` as dicts, lists, texts, ints, floats, truth values and None alone.

    Anything with `__index__` becomes an int, other real numbers a float, tuples lists. Raises NotPlainData otherwise.
    `counted` counts the values, since a list that stands in another ten times costs ten times as much.
    """
    counted = counted or itertools.count(1)
    if next(counted) > HEAVIEST:
        raise NotPlainData(f"{where}more than {HEAVIEST:,} values: write them to a file, or use a matrix")
    if depth > DEEPEST:
        raise NotPlainData(f"{where}: nested deeper than {DEEPEST} levels")
    if value is None or isinstance(value, str | bool):
        return None if value is None else value if isinstance(value, bool) else str(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise NotPlainData(f"{where}a key must be a text, received {key!r:.60}")
        return {str(key): plain(item, f"{where}{key}: ", depth + 1, counted) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, where, depth + 1, counted) for item in value]
    try:
        return operator.index(value)
    except TypeError:
        pass
    if isinstance(value, numbers.Real):
        number = float(value)
        return number if math.isfinite(number) else str(number)
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    raise NotPlainData(f"{where}expected a number, a text, a list or a mapping, received a {kind}")
