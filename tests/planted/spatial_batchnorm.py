"""Bugs in spatial batch normalisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.vectorized import batchnorm_backward, batchnorm_forward
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from convcheck.layers.spatial_batchnorm.columns import (
    channels_as_columns,
    channels_without_swap,
    columns_as_channels,
    columns_without_swap,
)
from tests.planted.planting import Planted, found, warned, wrong

SIZES = {"N": 2, "C": 3, "H": 4, "W": 5}
AS_MANY_CHANNELS_AS_COLUMNS = {"N": 2, "C": 3, "H": 2, "W": 3}


def bug(name: str, variant: Variant, expect: dict[str, Any], sizes: dict[str, Any] = SIZES) -> Planted:
    return Planted(name, "spatial_batchnorm", sizes, variant, expect, {})


def by(
    to_columns: Callable = channels_as_columns,
    from_columns: Callable = columns_as_channels,
    back_to_columns: Callable = channels_as_columns,
    back_from_columns: Callable = columns_as_channels,
    spoil: Callable = lambda dx, dgamma, dbeta, dout: (dx, dgamma, dbeta),
    forward_of_columns: Callable = batchnorm_forward,
    backward_of_columns: Callable = batchnorm_backward,
) -> Variant:
    """The right implementation, but for what is given."""

    def forward(x, gamma, beta, bn_param):
        out, cache = forward_of_columns(to_columns(x), gamma, beta, bn_param)
        return from_columns(out, x.shape), cache

    def backward(dout, cache):
        dx, dgamma, dbeta = backward_of_columns(back_to_columns(dout), cache)
        return spoil(back_from_columns(dx, dout.shape), dgamma, dbeta, dout)

    return Variant(forward, backward, "planted")


def spoiled(name: str, spoil: Callable, expect: dict[str, Any]) -> Planted:
    """A bug in what backward returns."""
    return bug(name, by(spoil=spoil), expect)


def normalised_over(axes: tuple[int, ...]) -> Variant:
    """Statistics over other axes, with the backward pass that belongs to them."""
    per_channel = (slice(None), None, None)

    def forward(x, gamma, beta, bn_param):
        mean = x.mean(axis=axes, keepdims=True)
        ivar = 1 / np.sqrt(((x - mean) ** 2).mean(axis=axes, keepdims=True) + bn_param["eps"])
        xhat = (x - mean) * ivar
        return gamma[per_channel] * xhat + beta[per_channel], (xhat, gamma, ivar)

    def backward(dout, cache):
        xhat, gamma, ivar = cache
        dxhat = dout * gamma[per_channel]
        through = dxhat.mean(axis=axes, keepdims=True) + xhat * (dxhat * xhat).mean(axis=axes, keepdims=True)
        return ivar * (dxhat - through), (dout * xhat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))

    return Variant(forward, backward, "planted")


def rows_and_columns_swapped(columns, shape):
    """From (N·W·H, C) as if it were (N·H·W, C)."""
    N, C, H, W = shape
    return np.moveaxis(columns.reshape(N, H, W, C), 3, 1)


def gamma_along_columns(x, gamma, beta, bn_param):
    """gamma and beta broadcast along W, which has as many entries as there are channels."""
    out, cache = (
        LAYERS["spatial_batchnorm"]
        .variants["vectorized"]
        .forward(x, np.ones_like(gamma), np.zeros_like(beta), bn_param)
    )
    return gamma * out + beta, (cache, gamma)


def gamma_along_columns_backward(dout, cache):
    of_columns, gamma = cache
    vectorized = LAYERS["spatial_batchnorm"].variants["vectorized"]
    xhat = columns_as_channels(of_columns[0], dout.shape)
    dx, _, _ = vectorized.backward(dout * gamma, of_columns)
    return dx, (dout * xhat).sum(axis=(0, 1, 2)), dout.sum(axis=(0, 1, 2))


def divided_by_images(dout, cache):
    """N taken for the number of images, where it is that of rows."""
    xhat, gamma, ivar, _ = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    return gamma * ivar * (dout - dbeta / 2 - xhat * (dgamma / 2)), dgamma, dbeta


def last_image_zero(dx, dgamma, dbeta, dout):
    dx = dx.copy()
    dx[-1] = 0
    return dx, dgamma, dbeta


def one_entry_off(dx, dgamma, dbeta, dout):
    dx = dx.copy()
    dx[1, 2, 3, 1] *= 1 + 1e-9
    return dx, dgamma, dbeta


def dout_overwritten(dx, dgamma, dbeta, dout):
    dout[...] = 0
    return dx, dgamma, dbeta


BUGS = [
    bug("reshape-without-swap", LAYERS["spatial_batchnorm"].variants["reshape_without_swap"], wrong("forward")),
    bug("instance-normalisation-consistently", normalised_over((2, 3)), wrong("forward")),
    bug("layer-normalisation-consistently", normalised_over((1, 2, 3)), wrong("forward")),
    bug("normalised-over-the-batch-only-consistently", normalised_over((0,)), wrong("forward")),
    bug("normalised-over-everything-consistently", normalised_over((0, 1, 2, 3)), wrong("forward")),
    bug("rows-and-columns-swapped-on-the-way-back", by(from_columns=rows_and_columns_swapped), {"forward": "wrong"}),
    bug(
        "gamma-along-the-columns-consistently",
        Variant(gamma_along_columns, gamma_along_columns_backward, "planted"),
        wrong("forward"),
        AS_MANY_CHANNELS_AS_COLUMNS,
    ),
    bug(
        "swap-forgotten-in-forward",
        by(columns_without_swap, channels_without_swap),
        wrong("forward", "dx", "dgamma", "dbeta"),
    ),
    bug("swap-forgotten-for-dout", by(back_to_columns=columns_without_swap), wrong("dx", "dgamma", "dbeta")),
    bug("swap-forgotten-for-dx", by(back_from_columns=channels_without_swap), wrong("dx")),
    bug("rows-and-columns-swapped-for-dx", by(back_from_columns=rows_and_columns_swapped), wrong("dx")),
    bug("divided-by-the-images", by(backward_of_columns=divided_by_images), wrong("dx")),
    spoiled("sign", lambda dx, dgamma, dbeta, dout: (-dx, dgamma, dbeta), wrong("dx")),
    spoiled("last-image-zero", last_image_zero, wrong("dx")),
    spoiled("one-entry-off-by-1e-9", one_entry_off, wrong("dx")),
    spoiled("dgamma-averaged", lambda dx, dgamma, dbeta, dout: (dx, dgamma / 40, dbeta), wrong("dgamma")),
    spoiled("dbeta-of-the-first-image", lambda dx, dg, db, dout: (dx, dg, dout[0].sum(axis=(1, 2))), wrong("dbeta")),
    spoiled(
        "dbeta-not-summed-over-columns",
        lambda dx, dg, db, dout: (dx, dg, dout.sum(axis=(0, 2))),
        found("wrong-shape", "dbeta"),
    ),
    spoiled("dgamma-as-in-a-picture", lambda dx, dg, db, dout: (dx, dg[:, None, None], db), found("wrong-shape")),
    spoiled("dout-overwritten", dout_overwritten, warned("input-overwritten")),
]
