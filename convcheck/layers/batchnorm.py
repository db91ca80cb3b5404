"""Batch normalisation: every column of x is shifted and scaled to mean 0 and variance 1, then by beta and gamma.

Source: Ioffe and Szegedy, Batch Normalization (2015), in the convention of CS231n, assignment 2; V. Busa, Implementing
Convolutional Layer (2017), chapter 2, builds on it. Sums and means run over the N rows, for each column d by itself.

    train     mu = Σ_n x[n] / N,   var = Σ_n (x[n] - mu)² / N,   x̂ = (x - mu) / √(var + eps)
    test      x̂ = (x - running_mean) / √(running_var + eps)
    forward   a[n] = gamma x̂[n] + beta
    dbeta     Σ_n dout[n]
    dgamma    Σ_n dout[n] x̂[n]
    dx        train: dx[k] = Σ_n dout[n] gamma (1{n = k} - 1/N - x̂[n] x̂[k] / N) / √(var + eps)
                           = gamma (dout[k] - mean(dout) - x̂[k] mean(dout x̂)) / √(var + eps)
              test:  dx[k] = dout[k] gamma / √(running_var + eps)

`naive` sums the first relation for dx term by term; `vectorized` uses the second. In train mode the running mean and
variance of bn_param move a fraction 1 - momentum towards those of the batch.

The output is smooth in x in train mode, linear in x in test mode, and linear in gamma and in beta. A root and a
division round, so results are right within a bound, not to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.spec.fields import choice, number, size
from convcheck.spec.sizes import Shape, Sizes

# 1/√eps must stay well within float32's range, since a column of one value has no other variance.
LEAST_EPS = 1e-30


def mode_field() -> Any:
    """`mode`: train or test."""
    return choice(
        "train: normalise by the batch's own statistics; test: by running_mean and running_var",
        "train",
        "test",
        default="train",
    )


def eps_field() -> Any:
    """`eps`: what is added to the variance."""
    return number("added to the variance, so that no division is by zero", minimum=LEAST_EPS, default=1e-5)


def momentum_field() -> Any:
    """`momentum`: how slowly the running statistics move."""
    return number("share of the running statistics that a batch leaves as it was", minimum=0, maximum=1, default=0.9)


@dataclass(frozen=True)
class BatchnormSizes(Sizes):
    """Rows, columns, and the settings of bn_param."""

    N: int = size("rows: examples in the batch")
    D: int = size("columns: features, each normalised by itself")
    mode: str = mode_field()
    eps: float = eps_field()
    momentum: float = momentum_field()

    def shapes(self) -> dict[str, Shape]:
        """x, gamma, beta and out."""
        return {"x": (self.N, self.D), "gamma": (self.D,), "beta": (self.D,), "out": (self.N, self.D)}


def batchnorm_facts(sizes: BatchnormSizes) -> Facts:
    """Smooth in x, whose entries reach their whole column; in test mode linear, and only their own output."""
    shapes = sizes.shapes()
    if sizes.mode == "train":
        x = Input("x", shapes["x"], "smooth", (All(), Same(1)), ("n", "d"))
    else:
        x = Input("x", shapes["x"], "linear", (Same(0), Same(1)), ("n", "d"))
    return Facts(
        inputs=(
            x,
            Input("gamma", shapes["gamma"], "linear", (Same(1),), ("d",)),
            Input("beta", shapes["beta"], "linear", (Same(1),), ("d",)),
        ),
        output=shapes["out"],
        sums=batchnorm_sums(sizes.N),
        exact=False,
    )


def batchnorm_sums(rows: int) -> dict[str, Sum]:
    """The sums over `rows` rows: of x² in the forward pass, of dout and dout·x in the backward pass."""
    return {
        "forward": Sum(("x", "x"), rows),
        "dx": Sum(("dout", "x"), rows),
        "dgamma": Sum(("dout", "x"), rows),
        "dbeta": Sum(("dout",), rows),
    }


def batchnorm_params(sizes: BatchnormSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """bn_param of CS231n: {"mode", "eps", "momentum", "running_mean" (D,), "running_var" (D,)}."""
    settings = {"mode": sizes.mode, "eps": sizes.eps, "momentum": sizes.momentum}
    return settings | running_statistics(sizes.D, rng, dtype)


def running_statistics(columns: int, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """running_mean and running_var (columns,), other than a fresh layer's 0 and 1, which would hide mistakes."""
    return {
        "running_mean": rng.normal((columns,)).astype(dtype),
        "running_var": rng.uniform(0.5, 2.0, (columns,)).astype(dtype),
    }


def batchnorm_forward_naive(x: Array, gamma: Array, beta: Array, bn_param: Params) -> tuple[Array, Any]:
    """x (N, D), gamma (D,), beta (D,) -> out (N, D), cache. One column at a time.

    Raises ValueError if bn_param["mode"] is neither train nor test. Replaces bn_param["running_mean"] and
    bn_param["running_var"] in train mode.
    """
    N, D = x.shape
    if is_training(bn_param):
        mean, var = np.zeros((2, D), x.dtype)
        for d in range(D):
            mean[d] = np.sum(x[:, d]) / N
            var[d] = np.sum((x[:, d] - mean[d]) ** 2) / N
        follow(bn_param, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    xhat = np.zeros(x.shape, np.result_type(x, mean))
    out = np.zeros(x.shape, np.result_type(xhat, gamma, beta))
    for d in range(D):
        xhat[:, d] = (x[:, d] - mean[d]) / np.sqrt(var[d] + bn_param["eps"])
        out[:, d] = gamma[d] * xhat[:, d] + beta[d]
    return out, (xhat, gamma, var, bn_param)


def batchnorm_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, D) -> dx (N, D), dgamma (D,), dbeta (D,). One entry at a time."""
    xhat, gamma, var, bn_param = cache
    N, D = dout.shape
    dtype = np.result_type(dout, xhat, gamma)
    dx, dgamma, dbeta = np.zeros((N, D), dtype), np.zeros(D, dtype), np.zeros(D, dout.dtype)
    for d in range(D):
        dbeta[d] = np.sum(dout[:, d])
        dgamma[d] = np.sum(dout[:, d] * xhat[:, d])
        for k in range(N):
            n_is_k = (np.arange(N) == k).astype(xhat.dtype)
            dxhat_dx = n_is_k  # ∂x̂[n]/∂x[k], times √(var + eps)
            if bn_param["mode"] == "train":
                dxhat_dx = n_is_k - 1 / N - xhat[:, d] * xhat[k, d] / N
            dx[k, d] = np.sum(dout[:, d] * gamma[d] * dxhat_dx) / np.sqrt(var[d] + bn_param["eps"])
    return dx, dgamma, dbeta


def batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: Params) -> tuple[Array, Any]:
    """x (N, D), gamma (D,), beta (D,) -> out (N, D), cache. All columns at once.

    Raises ValueError if bn_param["mode"] is neither train nor test. Replaces bn_param["running_mean"] and
    bn_param["running_var"] in train mode.
    """
    if is_training(bn_param):
        mean = x.mean(axis=0)
        # Not np.var: of complex numbers it takes |x - mean|², which has no derivative.
        var = ((x - mean) ** 2).mean(axis=0)
        follow(bn_param, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    ivar = 1 / np.sqrt(var + bn_param["eps"])
    xhat = (x - mean) * ivar
    return gamma * xhat + beta, (xhat, gamma, ivar, bn_param)


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, D) -> dx (N, D), dgamma (D,), dbeta (D,). All columns at once."""
    xhat, gamma, ivar, bn_param = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    if bn_param["mode"] == "test":
        return dout * (gamma * ivar), dgamma, dbeta
    N = dout.shape[0]
    dx = gamma * ivar * (dout - dbeta / N - xhat * (dgamma / N))
    return dx, dgamma, dbeta


def is_training(bn_param: Params) -> bool:
    """Whether the batch's own statistics are used. Raises ValueError if the mode is neither train nor test."""
    mode = bn_param["mode"]
    if mode not in {"train", "test"}:
        raise ValueError(f"mode is {mode!r}; it must be 'train' or 'test'")
    return bool(mode == "train")


def follow(bn_param: Params, mean: Array, var: Array) -> None:
    """Move bn_param's running statistics towards the batch's mean (D,) and variance (D,), as new arrays."""
    momentum = bn_param.get("momentum", 0.9)
    bn_param["running_mean"] = momentum * bn_param.get("running_mean", 0) + (1 - momentum) * mean
    bn_param["running_var"] = momentum * bn_param.get("running_var", 0) + (1 - momentum) * var


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


LAYER = Layer(
    name="batchnorm",
    summary="every column shifted and scaled to mean 0 and variance 1, then by beta and gamma",
    sizes=BatchnormSizes,
    input_names=("x", "gamma", "beta"),
    facts=batchnorm_facts,
    params=batchnorm_params,
    rounding=batchnorm_rounding,
    variants={
        "naive": Variant(
            batchnorm_forward_naive, batchnorm_backward_naive, "one column, and for dx one entry, at a time"
        ),
        "vectorized": Variant(batchnorm_forward, batchnorm_backward, "all columns at once"),
    },
    equations={
        "forward": "a = gamma x̂ + beta,   x̂ = (x - mean) / √(var + eps)",
        "dx": "gamma (dout - mean(dout) - x̂ mean(dout x̂)) / √(var + eps)",
        "dgamma": "Σ_n dout x̂",
        "dbeta": "Σ_n dout",
    },
)
