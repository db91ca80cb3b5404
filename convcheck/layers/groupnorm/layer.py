"""Group normalisation: in every image each group of channels is shifted and scaled to mean 0 and variance 1.

Source: Wu and He, Group Normalization (2018), in the convention of CS231n, assignment 2. The C channels are G groups of
k = C/G that follow each other: channel c is in the group g = c // k. Means run over the M = k·H·W entries of a group in
one image, written i and j below; gamma and beta are those of a channel.

              mu[n,g] = Σ_i x[n,i] / M,   var[n,g] = Σ_i (x[n,i] - mu[n,g])² / M,   over the entries i of the group g
              x̂[n,i] = (x[n,i] - mu[n,g]) / √(var[n,g] + eps)
    forward   a[n,c,h,w] = gamma[c] x̂[n,c,h,w] + beta[c]
    dbeta     dbeta[c] = Σ_{n,h,w} dout[n,c,h,w]
    dgamma    dgamma[c] = Σ_{n,h,w} dout[n,c,h,w] x̂[n,c,h,w]
    dx        dx[n,j] = Σ_i g[n,i] (1{i = j} - 1/M - x̂[n,i] x̂[n,j] / M) / √(var[n,g] + eps),   g = dout gamma
                      = (g[n,j] - mean(g) - x̂[n,j] mean(g x̂)) / √(var[n,g] + eps),   means over the group

`naive` sums the first relation for dx term by term; `vectorized` uses the second on x.reshape(N, G, M). With G = 1 it
is the layer normalisation of an image, with G = C instance normalisation. There are no running statistics.

gamma and beta are (1, C, 1, 1), as in the course; code that takes (C,), as PyTorch does, is handed that.

The output is smooth in x, and linear in gamma and in beta. A root and a division round, so results are right within a
bound, not to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.layer import eps_field
from convcheck.layers.batchnorm.rounding import magnitudes
from convcheck.layers.draws import Draws
from convcheck.layers.groupnorm.naive import groupnorm_backward_naive, groupnorm_forward_naive
from convcheck.layers.groupnorm.vectorized import groupnorm_backward, groupnorm_forward
from convcheck.layers.groupnorm.words import WORDS
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Variant
from convcheck.layers.layernorm.layer import layernorm_defaults, normalisation_sums
from convcheck.layers.locality import All, Same
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape, Sizes


@dataclass(frozen=True)
class GroupnormSizes(Sizes):
    """The sizes of the images, and the settings of gn_param."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    G: int = size("groups of channels, each normalised by itself; it divides C")
    eps: float = eps_field()

    def problems(self) -> Iterator[Problem]:
        """Groups that are not equally large."""
        if self.C % self.G:
            yield Problem("G", f"C = {self.C} channels cannot be G = {self.G} groups of equally many: G divides C")

    def shapes(self) -> dict[str, Shape]:
        """x, gamma, beta and out."""
        return shapes_of_channels(self.N, self.C, self.H, self.W)

    def is_smooth(self) -> bool:
        """In x."""
        return True


def shapes_of_channels(N: int, C: int, H: int, W: int) -> dict[str, Shape]:
    """x, gamma, beta and out."""
    return {"x": (N, C, H, W), "gamma": (1, C, 1, 1), "beta": (1, C, 1, 1), "out": (N, C, H, W)}


def facts_of_groups(shapes: dict[str, Shape], G: int) -> Facts:
    """Smooth in x, whose entries reach their group in their image; which channels that are is not said."""
    N, C, H, W = shapes["x"]
    channel = (All(), Same(1), All(), All())
    within = (Same(0), Same(1) if G == C else All(), All(), All())
    return Facts(
        inputs=(
            Input("x", shapes["x"], "smooth", within, ("n", "c", "h", "w")),
            Input("gamma", shapes["gamma"], "linear", channel, ("-", "c", "-", "-")),
            Input("beta", shapes["beta"], "linear", channel, ("-", "c", "-", "-")),
        ),
        output=shapes["out"],
        sums=normalisation_sums(C // G * H * W, N * H * W),
        exact=False,
    )


def groupnorm_facts(sizes: GroupnormSizes) -> Facts:
    """Those of its groups."""
    return facts_of_groups(sizes.shapes(), sizes.G)


def groupnorm_params(sizes: GroupnormSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """G, and what gn_param of CS231n has: {"G", "eps"}."""
    return {"G": sizes.G, "eps": sizes.eps}


def groupnorm_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """Magnitudes S, such that a sound implementation's rounding error is a small multiple of eps·S."""
    settings = params or {}
    return rounding_of_groups(inputs, dout, settings["G"], settings["eps"])


def rounding_of_groups(inputs: list[Array], dout: Array, G: int, eps: float) -> Arrays:
    """{"forward", "dx", "dgamma", "dbeta"}, all float64."""
    # Code may have no beta.
    x, gamma, beta = (np.asarray(a, np.float64) for a in (*inputs, 0.0)[:3])
    grouped = (x.shape[0], G, -1)
    dout = np.abs(np.asarray(dout, np.float64))
    scale, shift, upstream = (np.broadcast_to(np.abs(a), x.shape).reshape(grouped) for a in (gamma, beta, dout))
    passed = magnitudes(x.reshape(grouped), scale, shift, upstream, eps, 2)
    forward, dx, dgamma = (a.reshape(x.shape) for a in passed)
    over = (0, 2, 3)
    dbeta = dout.sum(axis=over, keepdims=True)
    return {"forward": forward, "dx": dx, "dgamma": dgamma.sum(axis=over, keepdims=True), "dbeta": dbeta}


LAYER = Layer(
    name="groupnorm",
    summary="in every image each group of channels shifted and scaled to mean 0 and variance 1, then by beta and gamma",
    sizes=GroupnormSizes,
    input_names=("x", "gamma", "beta"),
    shapes={"x": "(N, C, H, W)", "gamma": "(1, C, 1, 1)", "beta": "(1, C, 1, 1)"},
    facts=groupnorm_facts,
    words=WORDS,
    parameters=("G", "eps"),
    params=groupnorm_params,
    defaults=layernorm_defaults,
    rounding=groupnorm_rounding,
    variants={
        "naive": Variant(
            groupnorm_forward_naive, groupnorm_backward_naive, "one group, and for dx one entry, at a time"
        ),
        "vectorized": Variant(groupnorm_forward, groupnorm_backward, "all groups of all images at once"),
    },
    equations={
        "forward": "a = gamma x̂ + beta,   x̂ = (x - mean) / √(var + eps) of each group in each image",
        "dx": "(g - mean(g) - x̂ mean(g x̂)) / √(var + eps),   g = dout gamma",
        "dgamma": "Σ_{n,h,w} dout x̂",
        "dbeta": "Σ_{n,h,w} dout",
    },
)
