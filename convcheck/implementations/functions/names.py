"""What a function is by custom, as its name tells: a forward or a backward pass, of which layer, in which version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from convcheck.implementations.vocabulary import layer_called
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.words import normal

# "both": a loss that returns its gradient with its value.
Pass = Literal["forward", "backward", "both"]

# The longer words first: forward_pass must not be read as forward and a version called pass.
_WAYS: tuple[tuple[Pass, str], ...] = (
    ("forward", r"forward_*(?:propagation|prop|pass)|forward|f_*prop|f_*wd"),
    ("backward", r"backward_*(?:propagation|prop|pass)|back_*propagation|back_*prop|backward|b_*prop|b_*wd"),
)
# Words of a version that name a part of a layer, not the whole.
_PARTS = re.compile(r"step|inner|helper|single|slice|window|test|check|util|numerical|grad(ient)?$")


@dataclass(frozen=True)
class CustomaryName:
    """`<layer>_forward_im2col` is a forward of the layer in the version im2col. Plain `forward` has no layer."""

    layer: str | None
    way: Pass
    version: str


def customary(name: str) -> CustomaryName | None:
    """What a function of this name is by custom: layer_forward_naive, LayerForward, forward_layer; None if nothing."""
    parts = own_name(name)
    if parts is None:
        return _loss_called(name)
    if parts.layer is None:
        return parts
    word = normal(parts.layer)
    layer = layer_called(word)
    if layer is None or _PARTS.search(parts.version):
        return None
    # What the name says beside the layer tells versions apart, whatever it is: fast_layer -> fast.
    beside = "" if word in {layer, normal(layer)} else f" {word}"
    return CustomaryName(layer, parts.way, parts.version + beside)


def _loss_called(name: str) -> CustomaryName | None:
    """A function with the name of a loss and no more."""
    layer = layer_called(name)
    return CustomaryName(layer, "both", "") if layer is not None and LAYERS[layer].is_loss else None


def own_name(name: str) -> CustomaryName | None:
    """The same with the word that stands where a layer should, whatever it says: capsule; None for no such name."""
    for way, pattern in _WAYS:
        if found := re.search(pattern, name, re.IGNORECASE):
            before, after = (part.strip("_") for part in (name[: found.start()], name[found.end() :]))
            # forward_layer
            word, version = (before, after) if before else (after, "")
            return CustomaryName(word or None, way, normal(version))
    return None
