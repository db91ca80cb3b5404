"""How far sound implementations of batch normalisation may differ by rounding."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Arrays, Facts, Layer, Params


def batchnorm_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """Magnitudes S, such that a sound implementation's rounding error is a small multiple of eps·S."""
    return rounding_of_columns(inputs, dout, params or {})


def rounding_of_columns(inputs: list[Array], dout: Array, bn_param: Params) -> Arrays:
    """{"forward" (N, D), "dx" (N, D), "dgamma" (D,), "dbeta" (D,)}, all float64.

    In train mode as `magnitudes` tells.
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
        forward, dx, dgamma = magnitudes(x, gamma, beta, dout, bn_param["eps"], 0)
    return {"forward": forward, "dx": dx, "dgamma": dgamma.sum(axis=0), "dbeta": dout.sum(axis=0)}


def magnitudes(
    x: Array, gamma: Array, beta: Array, dout: Array, eps: float, over: int | tuple[int, ...]
) -> tuple[Array, Array, Array]:
    """Of the output, of dx, and of the terms that dgamma is a sum of, where mean and variance are `over` these axes.

    All in x's shape, or beside it, in float64; gamma, beta and dout are magnitudes.

    x - mean cancels: its error is eps·max|x|, and kappa = max|x| / √(var + eps) of that reaches x̂ and, through the
    variance, 1/√(var + eps) relative to itself. Every product that either enters has the factor 1 + kappa.
    """
    mean, var = x.mean(axis=over, keepdims=True), x.var(axis=over, keepdims=True)
    ivar = 1 / np.sqrt(var + eps)
    xhat = np.abs(x - mean) * ivar
    kappa = np.abs(x).max(axis=over, keepdims=True) * ivar
    forward = gamma * (1 + xhat) * (1 + kappa) + beta
    dxhat = gamma * dout
    through_statistics = dxhat.mean(axis=over, keepdims=True) + (1 + xhat) * (dxhat * (1 + xhat)).mean(
        axis=over, keepdims=True
    )
    dx = ivar * (dxhat + through_statistics) * (1 + kappa)
    return forward, dx, dout * (xhat + kappa * (1 + xhat))
