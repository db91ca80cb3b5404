"""Layer normalisation: every row of x is shifted and scaled to mean 0 and variance 1, its columns by beta and gamma.

Source: Ba, Kiros and Hinton, Layer Normalization (2016), in the convention of CS231n, assignment 2. Means run over the
D entries of a row, n = 0 … N-1 by itself; gamma and beta are those of a column, d = 0 … D-1. Where x has more axes than
two, the rows are those along the last one, and there are as many as the other axes have entries.

              mu[n] = Σ_d x[n,d] / D,   var[n] = Σ_d (x[n,d] - mu[n])² / D
              x̂[n,d] = (x[n,d] - mu[n]) / √(var[n] + eps)
    forward   a[n,d] = gamma[d] x̂[n,d] + beta[d]
    dbeta     dbeta[d] = Σ_n dout[n,d]
    dgamma    dgamma[d] = Σ_n dout[n,d] x̂[n,d]
    dx        dx[n,k] = Σ_d dout[n,d] gamma[d] (1{d = k} - 1/D - x̂[n,d] x̂[n,k] / D) / √(var[n] + eps)
                      = (g[k] - mean(g) - x̂[n,k] mean(g x̂)) / √(var[n] + eps),   g = dout[n] gamma

`naive` sums the first relation for dx term by term; `vectorized` uses the second. There are no running statistics, and
train and test are one. gamma differs along a row, and stands inside its means: in a batchnorm it can be taken out.

The output is smooth in x, and linear in gamma and in beta. A root and a division round, so results are right within a
bound, not to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from convcheck.layers.batchnorm.layer import eps_field
from convcheck.layers.batchnorm.rounding import magnitudes
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.layernorm.naive import layernorm_backward_naive, layernorm_forward_naive
from convcheck.layers.layernorm.vectorized import layernorm_backward, layernorm_forward
from convcheck.layers.layernorm.words import WORDS
from convcheck.layers.locality import All, Same, Tie
from convcheck.spec.fields import shape, size
from convcheck.spec.sizes import Problem, Shape, Sizes

# NumPy 1 stops at 32 axes, and a look at another form of x may take one more.
MOST_AXES = 31


@dataclass(frozen=True)
class LayernormSizes(Sizes):
    """Rows and columns, or a list of any length from two on, and the eps of ln_param."""

    N: int | None = size("rows: examples in the batch, each normalised by itself", default=None)
    D: int | None = size("columns: features of a row", default=None)
    shape: tuple[int, ...] | None = shape("size of each axis, D the last, in place of N and D", default=None)
    eps: float = eps_field()

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (("N", "D"), ("shape",))

    def problems(self) -> Iterator[Problem]:
        """Fewer axes than rows have, or more than an array can have."""
        if self.shape is not None and not 2 <= len(self.shape) <= MOST_AXES:
            yield Problem(
                "shape",
                f"shape has {len(self.shape)} axes; x has at least 2, rows and columns, and at most {MOST_AXES}",
            )

    def shapes(self) -> dict[str, Shape]:
        """x, gamma, beta and out."""
        given = (self.N, self.D) if self.shape is None else self.shape
        whole = tuple(n for n in given if n is not None)
        return {"x": whole, "gamma": whole[-1:], "beta": whole[-1:], "out": whole}

    def is_smooth(self) -> bool:
        """In x."""
        return True


def layernorm_facts(sizes: LayernormSizes) -> Facts:
    """Smooth in x, whose entries reach their whole row."""
    shapes = sizes.shapes()
    last = len(shapes["x"]) - 1
    ties: tuple[Tie, ...] = (*(Same(axis) for axis in range(last)), All())
    return Facts(
        inputs=(
            Input("x", shapes["x"], "smooth", ties, ("n", "d") if last == 1 else ()),
            Input("gamma", shapes["gamma"], "linear", (Same(last),), ("d",)),
            Input("beta", shapes["beta"], "linear", (Same(last),), ("d",)),
        ),
        output=shapes["out"],
        sums=normalisation_sums(shapes["x"][-1], prod(shapes["x"][:-1])),
        exact=False,
    )


def normalisation_sums(values: int, sharing: int) -> dict[str, Sum]:
    """The sums over the `values` of one mean, in both passes, and over the `sharing` entries that have one gamma."""
    return {
        "forward": Sum(("x", "x"), values),
        "dx": Sum(("dout", "x"), values),
        "dgamma": Sum(("dout", "x"), sharing),
        "dbeta": Sum(("dout",), sharing),
    }


def layernorm_params(sizes: LayernormSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """ln_param of CS231n: {"eps"}."""
    return {"eps": sizes.eps}


def layernorm_defaults(sizes: Any, dtype: np.dtype[Any]) -> Params:
    """Those of CS231n."""
    return {"eps": 1e-5}


def layernorm_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """Magnitudes S, such that a sound implementation's rounding error is a small multiple of eps·S."""
    # Code may have no beta.
    x, gamma, beta = (np.asarray(a, np.float64) for a in (*inputs, 0.0)[:3])
    gamma, beta, dout = np.abs(gamma), np.abs(beta), np.abs(np.asarray(dout, np.float64))
    forward, dx, dgamma = magnitudes(x, gamma, beta, dout, (params or {})["eps"], -1)
    rows = tuple(range(x.ndim - 1))
    return {"forward": forward, "dx": dx, "dgamma": dgamma.sum(axis=rows), "dbeta": dout.sum(axis=rows)}


LAYER = Layer(
    name="layernorm",
    summary="every row shifted and scaled to mean 0 and variance 1, then its columns by beta and gamma",
    sizes=LayernormSizes,
    input_names=("x", "gamma", "beta"),
    shapes={"x": "(N, D), or any with D last", "gamma": "(D,)", "beta": "(D,)"},
    facts=layernorm_facts,
    words=WORDS,
    parameters=("eps",),
    params=layernorm_params,
    defaults=layernorm_defaults,
    rounding=layernorm_rounding,
    variants={
        "naive": Variant(layernorm_forward_naive, layernorm_backward_naive, "one row, and for dx one entry, at a time"),
        "vectorized": Variant(layernorm_forward, layernorm_backward, "all rows at once"),
    },
    equations={
        "forward": "a = gamma x̂ + beta,   x̂ = (x - mean) / √(var + eps) of each row",
        "dx": "(g - mean(g) - x̂ mean(g x̂)) / √(var + eps),   g = dout gamma",
        "dgamma": "Σ_n dout x̂",
        "dbeta": "Σ_n dout",
    },
)
