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

from convcheck.layers.batchnorm.built_in_eps import LEAST_EPS
from convcheck.layers.batchnorm.naive import batchnorm_backward_naive, batchnorm_forward_naive
from convcheck.layers.batchnorm.rounding import batchnorm_rounding
from convcheck.layers.batchnorm.statistics import defaults_of, running_statistics
from convcheck.layers.batchnorm.vectorized import batchnorm_backward, batchnorm_forward
from convcheck.layers.batchnorm.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.spec.fields import choice, number, size
from convcheck.spec.sizes import Shape, Sizes


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

    def is_smooth(self) -> bool:
        """In train mode, in x."""
        return self.mode == "train"


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


def batchnorm_defaults(sizes: BatchnormSizes, dtype: np.dtype[Any]) -> Params:
    """Those of CS231n."""
    return defaults_of(sizes.D, sizes.mode, dtype)


LAYER = Layer(
    name="batchnorm",
    summary="every column shifted and scaled to mean 0 and variance 1, then by beta and gamma",
    sizes=BatchnormSizes,
    input_names=("x", "gamma", "beta"),
    shapes={"x": "(N, D)", "gamma": "(D,)", "beta": "(D,)"},
    facts=batchnorm_facts,
    words=WORDS,
    parameters=("mode", "eps", "momentum", "running_mean", "running_var"),
    params=batchnorm_params,
    defaults=batchnorm_defaults,
    rounding=batchnorm_rounding,
    variants={
        "naive": Variant(
            batchnorm_forward_naive, batchnorm_backward_naive, "one column, and for dx one entry, at a time"
        ),
        "vectorized": Variant(batchnorm_forward, batchnorm_backward, "all columns at once"),
    },
    equations={
        "forward": "a = gamma x̂ + beta,   x̂ = (x - mean) / √(var + eps), in test mode of the running mean and var",
        "dx": "gamma (dout - mean(dout) - x̂ mean(dout x̂)) / √(var + eps) in train mode, "
        "gamma dout / √(running_var + eps) in test mode",
        "dgamma": "Σ_n dout x̂",
        "dbeta": "Σ_n dout",
    },
)
