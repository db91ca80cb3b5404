"""Instance normalisation: every channel of every image is shifted and scaled to mean 0 and variance 1.

Source: Ulyanov, Vedaldi and Lempitsky, Instance Normalization (2016). It is the group normalisation with a group for
each channel, G = C, whose code this is. Means run over the M = H·W entries of a channel in one image:

              mu[n,c] = Σ_{h,w} x[n,c,h,w] / M,   var[n,c] = Σ_{h,w} (x[n,c,h,w] - mu[n,c])² / M
              x̂[n,c,h,w] = (x[n,c,h,w] - mu[n,c]) / √(var[n,c] + eps)
    forward   a[n,c,h,w] = gamma[c] x̂[n,c,h,w] + beta[c]
    dbeta     dbeta[c] = Σ_{n,h,w} dout[n,c,h,w]
    dgamma    dgamma[c] = Σ_{n,h,w} dout[n,c,h,w] x̂[n,c,h,w]
    dx        dx = gamma (dout - mean(dout) - x̂ mean(dout x̂)) / √(var + eps),   means over the channel in one image

gamma and beta are (1, C, 1, 1); code that takes (C,), as PyTorch does, is handed that. There are no running statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.layer import eps_field
from convcheck.layers.draws import Draws
from convcheck.layers.groupnorm.layer import facts_of_groups, rounding_of_groups, shapes_of_channels
from convcheck.layers.groupnorm.naive import groupnorm_backward_naive, groupnorm_forward_naive
from convcheck.layers.groupnorm.vectorized import groupnorm_backward, groupnorm_forward
from convcheck.layers.instance_norm.words import WORDS
from convcheck.layers.layer import Array, Arrays, Facts, Layer, Params, Variant
from convcheck.layers.layernorm.layer import layernorm_defaults
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class InstanceNormSizes(Sizes):
    """The sizes of the images, and the eps."""

    N: int = size("images in the batch")
    C: int = size("channels of an image, each normalised by itself in each image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    eps: float = eps_field()

    def shapes(self) -> dict[str, Shape]:
        """x, gamma, beta and out."""
        return shapes_of_channels(self.N, self.C, self.H, self.W)

    def is_smooth(self) -> bool:
        """In x."""
        return True


def instance_norm_facts(sizes: InstanceNormSizes) -> Facts:
    """Smooth in x, whose entries reach their channel in their image."""
    return facts_of_groups(sizes.shapes(), sizes.C)


def instance_norm_params(sizes: InstanceNormSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"eps"}."""
    return {"eps": sizes.eps}


def instance_norm_rounding(
    layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None
) -> Arrays:
    """Magnitudes S, those of the group normalisation."""
    return rounding_of_groups(inputs, dout, inputs[0].shape[1], (params or {})["eps"])


def instance_norm_forward_naive(x: Array, gamma: Array, beta: Array, in_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), gamma (1, C, 1, 1), beta (1, C, 1, 1) -> out (N, C, H, W), cache. One channel at a time."""
    return groupnorm_forward_naive(x, gamma, beta, {**in_param, "G": x.shape[1]})


def instance_norm_forward(x: Array, gamma: Array, beta: Array, in_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), gamma (1, C, 1, 1), beta (1, C, 1, 1) -> out (N, C, H, W), cache. All channels at once."""
    return groupnorm_forward(x, gamma, beta, {**in_param, "G": x.shape[1]})


LAYER = Layer(
    name="instance_norm",
    summary="every channel of every image shifted and scaled to mean 0 and variance 1, then by beta and gamma",
    sizes=InstanceNormSizes,
    input_names=("x", "gamma", "beta"),
    shapes={"x": "(N, C, H, W)", "gamma": "(1, C, 1, 1)", "beta": "(1, C, 1, 1)"},
    facts=instance_norm_facts,
    words=WORDS,
    parameters=("eps",),
    params=instance_norm_params,
    defaults=layernorm_defaults,
    rounding=instance_norm_rounding,
    variants={
        "naive": Variant(
            instance_norm_forward_naive,
            groupnorm_backward_naive,
            "one channel, and for dx one entry, at a time",
        ),
        "vectorized": Variant(instance_norm_forward, groupnorm_backward, "all channels of all images at once"),
    },
    equations={
        "forward": "a = gamma x̂ + beta,   x̂ = (x - mean) / √(var + eps) of each channel in each image",
        "dx": "gamma (dout - mean(dout) - x̂ mean(dout x̂)) / √(var + eps)",
        "dgamma": "Σ_{n,h,w} dout x̂",
        "dbeta": "Σ_{n,h,w} dout",
    },
)
