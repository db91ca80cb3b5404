"""Implementations that are right and look like no other: none may be called wrong."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.statistics import update_statistics
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant
from tests.planted.conv import OBLONG, SQUARE
from tests.planted.planting import Planted, edited

CONV, POOL, RELU, NORM, SPATIAL = (
    LAYERS[name].variants["vectorized"] for name in ("conv", "max_pool", "relu", "batchnorm", "spatial_batchnorm")
)
POOL_SIZES = {"N": 2, "C": 3, "H": 7, "W": 5, "H1": 3, "W1": 2, "stride": 2}
RELU_SIZES = {"N": 2, "C": 3, "H": 4, "W": 5}
NORM_SIZES = {"N": 7, "D": 3}
SPATIAL_SIZES = {"N": 2, "C": 3, "H": 4, "W": 5}


def padded(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def offset_slices(w, dout_shape, S):
    for i, j in product(range(w.shape[2]), range(w.shape[3])):
        yield i, j, slice(i, i + S * dout_shape[2], S), slice(j, j + S * dout_shape[3], S)


def output_shape(x_pad, w, S):
    (H, W), (H1, W1) = x_pad.shape[2:], w.shape[2:]
    return len(x_pad), len(w), (H - H1) // S + 1, (W - W1) // S + 1


def conv_by_offsets(x, w, b, conv_param):
    """One term of the filter at a time, the last first, and the bias before all."""
    S, pad = conv_param["stride"], conv_param["pad"]
    x_pad = padded(x, pad)
    shape = output_shape(x_pad, w, S)
    out = np.zeros(shape, np.result_type(x, w, b)) + b[:, None, None]
    for i, j, rows, columns in reversed(list(offset_slices(w, shape, S))):
        out += np.einsum("nchw,fc->nfhw", x_pad[:, :, rows, columns], w[:, :, i, j])
    return out, (x_pad, w, S, pad)


def conv_by_offsets_backward(dout, cache):
    x_pad, w, S, pad = cache
    dx_pad, dw = np.zeros_like(x_pad), np.zeros_like(w)
    for i, j, rows, columns in offset_slices(w, dout.shape, S):
        dx_pad[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
        dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, x_pad[:, :, rows, columns])
    H, W = x_pad.shape[2] - 2 * pad, x_pad.shape[3] - 2 * pad
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, np.einsum("nfhw->f", dout)


def conv_by_fft(x, w, b, conv_param):
    """A product of spectra, which rounds even where sums of products do not."""
    pad = conv_param["pad"]
    x_pad = padded(x, pad)
    size = x_pad.shape[2:]
    spectrum = np.einsum("nchw,fchw->nfhw", np.fft.fft2(x_pad), np.fft.fft2(w[:, :, ::-1, ::-1], size))
    full = np.fft.ifft2(spectrum)
    out = full[:, :, w.shape[2] - 1 :, w.shape[3] - 1 :]
    if not any(map(np.iscomplexobj, (x, w, b))):
        out = out.real
    return (out + b[:, None, None]).astype(np.result_type(x, w, b)), (x, w, conv_param)


def conv_by_fft_backward(dout, cache):
    """dx and dw as products of spectra: entries of few terms are rounded by what those of many are."""
    x, w, conv_param = cache
    pad = conv_param["pad"]
    x_pad = padded(x, pad)
    size, (H1, W1) = x_pad.shape[2:], w.shape[2:]
    spectrum = np.fft.fft2(dout, size)
    dx_pad = np.fft.ifft2(np.einsum("nfhw,fchw->nchw", spectrum, np.fft.fft2(w, size))).real
    dw = np.fft.ifft2(np.einsum("nfhw,nchw->fchw", spectrum.conj(), np.fft.fft2(x_pad))).real[:, :, :H1, :W1]
    dx = dx_pad[:, :, pad : size[0] - pad, pad : size[1] - pad]
    return dx.astype(dout.dtype), dw.astype(dout.dtype), dout.sum(axis=(0, 2, 3))


def conv_by_one_large_matrix(x, w, b, conv_param):
    """The Jacobian by x written out, entry by entry: a = J x + b."""
    S, pad = conv_param["stride"], conv_param["pad"]
    x_pad = padded(x, pad)
    N, F, H2, W2 = output_shape(x_pad, w, S)
    J = np.zeros((F, H2, W2, *x_pad.shape[1:]), w.dtype)
    for h, v in product(range(H2), range(W2)):
        J[:, h, v, :, h * S : h * S + w.shape[2], v * S : v * S + w.shape[3]] = w
    flat = J.reshape(F * H2 * W2, -1)
    out = (x_pad.reshape(N, -1) @ flat.T).reshape(N, F, H2, W2) + b[:, None, None]
    return out, (x, w, conv_param)


def in_wider_type(variant: Variant, wide: Any) -> Variant:
    """Inputs to a wider type, results back to that of the inputs."""

    def forward(*arguments):
        arrays = [a.astype(np.result_type(a, wide)) if isinstance(a, np.ndarray) else a for a in arguments]
        out, cache = variant.forward(*arrays)
        dtype = np.result_type(*(a for a in arguments if isinstance(a, np.ndarray)))
        return out.astype(dtype), cache

    def backward(dout, cache):
        gradients = variant.backward(dout.astype(wide), cache)
        if not isinstance(gradients, tuple):
            return gradients.astype(dout.dtype)
        return tuple(g.astype(dout.dtype) for g in gradients)

    return Variant(forward, backward, "wider inside")


def laid_out(variant: Variant, layout: Callable) -> Variant:
    """Results in another memory layout."""

    def forward(*arguments):
        out, cache = variant.forward(*arguments)
        return layout(out), cache

    def backward(dout, cache):
        gradients = variant.backward(dout, cache)
        return tuple(map(layout, gradients)) if isinstance(gradients, tuple) else layout(gradients)

    return Variant(forward, backward, "another layout")


def reversed_view(a):
    flipped = (slice(None, None, -1),) * a.ndim
    return a[flipped].copy()[flipped]


def read_only(a):
    a = a.view()
    a.flags.writeable = False
    return a


def as_list(variant: Variant) -> Variant:
    """The gradients in a list."""
    return Variant(variant.forward, lambda dout, cache: list(variant.backward(dout, cache)), "a list")


def staged_norm(x, gamma, beta, bn_param):
    """One operation a line, as the course has it."""
    N = len(x)
    mu = 1 / N * np.sum(x, axis=0)
    xmu = x - mu
    var = 1 / N * np.sum(xmu**2, axis=0)
    update_statistics(bn_param, mu, var)
    sqrtvar = np.sqrt(var + bn_param["eps"])
    ivar = 1 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar)


def staged_norm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N = len(dout)
    dxhat = dout * gamma
    dsqrtvar = -1 / sqrtvar**2 * np.sum(dxhat * xmu, axis=0)
    dvar = 0.5 / sqrtvar * dsqrtvar
    dxmu = dxhat * ivar + 2 * xmu * dvar / N
    return dxmu - np.sum(dxmu, axis=0) / N, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


def norm_of_real_numbers(x, gamma, beta, bn_param):
    """np.var, which takes |x - mean|² of complex numbers: the complex step does not work."""
    update_statistics(bn_param, x.mean(axis=0), x.var(axis=0))
    ivar = 1 / np.sqrt(x.var(axis=0) + bn_param["eps"])
    xhat = (x - x.mean(axis=0)) * ivar
    return gamma * xhat + beta, (xhat, gamma, ivar, bn_param)


def norm_by_mean_of_squares(x, gamma, beta, bn_param):
    """var = mean(x²) - mean(x)²."""
    mean = x.mean(axis=0)
    var = (x * x).mean(axis=0) - mean * mean
    update_statistics(bn_param, mean, var)
    ivar = 1 / np.sqrt(var + bn_param["eps"])
    xhat = (x - mean) * ivar
    return gamma * xhat + beta, (xhat, gamma, ivar, bn_param)


def norm_that_drops_imaginary_parts(x, gamma, beta, bn_param):
    """Casts to float, so that a complex step finds no derivative at all."""
    out, cache = NORM.forward(*(np.asarray(a).real for a in (x, gamma, beta)), bn_param)
    return out.astype(np.result_type(x, gamma, beta).type(0).real.dtype), cache


def spatial_with_transpose(x, gamma, beta, bn_param):
    """(N, C, H, W) -> (C, N, H, W) -> (C, N·H·W), statistics along the rows."""
    rows = np.moveaxis(x, 1, 0).reshape(x.shape[1], -1)
    mean = rows.mean(axis=1, keepdims=True)
    var = ((rows - mean) ** 2).mean(axis=1, keepdims=True)
    update_statistics(bn_param, mean[:, 0], var[:, 0])
    ivar = 1 / np.sqrt(var + bn_param["eps"])
    xhat = (rows - mean) * ivar
    out = gamma[:, None] * xhat + beta[:, None]
    N, C, H, W = x.shape
    return np.moveaxis(out.reshape(C, N, H, W), 0, 1), (xhat, gamma, ivar)


def spatial_with_transpose_backward(dout, cache):
    xhat, gamma, ivar = cache
    N, C, H, W = dout.shape
    rows = np.moveaxis(dout, 1, 0).reshape(C, -1)
    dbeta, dgamma = rows.sum(axis=1), (rows * xhat).sum(axis=1)
    M = N * H * W
    dx = gamma[:, None] * ivar / M * (M * rows - dbeta[:, None] - xhat * dgamma[:, None])
    return np.moveaxis(dx.reshape(C, N, H, W), 0, 1), dgamma, dbeta


def pool_by_comparison(x, pool_param):
    """A mask for each offset in the window of where it is the first to equal the largest, kept for backward."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    H2, W2 = (x.shape[2] - H1) // S + 1, (x.shape[3] - W1) // S + 1
    offsets = list(product(range(H1), range(W1)))
    views = [x[:, :, i : i + S * (H2 - 1) + 1 : S, j : j + S * (W2 - 1) + 1 : S] for i, j in offsets]
    out = views[0]
    for view in views[1:]:
        out = np.maximum(view, out)
    masks, taken = [], np.zeros(out.shape, bool)
    for view in views:
        masks.append((view == out) & ~taken)
        taken |= masks[-1]
    return out, (masks, offsets, x.shape, S)


def pool_by_comparison_backward(dout, cache):
    masks, offsets, shape, S = cache
    dx = np.zeros(shape, dout.dtype)
    H2, W2 = dout.shape[2:]
    for mask, (i, j) in zip(masks, offsets, strict=True):
        dx[:, :, i : i + S * (H2 - 1) + 1 : S, j : j + S * (W2 - 1) + 1 : S] += mask * dout
    return dx


def last_of_equals(x, pool_param):
    """Where entries tie, the last wins: as good a subgradient as the first."""
    return edited(
        POOL.forward,
        [("np.argmax(candidates, axis=4)", "-1 - np.argmax(candidates[..., ::-1], axis=4) + candidates.shape[4]")],
    )(x, pool_param)


def relu_as_half_of_a_sum(x):
    """(x + |x|) / 2."""
    return (x + np.abs(x)) / 2, x


def relu_open_at_zero(dout, cache):
    return dout * (cache >= 0)


def right(name: str, layer: str, sizes: dict[str, Any], variant: Variant, **manner: Any) -> Planted:
    return Planted(name, layer, sizes, variant, {}, manner)


OFFSETS = Variant(conv_by_offsets, conv_by_offsets_backward, "by offsets")
MATRIX = Variant(conv_by_one_large_matrix, CONV.backward, "one large matrix")
FFT = Variant(conv_by_fft, CONV.backward, "by Fourier transform")
FFT_BOTH_WAYS = Variant(conv_by_fft, conv_by_fft_backward, "by Fourier transform, both ways")
FEW_TERMS = {"N": 3, "C": 3, "H": 11, "W": 5, "F": 4, "H1": 1, "W1": 3, "stride": 1, "pad": 1}
STAGED = Variant(staged_norm, staged_norm_backward, "staged")
COMPARED = Variant(pool_by_comparison, pool_by_comparison_backward, "by comparison")

RIGHT = [
    right("conv-by-offsets", "conv", OBLONG, OFFSETS),
    right("conv-by-one-large-matrix", "conv", OBLONG, MATRIX),
    right("conv-by-fft", "conv", SQUARE, FFT),
    right("conv-by-fft-both-ways", "conv", SQUARE, FFT_BOTH_WAYS),
    right("conv-by-fft-of-few-terms", "conv", FEW_TERMS, FFT_BOTH_WAYS),
    right("conv-wider-inside", "conv", OBLONG, in_wider_type(CONV, np.longdouble)),
    right("conv-fortran-order", "conv", OBLONG, laid_out(CONV, np.asfortranarray)),
    right("conv-reversed-views", "conv", OBLONG, laid_out(CONV, reversed_view)),
    right("conv-read-only", "conv", OBLONG, laid_out(CONV, read_only)),
    right("conv-a-list-of-gradients", "conv", OBLONG, as_list(CONV)),
    right("max-pool-by-comparison", "max_pool", POOL_SIZES, COMPARED),
    right("max-pool-last-of-equals", "max_pool", POOL_SIZES, Variant(last_of_equals, POOL.backward, "last wins")),
    right("max-pool-reversed-views", "max_pool", POOL_SIZES, laid_out(POOL, reversed_view)),
    right("relu-half-of-a-sum", "relu", RELU_SIZES, Variant(relu_as_half_of_a_sum, RELU.backward, "half of a sum")),
    right("relu-open-at-zero", "relu", RELU_SIZES, Variant(RELU.forward, relu_open_at_zero, "open at zero")),
    right("batchnorm-staged", "batchnorm", NORM_SIZES, STAGED),
    right("batchnorm-of-two-rows", "batchnorm", {"N": 2, "D": 3}, STAGED),
    right("batchnorm-of-one-row", "batchnorm", {"N": 1, "D": 3}, STAGED),
    right("batchnorm-np-var", "batchnorm", NORM_SIZES, Variant(norm_of_real_numbers, NORM.backward, "np.var")),
    right(
        "batchnorm-mean-of-squares", "batchnorm", NORM_SIZES, Variant(norm_by_mean_of_squares, NORM.backward, "squares")
    ),
    right(
        "batchnorm-real-only", "batchnorm", NORM_SIZES, Variant(norm_that_drops_imaginary_parts, NORM.backward, "real")
    ),
    right("batchnorm-wider-inside", "batchnorm", NORM_SIZES, in_wider_type(NORM, np.longdouble)),
    right("batchnorm-fortran-order", "batchnorm", NORM_SIZES, laid_out(NORM, np.asfortranarray)),
    right(
        "spatial-transposed",
        "spatial_batchnorm",
        SPATIAL_SIZES,
        Variant(spatial_with_transpose, spatial_with_transpose_backward, "transposed"),
    ),
]
