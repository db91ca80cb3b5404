"""A convolution of volumes is a sum over the frames of the filters of convolutions of images."""

import numpy as np


def conv_frames(frames, kernel, stride):
    """frames (N, C, H, W), kernel (F, C, kh, kw) -> (N, F, oh, ow)"""
    kh, kw = kernel.shape[2:]
    oh, ow = (frames.shape[2] - kh) // stride + 1, (frames.shape[3] - kw) // stride + 1
    out = np.zeros((len(frames), len(kernel), oh, ow), dtype=frames.dtype)
    for i in range(oh):
        for j in range(ow):
            patch = frames[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            out[:, :, i, j] = np.tensordot(patch, kernel, axes=([1, 2, 3], [1, 2, 3]))
    return out


def conv_frames_backward(grad, frames, kernel, stride):
    kh, kw = kernel.shape[2:]
    d_frames, d_kernel = np.zeros_like(frames), np.zeros_like(kernel)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            rows, cols = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            d_frames[:, :, rows, cols] += np.tensordot(grad[:, :, i, j], kernel, axes=1)
            d_kernel += np.tensordot(grad[:, :, i, j].T, frames[:, :, rows, cols], axes=1)
    return d_frames, d_kernel


class Conv3d:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * 3
        self.stride, self.padding = stride, padding
        self.weight = np.random.randn(out_channels, in_channels, *self.kernel_size) * 0.01
        self.bias = np.zeros(out_channels)

    def forward(self, x):
        p, s = self.padding, self.stride
        self.video = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p), (p, p)))
        length = self.kernel_size[0]
        maps = []
        for start in range(0, self.video.shape[2] - length + 1, s):
            maps.append(sum(conv_frames(self.video[:, :, start + k], self.weight[:, :, k], s) for k in range(length)))
        return np.stack(maps, axis=2) + self.bias.reshape(-1, 1, 1, 1)

    def backward(self, grad):
        p, s = self.padding, self.stride
        d_video = np.zeros_like(self.video)
        self.d_weight = np.zeros_like(self.weight)
        for t in range(grad.shape[2]):
            for k in range(self.kernel_size[0]):
                frame = t * s + k
                back, d_kernel = conv_frames_backward(grad[:, :, t], self.video[:, :, frame], self.weight[:, :, k], s)
                d_video[:, :, frame] += back
                self.d_weight[:, :, k] += d_kernel
        self.d_bias = grad.sum(axis=(0, 2, 3, 4))
        depth, height, width = d_video.shape[2:]
        return d_video[:, :, p:depth - p, p:height - p, p:width - p]
