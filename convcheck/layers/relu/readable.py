"""ReLU as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array


def forward(x: Array) -> Array:
    """out, in x's shape."""
    return np.asarray(np.maximum(x, 0))


def dx(dout: Array, x: Array) -> Array:
    """dx, in x's shape."""
    mask = x > 0
    return np.asarray(dout * mask)
