"""A layer as code has it that keeps several of its inputs in one array: queries, keys and values by one weight."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from convcheck.layers.layer import InForm, Layer
from convcheck.layers.without import left_out
from convcheck.layers.words import NO_WORDS, Form


def with_packed(layer: Layer, names: Collection[str]) -> Layer | None:
    """The layer with these of its words' packed inputs in the place of their parts; None where it lacks some part.

    Where it lacks all parts of one, that is lacking, too.
    """
    chosen: dict[str, str] = {}
    for name in names:
        parts, _ = layer.words.packed[name]
        if there := [part for part in parts if part in layer.input_names]:
            if len(there) < len(parts):
                return None
            chosen |= dict.fromkeys(parts, name)

    def named(parts: Mapping[str, Any]) -> dict[str, Any]:
        return {chosen.get(one, one): value for one, value in reversed([*parts.items()])}

    every = {part: name for name in names for part in layer.words.packed[name][0]}
    inputs = {one: said for one, said in layer.words.inputs.items() if one not in every}
    optional = {every.get(one, one): value for one, value in layer.words.optional.items()}
    words = layer.words._replace(
        inputs={**inputs, **{name: layer.words.packed[name][1] for name in names}}, optional=optional, packed={}
    )
    return layer._replace(
        input_names=tuple(dict.fromkeys(chosen.get(one, one) for one in layer.input_names)),
        shapes={**layer.shapes, **named({part: layer.shapes[part] for part in chosen})},
        words=words,
    )


def packed_words(layer: Layer) -> frozenset[str]:
    """What code calls the arrays in which it keeps several inputs of the layer."""
    return frozenset().union(*(said for _, said in layer.words.packed.values()))


def taken_otherwise(layer: Layer) -> Iterator[Layer]:
    """The layer as code may have it by the names of its inputs: less what it may do without, and with what it packs."""
    less = [
        layer._replace(input_names=tuple(one for one in layer.input_names if one not in names))
        for names in left_out(layer)
    ]
    yield from less
    if layer.words.packed:
        form = Form(packed=dict.fromkeys(layer.words.packed, NO_WORDS))  # type: ignore[arg-type]
        made = (with_packed(one, layer.words.packed) for one in (layer, *less))
        yield from (one._replace(in_form=InForm(form, layer)) for one in made if one is not None)
