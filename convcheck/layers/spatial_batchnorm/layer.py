"""Spatial batch normalisation: batchnorm of each channel, over all images and all places in them.

Source: V. Busa, Implementing Convolutional Layer (2017), chapter 2.

    forward   x (N, C, H, W) -> swap axes 1 and 3 -> (N, W, H, C) -> reshape -> (N·W·H, C) -> batchnorm -> back likewise
    backward  dout (N, C, H, W) -> the same way there -> backward of batchnorm -> back likewise

The axes must be swapped before the reshape: x.reshape(N·H·W, C) alone fills a column with entries of every channel.
`reshape_without_swap` is that mistake, which the paper's author made first, with the backward pass that belongs to it.
Its gradient is the true gradient of its forward pass, so only a look at the forward pass gives it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.layer import batchnorm_sums, eps_field, mode_field, momentum_field
from convcheck.layers.batchnorm.naive import batchnorm_backward_naive, batchnorm_forward_naive
from convcheck.layers.batchnorm.rounding import rounding_of_columns
from convcheck.layers.batchnorm.statistics import defaults_of, running_statistics
from convcheck.layers.batchnorm.vectorized import batchnorm_backward, batchnorm_forward
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params
from convcheck.layers.locality import All, Same
from convcheck.layers.spatial_batchnorm.columns import (
    channels_as_columns,
    channels_without_swap,
    columns_as_channels,
    columns_without_swap,
    through_columns,
)
from convcheck.layers.spatial_batchnorm.words import WORDS
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class SpatialBatchnormSizes(Sizes):
    """The sizes of the images, and the settings of bn_param."""

    N: int = size("images in the batch")
    C: int = size("channels of an image, each normalised by itself")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    mode: str = mode_field()
    eps: float = eps_field()
    momentum: float = momentum_field()

    def shapes(self) -> dict[str, Shape]:
        """x, gamma, beta and out."""
        x = (self.N, self.C, self.H, self.W)
        return {"x": x, "gamma": (self.C,), "beta": (self.C,), "out": x}

    def is_smooth(self) -> bool:
        """In train mode, in x."""
        return self.mode == "train"


def spatial_batchnorm_facts(sizes: SpatialBatchnormSizes) -> Facts:
    """Smooth in x, whose entries reach their whole channel; in test mode linear, and only their own output."""
    shapes = sizes.shapes()
    if sizes.mode == "train":
        x = Input("x", shapes["x"], "smooth", (All(), Same(1), All(), All()), ("n", "c", "h", "w"))
    else:
        x = Input("x", shapes["x"], "linear", (Same(0), Same(1), Same(2), Same(3)), ("n", "c", "h", "w"))
    return Facts(
        inputs=(
            x,
            Input("gamma", shapes["gamma"], "linear", (Same(1),), ("c",)),
            Input("beta", shapes["beta"], "linear", (Same(1),), ("c",)),
        ),
        output=shapes["out"],
        sums=batchnorm_sums(sizes.N * sizes.H * sizes.W),
        exact=False,
    )


def spatial_batchnorm_params(sizes: SpatialBatchnormSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """bn_param of CS231n: {"mode", "eps", "momentum", "running_mean" (C,), "running_var" (C,)}."""
    settings = {"mode": sizes.mode, "eps": sizes.eps, "momentum": sizes.momentum}
    return settings | running_statistics(sizes.C, rng, dtype)


def spatial_batchnorm_defaults(sizes: SpatialBatchnormSizes, dtype: np.dtype[Any]) -> Params:
    """Those of CS231n."""
    return defaults_of(sizes.C, sizes.mode, dtype)


def spatial_batchnorm_rounding(
    layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None
) -> Arrays:
    """Magnitudes S, those of the batchnorm of columns."""
    x, gamma, beta = inputs
    scale = rounding_of_columns([channels_as_columns(x), gamma, beta], channels_as_columns(dout), params or {})
    return scale | {name: columns_as_channels(scale[name], x.shape) for name in ("forward", "dx")}


LAYER = Layer(
    name="spatial_batchnorm",
    summary="batchnorm of each channel, over all images and all places in them",
    sizes=SpatialBatchnormSizes,
    input_names=("x", "gamma", "beta"),
    shapes={"x": "(N, C, H, W)", "gamma": "(C,)", "beta": "(C,)"},
    facts=spatial_batchnorm_facts,
    words=WORDS,
    parameters=("mode", "eps", "momentum", "running_mean", "running_var"),
    params=spatial_batchnorm_params,
    defaults=spatial_batchnorm_defaults,
    rounding=spatial_batchnorm_rounding,
    variants={
        "naive": through_columns(
            batchnorm_forward_naive,
            batchnorm_backward_naive,
            channels_as_columns,
            columns_as_channels,
            "axes swapped, then the naive batchnorm",
        ),
        "vectorized": through_columns(
            batchnorm_forward,
            batchnorm_backward,
            channels_as_columns,
            columns_as_channels,
            "axes swapped, then the vectorised batchnorm",
        ),
        "reshape_without_swap": through_columns(
            batchnorm_forward,
            batchnorm_backward,
            columns_without_swap,
            channels_without_swap,
            "the paper's mistake: the reshape without the swap, with the backward pass that belongs to it",
            known_bad=True,
        ),
    },
    equations={
        "forward": "a[:,c] = gamma[c] x̂[:,c] + beta[c],   x̂ over N, H and W, in test mode of the running mean and var",
        "dx": "gamma (dout - mean(dout) - x̂ mean(dout x̂)) / √(var + eps) in train mode, "
        "gamma dout / √(running_var + eps) in test mode",
        "dgamma": "Σ_{n,h,w} dout x̂",
        "dbeta": "Σ_{n,h,w} dout",
    },
)
