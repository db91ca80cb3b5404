"""What `convcheck layers` prints: all layers in a table, or one of them in full."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import click

from convcheck.cli.streams import standard_output, wants_colour, width_of, writing
from convcheck.layers.catalogue import DEFAULT_LAYER, FORMS, LAYERS, OPEN
from convcheck.layers.layer import Layer
from convcheck.reports.tables.page import Page
from convcheck.spec.check import Manner
from convcheck.spec.fields import Field, declared, required


def layer_named(name: str) -> Layer:
    """The layer of that name. Raises click.BadParameter, with the nearest name, where there is none."""
    if name in LAYERS:
        return LAYERS[name]
    if name in OPEN:
        what = f"a {name} is code of your own, and no layer: `convcheck init {name}` prints a spec of one"
        raise click.BadParameter(what, param_hint="'LAYER'")
    from convcheck.spec.layer_keys import nearest_layer

    near = nearest_layer(name, FORMS)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(LAYERS)}"
    raise click.BadParameter(f"no layer is called {name!r}; {hint}", param_hint="'LAYER'")


def print_layers(colour: str) -> None:
    """Print a row for each layer. Raises CannotWrite where standard output is closed or full."""
    page = _page(colour)
    with writing("standard output"):
        rows = [(name, layer.summary) for name, layer in LAYERS.items()]
        table = page.columns((("layer", False), ("what it does", False)), rows)
        if page.fits(table):
            page.table(table)
        else:
            for name, summary in rows:
                page.prose(f": {summary}", lead=name, style="bold", hanging=2)
        page.blank()
        page.prose(
            f"One in full: convcheck layers {DEFAULT_LAYER}. A spec to start from: convcheck init {DEFAULT_LAYER}. "
            f"What is of no layer: convcheck init {' or '.join(OPEN)}."
        )
        page.flush()


def print_layer(name: str, colour: str) -> None:
    """Print all that is declared of one layer. Raises CannotWrite, and click.BadParameter where there is none."""
    layer = layer_named(name)
    page = _page(colour)
    with writing("standard output"):
        page.prose(f": {layer.summary}", lead=layer.name, style="bold")
        _print_fields(page, layer)
        _print_pairs(page, "Implementations", _variants(layer))
        _print_pairs(page, "Equations", layer.equations)
        _print_pairs(page, "Fields of every layer", _meanings(Manner))
        page.flush()


def _page(colour: str) -> Page:
    stream = standard_output()
    return Page(stream, colour=wants_colour(colour, stream), width=width_of(stream))


def _print_fields(page: Page, layer: Layer) -> None:
    _print_pairs(page, "Fields", _meanings(layer.sizes))
    if layer.sizes.ways:
        page.prose("Give " + ", or ".join(" ".join(way) for way in layer.sizes.ways) + ".", indent=2)


def _variants(layer: Layer) -> dict[str, str]:
    variants = {}
    for name, variant in layer.variants.items():
        marks = [
            word for word, holds in (("default", name == layer.default), ("known bad", variant.known_bad)) if holds
        ]
        variants[name] = variant.summary + (f" ({', '.join(marks)})" if marks else "")
    return variants


def _meanings(record: type[object]) -> dict[str, str]:
    defaults = {field.name: field.default for field in dataclasses.fields(record)}  # type: ignore[arg-type]
    needed = required(record)
    return {
        name: f"{field.meaning} ({limits(field)}{'' if name in needed else default_text(defaults[name])})"
        for name, field in declared(record).items()
    }


def limits(field: Field) -> str:
    """The values that a field may have, in words: "whole number ≥ 1"."""
    if field.form in ("choice", "truth"):
        return " or ".join(field.choices or ("true", "false"))
    words = {"integer": "whole number", "number": "number", "text": "text", "shape": "list of whole numbers"}
    bounds = (("≥", field.minimum), (">", field.above), ("≤", field.maximum), ("<", field.below))
    # The largest size is where sizes stop making sense, not a limit that anyone plans by.
    parts = [f"{sign} {bound:g}" for sign, bound in bounds if bound is not None and abs(bound) < 2**31 - 1]
    form = "whole number, or a list of them" if field.alone else words[field.form]
    return f"{form} {' and '.join(parts)}".rstrip()


def default_text(default: object) -> str:
    """The value of a field that a spec leaves out."""
    said = str(default).lower() if isinstance(default, bool) else default
    return "; optional" if default is None else f"; {said} by default"


def _print_pairs(page: Page, title: str, pairs: Mapping[str, str]) -> None:
    if not pairs:
        return
    page.blank()
    page.line((title, "bold"))
    longest = max(map(len, pairs))
    for name, meaning in pairs.items():
        # Names are as wide as the widest of them, so that the meanings stand in a column.
        lead = name.ljust(longest).replace(" ", "\xa0")
        page.prose(f"  {meaning}", lead=lead, style="cyan", indent=2, hanging=longest + 2)
