"""Spatial batch normalisation, one function for each tensor, of which the layer's mistakes are edits.

The code is that of the columns' batchnorm, for other axes: its mistakes are made here as well.
"""

from __future__ import annotations

from types import FunctionType

from convcheck.layers.batchnorm import readable
from convcheck.layers.layer import Array

# The axes that statistics are over.
OVER = (0, 2, 3)


def spread(values: Array) -> Array:
    """What there is for each channel, beside x (N, C, H, W)."""
    return values.reshape(1, -1, 1, 1)


_NAMES = {**vars(readable), "OVER": OVER, "spread": spread, "__name__": __name__}

forward, running_mean, running_var, dx, dx_by_stage, dgamma, dbeta = (
    FunctionType(function.__code__, _NAMES)
    for function in (
        readable.forward,
        readable.running_mean,
        readable.running_var,
        readable.dx,
        readable.dx_by_stage,
        readable.dgamma,
        readable.dbeta,
    )
)
