"""Scale normalisation, all rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params


def scale_norm_forward(x: Array, gain: Array, param: Params) -> tuple[Array, Any]:
    """x (N, D), gain (D,) -> out (N, D), cache."""
    r = np.sqrt((x * x).mean(axis=1, keepdims=True) + param["eps"])
    xhat = x / r
    return gain * xhat, (xhat, gain, r)


def scale_norm_backward(dout: Array, cache: Any) -> tuple[Array, Array]:
    """dout (N, D) -> dx (N, D), dgain (D,)."""
    xhat, gain, r = cache
    dxhat = gain * dout
    dx = (dxhat - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) / r
    return dx, (dout * xhat).sum(axis=0)
