"""`Pair`: what is under test, as one forward and one backward on arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convcheck.layers.layer import Array, Params, Variant


@dataclass(frozen=True)
class Pair:
    """`forward(*inputs)` returns (out, cache), `backward(dout, cache)` the gradients; neither is trusted."""

    name: str
    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[[Array, Any], Any]


def bind(name: str, variant: Variant, params: Params | None) -> Pair:
    """A built-in variant with its parameters bound; each call of forward gets a copy, since it may write into them."""

    def forward(*inputs: Array) -> tuple[Any, Any]:
        if params is None:
            return variant.forward(*inputs)
        fresh = {key: value.copy() if hasattr(value, "copy") else value for key, value in params.items()}
        return variant.forward(*inputs, fresh)

    return Pair(name, forward, variant.backward)
