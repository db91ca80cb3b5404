"""Scale normalisation: every row is divided by its root mean square, then every column scaled by a gain.

Source: B. Zhang and R. Sennrich, Root Mean Square Layer Normalization (2019), equation 4, with an eps under the root.

    forward   a = gain x̂,   x̂ = x / r,   r[n] = √(mean_d x[n,d]² + eps)
    dx        dx = (gain dout - x̂ mean_d(gain dout x̂)) / r
    dgain     dgain[d] = Σ_n dout x̂

The output is smooth in x, and linear in gain. A root and a division round, so results are right within a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.layers.scale_norm.naive import scale_norm_backward_naive, scale_norm_forward_naive
from convcheck.layers.scale_norm.vectorized import scale_norm_backward, scale_norm_forward
from convcheck.layers.scale_norm.words import LEAST_EPS, WORDS
from convcheck.spec.fields import number, size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class ScaleNormSizes(Sizes):
    """Rows, columns, and eps."""

    N: int = size("rows: examples in the batch, each normalised by itself")
    D: int = size("columns: features")
    eps: float = number("added to the mean square", minimum=LEAST_EPS, default=1e-5)

    def shapes(self) -> dict[str, Shape]:
        """x, gain and out."""
        return {"x": (self.N, self.D), "gain": (self.D,), "out": (self.N, self.D)}


def scale_norm_facts(sizes: ScaleNormSizes) -> Facts:
    """Smooth in x, whose entries reach their whole row; linear in gain, whose entries reach their column."""
    shapes = sizes.shapes()
    return Facts(
        inputs=(
            Input("x", shapes["x"], "smooth", (Same(0), All()), ("n", "d")),
            Input("gain", shapes["gain"], "linear", (Same(1),), ("d",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "x"), sizes.D),
            "dx": Sum(("dout", "x"), sizes.D),
            "dgain": Sum(("dout", "x"), sizes.N),
        },
        exact=False,
    )


def scale_norm_params(sizes: ScaleNormSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"eps"}."""
    return {"eps": sizes.eps}


def scale_norm_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """The terms of each result by their magnitudes: a mean of squares cancels nothing."""
    x, gain = (np.abs(np.asarray(a, np.float64)) for a in inputs)
    dout = np.abs(np.asarray(dout, np.float64))
    r = np.sqrt((x**2).mean(axis=1, keepdims=True) + (params or {})["eps"])
    xhat = x / r
    dx = (gain * dout + xhat * (gain * dout * xhat).mean(axis=1, keepdims=True)) / r
    return {"forward": gain * xhat, "dx": dx, "dgain": (dout * xhat).sum(axis=0)}


LAYER = Layer(
    name="scale_norm",
    summary="every row divided by its root mean square, then every column by a gain",
    sizes=ScaleNormSizes,
    input_names=("x", "gain"),
    shapes={"x": "(N, D)", "gain": "(D,)"},
    facts=scale_norm_facts,
    words=WORDS,
    parameters=("eps",),
    params=scale_norm_params,
    rounding=scale_norm_rounding,
    variants={
        "naive": Variant(scale_norm_forward_naive, scale_norm_backward_naive, "one row at a time, of dx one entry"),
        "vectorized": Variant(scale_norm_forward, scale_norm_backward, "all rows at once"),
    },
    equations={
        "forward": "a = gain x̂,   x̂ = x / √(mean(x²) + eps)",
        "dx": "(gain dout - x̂ mean(gain dout x̂)) / √(mean(x²) + eps)",
        "dgain": "Σ_n dout x̂",
    },
)
