"""How far sound implementations of batch normalisation may differ by rounding."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Arrays, Facts, Layer, Params


def batchnorm_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """Magnitudes S, such that a sound implementation's rounding error is a small multiple of eps·S."""
    return rounding_of_columns(inputs, dout, params or {})


def rounding_of_columns(inputs: list[Array], dout: Array, bn_param: Params) -> Arrays:
    """{"forward" (N, D), "dx" (N, D), "dgamma" (D,), "dbeta" (D,)}, all float64.

    x - mean cancels: its error is eps·max|x|, and kappa = max|x| / √(var + eps) of that reaches x̂ and, through the
    variance, 1/√(var + eps) relative to itself. Every product that either enters has the factor 1 + kappa.
    """
    x, gamma, beta = (np.asarray(a, np.float64) for a in inputs)
    dout = np.abs(np.asarray(dout, np.float64))
    gamma, beta = np.abs(gamma), np.abs(beta)
    if bn_param["mode"] == "test":
        mean = np.asarray(bn_param["running_mean"], np.float64)
        ivar = 1 / np.sqrt(np.asarray(bn_param["running_var"], np.float64) + bn_param["eps"])
        reach = (np.abs(x) + np.abs(mean)) * ivar
        forward = gamma * reach + beta
        dx = gamma * ivar * dout
        dgamma = dout * reach
    else:
        mean, var = x.mean(axis=0), x.var(axis=0)
        ivar = 1 / np.sqrt(var + bn_param["eps"])
        xhat = np.abs(x - mean) * ivar
        kappa = np.abs(x).max(axis=0) * ivar
        forward = gamma * (1 + xhat) * (1 + kappa) + beta
        through_statistics = dout.mean(axis=0) + (1 + xhat) * (dout * (1 + xhat)).mean(axis=0)
        dx = gamma * ivar * (dout + through_statistics) * (1 + kappa)
        dgamma = dout * (xhat + kappa * (1 + xhat))
    return {"forward": forward, "dx": dx, "dgamma": dgamma.sum(axis=0), "dbeta": dout.sum(axis=0)}
