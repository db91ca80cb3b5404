"""Convolution of volumes as one matrix product for each entry of the filters, over all windows at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import indices_met, padded, windows_that_fit


def offsets_in_filters(w: Array, count: tuple[int, ...], S: int) -> Iterator[tuple[Array, tuple[slice, ...]]]:
    """Each entry of the filters, (F, C), with the frames, rows and columns that it meets over all windows."""
    for offset in np.ndindex(w.shape[2:]):
        met = (indices_met(at, n, S) for at, n in zip(offset, count, strict=True))
        yield w[(slice(None), slice(None), *offset)], (slice(None), slice(None), *met)


def conv3d_forward_vectorized(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, T, H, W), w (F, C, T1, H1, W1), b (F,) -> out (N, F, T2, H2, W2), cache. Eq. (1.5)."""
    S, pad = conv_param["stride"], conv_param["pad"]
    x_pad = padded(x, pad)
    count = tuple(windows_that_fit(n, k, S) for n, k in zip(x_pad.shape[2:], w.shape[2:], strict=True))
    out = np.zeros((len(w), len(x), *count), np.result_type(x, w, b))
    for entry, met in offsets_in_filters(w, count, S):
        out += np.tensordot(entry, x_pad[met], axes=(1, 1))
    return out.swapaxes(0, 1) + b[:, None, None, None], (x, w, conv_param)


def conv3d_backward_vectorized(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, T2, H2, W2) -> dx (N, C, T, H, W), dw (F, C, T1, H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    T, H, W = x.shape[2:]
    x_pad = padded(x, pad)
    dw = np.zeros(w.shape, np.result_type(dout, x))
    dx_pad = np.zeros(x_pad.shape, np.result_type(dout, w))
    dw_entries = offsets_in_filters(dw, dout.shape[2:], S)
    for (entry, met), (dw_entry, _) in zip(offsets_in_filters(w, dout.shape[2:], S), dw_entries, strict=True):
        dw_entry[:] = np.tensordot(dout, x_pad[met], axes=((0, 2, 3, 4), (0, 2, 3, 4)))
        # (1.8), read the other way round: what every window hands back to this entry of it.
        dx_pad[met] += np.tensordot(dout, entry, axes=(1, 0)).transpose(0, 4, 1, 2, 3)
    return dx_pad[:, :, pad : pad + T, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3, 4))
