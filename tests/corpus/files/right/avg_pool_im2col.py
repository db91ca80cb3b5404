# coding: utf-8
import numpy as np


def im2col(images, fh, fw, stride, pad):
    N, C, H, W = images.shape
    oh, ow = (H + 2*pad - fh)//stride + 1, (W + 2*pad - fw)//stride + 1
    img = np.pad(images, [(0, 0), (0, 0), (pad, pad), (pad, pad)], 'constant')
    col = np.zeros((N, C, fh, fw, oh, ow), dtype=images.dtype)
    for y in range(fh):
        for x in range(fw):
            col[:, :, y, x, :, :] = img[:, :, y:y + stride*oh:stride, x:x + stride*ow:stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N*oh*ow, -1)


def col2im(col, shape, fh, fw, stride, pad):
    N, C, H, W = shape
    oh, ow = (H + 2*pad - fh)//stride + 1, (W + 2*pad - fw)//stride + 1
    col = col.reshape(N, oh, ow, C, fh, fw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2*pad + stride - 1, W + 2*pad + stride - 1), dtype=col.dtype)
    for y in range(fh):
        for x in range(fw):
            img[:, :, y:y + stride*oh:stride, x:x + stride*ow:stride] += col[:, :, y, x, :, :]
    return img[:, :, pad:H + pad, pad:W + pad]


class AveragePooling:
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        self.pool_h, self.pool_w = pool_h, pool_w
        self.stride, self.pad = stride, pad
        self.x = None

    def forward(self, x):
        N, C, H, W = x.shape
        out_h = (H + 2*self.pad - self.pool_h) // self.stride + 1
        out_w = (W + 2*self.pad - self.pool_w) // self.stride + 1
        col = im2col(x, self.pool_h, self.pool_w, self.stride, self.pad)
        col = col.reshape(-1, self.pool_h*self.pool_w)
        out = np.mean(col, axis=1)
        self.x = x
        return out.reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        dout = dout.transpose(0, 2, 3, 1)
        size = self.pool_h * self.pool_w
        dcol = np.repeat(dout.reshape(-1, 1), size, axis=1) / size
        return col2im(dcol, self.x.shape, self.pool_h, self.pool_w, self.stride, self.pad)
