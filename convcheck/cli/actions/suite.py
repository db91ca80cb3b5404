"""What `convcheck suite` prints, and the order in which suites are run."""

from __future__ import annotations

from collections.abc import Iterable

import click

from convcheck.layers.catalogue import FORMS, LAYERS, NAMES, SUITES_OF_NO_LAYER, suite_text


def suites_of(layers: Iterable[str]) -> tuple[str, ...]:
    """Those of the layers that have a suite, in the order in which suites are run."""
    wanted = set(layers)
    named = (*NAMES, *SUITES_OF_NO_LAYER)
    joined = sorted(layer for layer in wanted if layer not in named and layer in LAYERS)
    return (*(layer for layer in named if layer in wanted), *joined)


def suites_text(layers: Iterable[str]) -> str:
    """The suites as the documents of one YAML file; of all layers where none is named.

    Raises click.BadParameter for a layer that has none.
    """
    names = tuple(dict.fromkeys(layers)) or NAMES
    for name in names:
        if name not in LAYERS and name not in SUITES_OF_NO_LAYER:
            from convcheck.spec.layer_keys import nearest_layer

            near = nearest_layer(name, FORMS)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}"
            raise click.BadParameter(f"no suite is called {name!r}; {hint}", param_hint="'LAYER'")
    return "---\n".join(f"{suite_text(name).rstrip()}\n" for name in names)
