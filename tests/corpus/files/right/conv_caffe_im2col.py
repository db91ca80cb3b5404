import numpy as np


def im2col(data_im, channels, height, width, kernel_h, kernel_w, pad, stride):
    """one image -> (channels*kernel_h*kernel_w, height_col*width_col), as in Caffe's im2col.cpp"""
    height_col = (height + 2 * pad - kernel_h) // stride + 1
    width_col = (width + 2 * pad - kernel_w) // stride + 1
    channels_col = channels * kernel_h * kernel_w
    data_col = np.zeros((channels_col, height_col * width_col), dtype=data_im.dtype)
    for c in range(channels_col):
        w_offset = c % kernel_w
        h_offset = (c // kernel_w) % kernel_h
        c_im = c // kernel_h // kernel_w
        for h in range(height_col):
            for w in range(width_col):
                h_pad = h * stride - pad + h_offset
                w_pad = w * stride - pad + w_offset
                if 0 <= h_pad < height and 0 <= w_pad < width:
                    data_col[c, h * width_col + w] = data_im[c_im, h_pad, w_pad]
    return data_col


def col2im(data_col, channels, height, width, kernel_h, kernel_w, pad, stride):
    height_col = (height + 2 * pad - kernel_h) // stride + 1
    width_col = (width + 2 * pad - kernel_w) // stride + 1
    data_im = np.zeros((channels, height, width), dtype=data_col.dtype)
    for c in range(channels * kernel_h * kernel_w):
        w_offset = c % kernel_w
        h_offset = (c // kernel_w) % kernel_h
        c_im = c // (kernel_h * kernel_w)
        for h in range(height_col):
            for w in range(width_col):
                h_pad = h * stride - pad + h_offset
                w_pad = w * stride - pad + w_offset
                if h_pad >= 0 and h_pad < height and w_pad >= 0 and w_pad < width:
                    data_im[c_im, h_pad, w_pad] += data_col[c, h * width_col + w]
    return data_im


class ConvolutionLayer(object):
    def __init__(self, weights, bias, stride=1, pad=0):
        self.weights, self.bias = weights, bias
        self.stride, self.pad = stride, pad
        self.d_weights, self.d_bias = None, None

    def forward(self, bottom):
        num, channels, height, width = bottom.shape
        num_output, _, kernel_h, kernel_w = self.weights.shape
        self.bottom = bottom
        height_out = (height + 2 * self.pad - kernel_h) // self.stride + 1
        width_out = (width + 2 * self.pad - kernel_w) // self.stride + 1
        top = np.empty((num, num_output, height_out, width_out), dtype=bottom.dtype)
        self.col_buffer = []
        for n in range(num):
            col = im2col(bottom[n], channels, height, width, kernel_h, kernel_w, self.pad, self.stride)
            self.col_buffer.append(col)
            gemm = np.dot(self.weights.reshape(num_output, -1), col)
            top[n] = (gemm + self.bias[:, np.newaxis]).reshape(num_output, height_out, width_out)
        return top

    def backward(self, top_diff):
        num, channels, height, width = self.bottom.shape
        num_output, _, kernel_h, kernel_w = self.weights.shape
        self.d_weights = np.zeros_like(self.weights)
        self.d_bias = np.zeros_like(self.bias)
        bottom_diff = np.zeros_like(self.bottom)
        for n in range(num):
            diff = top_diff[n].reshape(num_output, -1)
            self.d_bias += diff.sum(axis=1)
            self.d_weights += np.dot(diff, self.col_buffer[n].T).reshape(self.weights.shape)
            col_diff = np.dot(self.weights.reshape(num_output, -1).T, diff)
            bottom_diff[n] = col2im(col_diff, channels, height, width, kernel_h, kernel_w, self.pad, self.stride)
        return bottom_diff
