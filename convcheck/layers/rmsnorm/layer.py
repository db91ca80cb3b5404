"""Root mean square normalisation: every row of x is divided by its root mean square, its columns multiplied by gamma.

Source: Zhang and Sennrich, Root Mean Square Layer Normalization (2019). It is a layer normalisation that subtracts no
mean and adds no beta. Means run over the D entries of a row, n = 0 … N-1 by itself; where x has more axes than two, the
rows are those along the last one.

              ms[n] = Σ_d x[n,d]² / D,   x̂[n,d] = x[n,d] / √(ms[n] + eps)
    forward   a[n,d] = gamma[d] x̂[n,d]
    dgamma    dgamma[d] = Σ_n dout[n,d] x̂[n,d]
    dx        dx[n,k] = Σ_d dout[n,d] gamma[d] (1{d = k} - x̂[n,d] x̂[n,k] / D) / √(ms[n] + eps)
                      = (g[k] - x̂[n,k] mean(g x̂)) / √(ms[n] + eps),   g = dout[n] gamma

The output is smooth in x, and linear in gamma. A root and a division round, so results are right within a bound, not to
the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Arrays, Facts, Layer, Params, Variant
from convcheck.layers.layernorm.layer import LayernormSizes, layernorm_defaults, layernorm_facts, layernorm_params
from convcheck.layers.rmsnorm.words import WORDS
from convcheck.spec.sizes import Shape


@dataclass(frozen=True)
class RmsnormSizes(LayernormSizes):
    """Rows and columns, or a list of any length from two on, and the eps."""

    def shapes(self) -> dict[str, Shape]:
        """x, gamma and out."""
        return {name: shape for name, shape in super().shapes().items() if name != "beta"}


def rmsnorm_facts(sizes: RmsnormSizes) -> Facts:
    """Those of the layer normalisation, without beta."""
    whole = layernorm_facts(LayernormSizes(sizes.N, sizes.D, sizes.shape, sizes.eps))
    sums = {name: total for name, total in whole.sums.items() if name != "dbeta"}
    return whole._replace(inputs=whole.inputs[:2], sums=sums)


def rmsnorm_forward_naive(x: Array, gamma: Array, rms_param: Params) -> tuple[Array, Any]:
    """x (N, D) or any shape with D last, gamma (D,) -> out (x's shape), cache. One row at a time."""
    rows = x.reshape(-1, x.shape[-1])
    rms = np.zeros(len(rows), x.dtype)
    xhat = np.zeros(rows.shape, x.dtype)
    out = np.zeros(rows.shape, np.result_type(x, gamma))
    for n in range(len(rows)):
        rms[n] = np.sqrt((rows[n] ** 2).sum() / x.shape[-1] + rms_param["eps"])
        xhat[n] = rows[n] / rms[n]
        out[n] = gamma * xhat[n]
    return out.reshape(x.shape), (xhat, gamma, rms)


def rmsnorm_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array]:
    """dout (x's shape) -> dx (the same), dgamma (D,). One entry at a time."""
    xhat, gamma, rms = cache
    rows, D = xhat.shape
    douts = dout.reshape(rows, D)
    dtype = np.result_type(dout, xhat, gamma)
    dx, dgamma = np.zeros((rows, D), dtype), np.zeros(D, dtype)
    d_is = np.eye(D, dtype=xhat.dtype)  # 1{d = k}, for every k
    for n in range(rows):
        dgamma += douts[n] * xhat[n]
        for k in range(D):
            dx[n, k] = (douts[n] * gamma * (d_is[k] - xhat[n] * xhat[n, k] / D)).sum() / rms[n]
    return dx.reshape(dout.shape), dgamma


def rmsnorm_forward(x: Array, gamma: Array, rms_param: Params) -> tuple[Array, Any]:
    """x (N, D) or any shape with D last, gamma (D,) -> out (x's shape), cache. All rows at once."""
    rms = np.sqrt((x**2).mean(axis=-1, keepdims=True) + rms_param["eps"])
    xhat = x / rms
    return gamma * xhat, (xhat, gamma, rms)


def rmsnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array]:
    """dout (x's shape) -> dx (the same), dgamma (D,). All rows at once."""
    xhat, gamma, rms = cache
    dgamma = (dout * xhat).sum(axis=tuple(range(dout.ndim - 1)))
    dxhat = dout * gamma
    return (dxhat - xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)) / rms, dgamma


def rmsnorm_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """Magnitudes S, such that a sound implementation's rounding error is a small multiple of eps·S.

    All that is added under the root is positive: nothing cancels, and each product errs by a few eps of itself.
    """
    x, gamma, dout = (np.abs(np.asarray(a, np.float64)) for a in (*inputs, dout))
    rms = np.sqrt((x**2).mean(axis=-1, keepdims=True) + (params or {})["eps"])
    xhat = x / rms
    dxhat = gamma * dout
    dx = (dxhat + 2 * xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)) / rms
    return {"forward": 2 * gamma * xhat, "dx": 2 * dx, "dgamma": 2 * (dout * xhat).sum(axis=tuple(range(x.ndim - 1)))}


LAYER = Layer(
    name="rmsnorm",
    summary="every row divided by its root mean square, its columns multiplied by gamma",
    sizes=RmsnormSizes,
    input_names=("x", "gamma"),
    shapes={"x": "(N, D), or any with D last", "gamma": "(D,)"},
    facts=rmsnorm_facts,
    words=WORDS,
    parameters=("eps",),
    params=layernorm_params,
    defaults=layernorm_defaults,
    rounding=rmsnorm_rounding,
    variants={
        "naive": Variant(rmsnorm_forward_naive, rmsnorm_backward_naive, "one row, and for dx one entry, at a time"),
        "vectorized": Variant(rmsnorm_forward, rmsnorm_backward, "all rows at once"),
    },
    equations={
        "forward": "a = gamma x̂,   x̂ = x / √(mean(x²) + eps) of each row",
        "dx": "(g - x̂ mean(g x̂)) / √(mean(x²) + eps),   g = dout gamma",
        "dgamma": "Σ_n dout x̂",
    },
)
