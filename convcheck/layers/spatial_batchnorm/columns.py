"""Images as columns, one for each channel, and back: with the swap of axes, and with the paper's mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params, Variant
from convcheck.spec.sizes import Shape


def channels_as_columns(x: Array) -> Array:
    """(N, C, H, W) -> (N·W·H, C), chapter 2."""
    return np.swapaxes(x, 1, 3).reshape(-1, x.shape[1])


def columns_as_channels(columns: Array, shape: Shape) -> Array:
    """(N·W·H, C) -> (N, C, H, W), which is `shape`; chapter 2."""
    N, C, H, W = shape
    return np.swapaxes(columns.reshape(N, W, H, C), 1, 3)


def columns_without_swap(x: Array) -> Array:
    """(N, C, H, W) -> (N·H·W, C), wrongly: chapter 2, "wrong code"."""
    return x.reshape(-1, x.shape[1])


def channels_without_swap(columns: Array, shape: Shape) -> Array:
    """(N·H·W, C) -> (N, C, H, W), which is `shape`; chapter 2, "wrong code"."""
    return columns.reshape(shape)


def through_columns(
    forward: Callable[..., tuple[Array, Any]],
    backward: Callable[[Array, Any], tuple[Array, Array, Array]],
    to_columns: Callable[[Array], Array],
    from_columns: Callable[[Array, Shape], Array],
    summary: str,
    *,
    known_bad: bool = False,
) -> Variant:
    """A batchnorm of columns as one of images: x (N, C, H, W), gamma (C,), beta (C,) -> out (N, C, H, W), cache."""

    def spatial_forward(x: Array, gamma: Array, beta: Array, bn_param: Params) -> tuple[Array, Any]:
        out, cache = forward(to_columns(x), gamma, beta, bn_param)
        return from_columns(out, x.shape), cache

    def spatial_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
        dx, dgamma, dbeta = backward(to_columns(dout), cache)
        return from_columns(dx, dout.shape), dgamma, dbeta

    return Variant(spatial_forward, spatial_backward, summary, known_bad)
