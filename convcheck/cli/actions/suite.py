"""The built-in suites: what they are called in ids, and a layer's as a person names it."""

from __future__ import annotations

from collections.abc import Iterable

import click

from convcheck.layers.catalogue import FORMS, NAMES, suite_text
from convcheck.spec.layerkeys import nearest_layer

FOLDER = "suite/"


def suite_file(layer: str) -> str:
    """What stands before the `::` of an id."""
    return f"{FOLDER}{layer}.yaml"


def suites_of(layers: Iterable[str]) -> tuple[str, ...]:
    """The layers that have a suite, in the suites' order."""
    wanted = set(layers)
    return tuple(layer for layer in NAMES if layer in wanted)


def suites_text(layers: Iterable[str]) -> str:
    """The suites as the documents of one YAML file; of all layers where none is named."""
    names = tuple(dict.fromkeys(layers)) or NAMES
    for name in names:
        if name not in NAMES:
            near = nearest_layer(name, FORMS)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}"
            raise click.BadParameter(f"no suite is called {name!r}; {hint}", param_hint="'LAYER'")
    return "---\n".join(f"{suite_text(name).rstrip()}\n" for name in names)
