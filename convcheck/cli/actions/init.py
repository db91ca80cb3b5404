"""A commented spec, from the declarations of a layer's fields."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from convcheck.cli.actions.layers import limits
from convcheck.layers.layer import Layer
from convcheck.spec.check import Manner
from convcheck.spec.fields import declared, required

# Sizes that can show a bug: H is not W, the stride is not the window's length, no size is 1.
EXAMPLES: dict[str, Any] = {
    "N": 3,
    "C": 3,
    "D": 5,
    "H": 8,
    "W": 7,
    "F": 4,
    "H1": 3,
    "W1": 3,
    "stride": 1,
    "pad": 1,
    "shape": [4, 5],
}


def template(layer: Layer, first: str) -> str:
    """The spec's text under its `first` line. What has a default is there as a comment, ready to be let in."""
    sizes = declared(layer.sizes)
    # Of several ways to write the sizes the first is written out.
    needed = layer.sizes.ways[0] if layer.sizes.ways else required(layer.sizes)
    lines = [first, f"# {layer.name}: {layer.summary}", "# Run it: convcheck run FILE", "", f"layer: {layer.name}"]
    lines += _aligned((f"{name}: {_example(name)}", sizes[name].meaning) for name in needed)
    optional = [name for name in sizes if name not in needed]
    if optional:
        lines += ["", "# Optional, or another way to say the same:" if layer.sizes.ways else "# Optional:"]
        lines += _commented(layer.sizes, optional)
    lines += ["", "# How it is checked:"]
    lines += _commented(Manner, list(declared(Manner)), {"implementation": " or ".join(layer.variants)})
    return "\n".join(lines) + "\n"


def _commented(record: type[Any], names: Iterable[str], instead: dict[str, str] | None = None) -> list[str]:
    defaults = {field.name: field.default for field in dataclasses.fields(record)}
    pairs = []
    for name in names:
        field = declared(record)[name]
        default = defaults[name]
        value = _example(name) if default is None else f"{default}"
        limit = (instead or {}).get(name) or limits(field)
        # A choice's meaning already goes through its choices, more often than not.
        said = field.meaning if all(word in field.meaning for word in field.choices or "-") else ""
        pairs.append((f"# {name}: {value}".rstrip(), said or f"{field.meaning} ({limit})"))
    return _aligned(pairs)


def _example(name: str) -> str:
    return str(EXAMPLES.get(name, {"name": "mine", "tolerance": "1e-6"}.get(name, 2)))


def _aligned(pairs: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(pairs)
    width = max(len(left) for left, _ in rows)
    return [f"{left:<{width}}  # {meaning}" for left, meaning in rows]


# convcheck has no address from which an editor could load it: a project keeps its own, one for all its specs.
NAME = "convcheck.schema.json"


def modeline(output: str | None, schema: str | None) -> str:
    """The comment that the YAML language server reads. `schema` is a file or an address; paths are from the spec.

    Unless said otherwise it is the nearest `convcheck.schema.json`: in the folder of the spec or above it, up to the
    root of the repository; beside the spec where there is none yet.
    """
    folder = os.path.dirname(os.path.abspath(output or NAME))
    place = schema if schema is not None else nearest_schema(folder) or os.path.join(folder, NAME)
    if not re.match(r"[a-z][a-z0-9+.-]+://", place):
        place = os.path.relpath(place, folder).replace(os.sep, "/")
    # The place ends at the first blank.
    return f"# yaml-language-server: $schema={re.sub(r'[^!-~]', lambda one: quote(one[0]), place)}"


def nearest_schema(folder: str) -> str | None:
    """The schema that a spec in this folder is for."""
    while True:
        place = os.path.join(folder, NAME)
        if os.path.isfile(place):
            return place
        parent = os.path.dirname(folder)
        if os.path.exists(os.path.join(folder, ".git")) or parent == folder:
            return None
        folder = parent
