"""Several outputs of a forward as one, side by side along their last axis, and the upstream gradient of each.

What is checked is one array: the rest of the house knows of no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convcheck.implementations.arrays import is_array
from convcheck.implementations.tensors import loaded_torch
from convcheck.layers.layer import Layer


def joined(returned: Sequence[Any], layer: Layer) -> tuple[Any, Sequence[Any]]:
    """The outputs as one array, and what else forward returned; the first alone where they are not of one shape."""
    count = max(1, len(layer.outputs))
    parts, rest = returned[:count], returned[count:]
    if count == 1 or len(parts) < count or not all(map(is_array, parts)):
        return returned[0], returned[1:]
    if len({tuple(part.shape[:-1]) for part in parts}) > 1 or not all(part.shape for part in parts):
        return returned[0], returned[1:]
    torch = loaded_torch()
    if torch and all(isinstance(part, torch.Tensor) for part in parts):
        return torch.cat(tuple(parts), dim=-1), rest
    return np.concatenate([np.asarray(part) for part in parts], axis=-1), rest


def parted(dout: Any, layer: Layer) -> list[Any]:
    """The upstream gradient of each output, each an array of its own."""
    count = len(layer.outputs)
    if count < 2:
        return [dout]
    width = dout.shape[-1] // count
    parts = (dout[..., i * width : (i + 1) * width] for i in range(count))
    return [part.clone() if hasattr(part, "clone") else part.copy() for part in parts]
