"""The names that functions customarily have: which layer, which way, and what tells one version from another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from convcheck.implementations.synonyms import layer_called, normal

Way = Literal["forward", "backward"]

# The longer words first: forwardpass must not be read as forward and a version called pass.
_WAYS: tuple[tuple[Way, str], ...] = (
    ("forward", r"forwardpropagation|forwardprop|forwardpass|forward|fprop|fwd"),
    ("backward", r"backwardpropagation|backpropagation|backwardprop|backwardpass|backprop|backward|bprop|bwd"),
)
# Words of a version that name a part of a layer, not the whole.
_PARTS = re.compile(r"step|inner|helper|single|slice|window|test|check|util|numerical|grad(ient)?$")


@dataclass(frozen=True)
class Custom:
    """`conv_forward_im2col` is layer conv, way forward, version im2col. Plain `forward` has no layer."""

    layer: str | None
    way: Way
    version: str


def custom(name: str) -> Custom | None:
    """What a function of this name is by custom: conv_forward_naive, ConvForward, forward_conv, …; None if nothing."""
    plain = normal(name)
    for way, pattern in _WAYS:
        if found := re.search(pattern, plain):
            before, after = plain[: found.start()], plain[found.end() :]
            if not before and not after:
                return Custom(None, way, "")
            if not before:
                before, after = after, ""
            layer = layer_called(before)
            return None if layer is None or _PARTS.search(after) else Custom(layer, way, after + _less(before, layer))
    return None


def _less(before: str, layer: str) -> str:
    """What the name says beside the layer: fastconv -> fast. It tells versions apart, whatever it is."""
    return "" if before in {layer, normal(layer)} else f" {before}"
