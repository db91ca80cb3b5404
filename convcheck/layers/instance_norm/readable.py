"""Instance normalisation, one function for each tensor, of which the layer's mistakes are edits.

The code is that of the layer normalisation, for the channels of x: its mistakes are made here as well.
"""

from __future__ import annotations

from types import FunctionType

from convcheck.layers.groupnorm.readable import OVER, spread, summed
from convcheck.layers.layer import Array, Params
from convcheck.layers.layernorm import readable


def parted(x: Array, in_param: Params) -> Array:
    """x (N, C, H, W) as (N, C, 1, H, W): a group for each channel."""
    N, C, H, W = x.shape
    return x.reshape(N, C, 1, H, W)


_NAMES = {**vars(readable), "OVER": OVER, "parted": parted, "spread": spread, "summed": summed, "__name__": __name__}

forward, dx, dx_by_stage, dgamma, dbeta = (
    FunctionType(function.__code__, _NAMES)
    for function in (readable.forward, readable.dx, readable.dx_by_stage, readable.dgamma, readable.dbeta)
)
