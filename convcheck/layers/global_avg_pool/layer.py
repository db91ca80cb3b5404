"""Global average-pool: the mean over every channel of every image.

Source: Lin, Chen and Yan, Network In Network (2014), section 3.2; in the letters of V. Busa, Implementing Convolutional
Layer (2017).

    forward   a[n,c] = Σ_{h,w} x[n,c,h,w] / (H·W)
    dx        dx[n,c,h,w] = dout[n,c] / (H·W)

Much code keeps the axes of the image, with one row and one column: (N, C, 1, 1). It is handed, and gives, that.

The output is linear in x. A division by a power of two rounds nothing; any other does, and results are right within a
bound then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.global_avg_pool.words import WORDS
from convcheck.layers.layer import Array, Facts, Input, Layer, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.spec.fields import size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class GlobalAvgPoolSizes(Sizes):
    """The sizes of the images."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")

    def shapes(self) -> dict[str, Shape]:
        """x and out."""
        return {"x": (self.N, self.C, self.H, self.W), "out": (self.N, self.C)}


def global_avg_pool_facts(sizes: GlobalAvgPoolSizes) -> Facts:
    """Linear in x; an entry reaches the output of its own image and channel."""
    shapes, terms = sizes.shapes(), sizes.H * sizes.W
    return Facts(
        inputs=(Input("x", shapes["x"], "linear", (Same(0), Same(1), All(), All()), ("n", "c", "h", "w")),),
        output=shapes["out"],
        sums={"forward": Sum(("x",), terms), "dx": Sum(("dout",), 1)},
        exact=terms & (terms - 1) == 0,
    )


def global_avg_pool_forward_naive(x: Array) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C), cache. One entry at a time."""
    N, C, H, W = x.shape
    out = np.zeros((N, C), x.dtype)
    for n, c, h, w in np.ndindex(x.shape):
        out[n, c] += x[n, c, h, w]
    return out / (H * W), x.shape


def global_avg_pool_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (N, C) -> dx (N, C, H, W). One entry at a time."""
    _, _, H, W = cache
    dx = np.zeros(cache, dout.dtype)
    for n, c, h, w in np.ndindex(cache):
        dx[n, c, h, w] = dout[n, c] / (H * W)
    return dx


def global_avg_pool_forward(x: Array) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C), cache."""
    return x.mean(axis=(2, 3)), x.shape


def global_avg_pool_backward(dout: Array, cache: Any) -> Array:
    """dout (N, C) -> dx (N, C, H, W)."""
    _, _, H, W = cache
    return np.broadcast_to((dout / (H * W))[:, :, None, None], cache).copy()


LAYER = Layer(
    name="global_avg_pool",
    summary="the mean over every channel of every image",
    sizes=GlobalAvgPoolSizes,
    input_names=("x",),
    shapes={"x": "(N, C, H, W)"},
    facts=global_avg_pool_facts,
    words=WORDS,
    variants={
        "naive": Variant(global_avg_pool_forward_naive, global_avg_pool_backward_naive, "one entry at a time"),
        "vectorized": Variant(global_avg_pool_forward, global_avg_pool_backward, "all entries at once"),
    },
    equations={"forward": "a[n,c] = Σ_{h,w} x[n,c,h,w] / (H·W)", "dx": "dout[n,c] / (H·W)"},
)
