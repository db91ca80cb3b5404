"""Group normalisation, one function for each tensor, of which the layer's mistakes are edits.

The code is that of the layer normalisation, for the groups of x: its mistakes are made here as well.
"""

from __future__ import annotations

from types import FunctionType

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.layernorm import readable

# The axes that statistics are over, of x in its groups.
OVER = (2, 3, 4)


def parted(x: Array, gn_param: Params) -> Array:
    """x (N, C, H, W) as (N, G, C/G, H, W)."""
    N, C, H, W = x.shape
    G = gn_param["G"]
    return x.reshape(N, G, C // G, H, W)


def spread(values: Array) -> Array:
    """What there is for each channel, beside x."""
    return values


def summed(terms: Array) -> Array:
    """The sum of each channel."""
    return np.asarray(terms.sum(axis=(0, 2, 3), keepdims=True))


_NAMES = {**vars(readable), "OVER": OVER, "parted": parted, "spread": spread, "summed": summed, "__name__": __name__}

forward, dx, dx_by_stage, dgamma, dbeta = (
    FunctionType(function.__code__, _NAMES)
    for function in (readable.forward, readable.dx, readable.dx_by_stage, readable.dgamma, readable.dbeta)
)
