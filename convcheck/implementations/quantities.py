"""The values of a layer's quantities, by the names that `synonyms` gives them."""

from __future__ import annotations

from typing import Any

from convcheck.implementations.classes.places import copied
from convcheck.layers.layer import Params
from convcheck.spec.sizes import Sizes


def quantities(sizes: Sizes, params: Params | None) -> dict[str, Any]:
    """Everything but the arrays that a constructor or a method of the layer may ask for."""
    values: dict[str, Any] = {
        name: getattr(sizes, name)
        for name in ("N", "C", "H", "W", "F", "H1", "W1", "stride", "pad")
        if getattr(sizes, name, None) is not None
    }
    shape = sizes.shapes()["x"]
    if "H1" in values:
        values["kernel"] = (values["H1"], values["W1"])
        values.setdefault("pad", 0)
    values["input_shape"] = shape[1:]
    if params is not None:
        copies = {key: copied(value) for key, value in params.items()}
        values |= {"params": copies} | {k: v for k, v in copies.items() if not k.startswith("pool_")}
    values["training"] = values.get("mode", "train") == "train"
    values["testing"] = not values["training"]
    if "mode" in values:
        values["features"] = shape[1]
        values["axes"] = len(shape)
        values["feature_shape"] = shape[1:]
    return values
