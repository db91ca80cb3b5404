import numpy as np


def get_pool_indices(H, W, field_height, field_width, stride):
    out_height = (H - field_height) // stride + 1
    out_width = (W - field_width) // stride + 1
    i0 = np.repeat(np.arange(field_height), field_width)
    j0 = np.tile(np.arange(field_width), field_height)
    i1 = stride * np.repeat(np.arange(out_height), out_width)
    j1 = stride * np.tile(np.arange(out_width), out_height)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    return i, j, out_height, out_width


def max_pool_forward_im2col(x, pool_param):
    N, C, H, W = x.shape
    i, j, out_height, out_width = get_pool_indices(
        H, W, pool_param['pool_height'], pool_param['pool_width'], pool_param['stride'])
    x_split = x.reshape(N * C, H, W)
    x_cols = x_split[:, i, j].transpose(1, 2, 0).reshape(i.shape[0], -1)
    x_cols_argmax = np.argmax(x_cols, axis=0)
    x_cols_max = x_cols[x_cols_argmax, np.arange(x_cols.shape[1])]
    out = x_cols_max.reshape(out_height, out_width, N, C).transpose(2, 3, 0, 1)
    cache = (x, x_cols, x_cols_argmax, pool_param)
    return out, cache


def max_pool_backward_im2col(dout, cache):
    x, x_cols, x_cols_argmax, pool_param = cache
    N, C, H, W = x.shape
    i, j, _, _ = get_pool_indices(H, W, pool_param['pool_height'], pool_param['pool_width'], pool_param['stride'])
    dout_reshaped = dout.transpose(2, 3, 0, 1).flatten()
    dx_cols = np.zeros_like(x_cols)
    dx_cols[x_cols_argmax, np.arange(dx_cols.shape[1])] = dout_reshaped
    dx = np.zeros((N * C, H, W), dtype=x.dtype)
    cols = dx_cols.reshape(i.shape[0], -1, N * C).transpose(2, 0, 1)
    np.add.at(dx, (slice(None), i, j), cols)
    return dx.reshape(x.shape)
