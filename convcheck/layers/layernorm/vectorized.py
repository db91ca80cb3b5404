"""Layer normalisation, all rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params


def layernorm_forward(x: Array, gamma: Array, beta: Array, ln_param: Params) -> tuple[Array, Any]:
    """x (N, D) or any shape with D last, gamma (D,), beta (D,) -> out (x's shape), cache. All rows at once."""
    mean = x.mean(axis=-1, keepdims=True)
    # Not np.var: of complex numbers it takes |x - mean|², which has no derivative.
    var = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    ivar = 1 / np.sqrt(var + ln_param["eps"])
    xhat = (x - mean) * ivar
    return gamma * xhat + beta, (xhat, gamma, ivar)


def layernorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (x's shape) -> dx (the same), dgamma (D,), dbeta (D,). All rows at once."""
    xhat, gamma, ivar = cache
    rows = tuple(range(dout.ndim - 1))
    dbeta = dout.sum(axis=rows)
    dgamma = (dout * xhat).sum(axis=rows)
    dxhat = dout * gamma
    through_mean = dxhat.mean(axis=-1, keepdims=True)
    through_var = xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)
    return ivar * (dxhat - through_mean - through_var), dgamma, dbeta
