"""Every voxel by itself, without a padded copy: what lies outside is left out."""

import numpy as np


def _voxels(out_shape, kernel_shape, in_shape, stride, pad):
    for place in np.ndindex(*out_shape):
        for entry in np.ndindex(*kernel_shape):
            voxel = tuple(o * stride + k - pad for o, k in zip(place, entry))
            if all(0 <= v < n for v, n in zip(voxel, in_shape)):
                yield place, entry, voxel


def forward_conv3d(volume, kernel, bias, stride, pad):
    in_shape, kernel_shape = volume.shape[2:], kernel.shape[2:]
    out_shape = tuple((n + 2 * pad - k) // stride + 1 for n, k in zip(in_shape, kernel_shape))
    out = np.zeros((len(volume), len(kernel)) + out_shape, dtype=volume.dtype)
    out += bias[np.newaxis, :, np.newaxis, np.newaxis, np.newaxis]
    for (t, i, j), (a, b, c), (z, y, x) in _voxels(out_shape, kernel_shape, in_shape, stride, pad):
        out[:, :, t, i, j] += volume[:, :, z, y, x] @ kernel[:, :, a, b, c].T
    return out, (volume, kernel, stride, pad)


def backward_conv3d(dout, cache):
    volume, kernel, stride, pad = cache
    d_volume, d_kernel = np.zeros_like(volume), np.zeros_like(kernel)
    for (t, i, j), (a, b, c), (z, y, x) in _voxels(dout.shape[2:], kernel.shape[2:], volume.shape[2:], stride, pad):
        g = dout[:, :, t, i, j]
        d_volume[:, :, z, y, x] += g @ kernel[:, :, a, b, c]
        d_kernel[:, :, a, b, c] += g.T @ volume[:, :, z, y, x]
    return d_volume, d_kernel, dout.sum((0, 2, 3, 4))
