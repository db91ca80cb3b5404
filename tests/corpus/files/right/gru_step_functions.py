import numpy as np


def gru_step_forward(x, prev_h, Wx, Wh, b):
    """r, z, n as in PyTorch, with one bias: z keeps the old state, r comes after the product."""
    ax, ah = x @ Wx + b, prev_h @ Wh
    r, z = (1 / (1 + np.exp(-(p + q))) for p, q in list(zip(np.split(ax, 3, 1), np.split(ah, 3, 1)))[:2])
    u = np.split(ah, 3, 1)[2]
    n = np.tanh(np.split(ax, 3, 1)[2] + r * u)
    return z * prev_h + (1 - z) * n, (x, prev_h, Wx, Wh, r, z, n, u)


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, r, z, n, u = cache
    dn = dnext_h * (1 - z) * (1 - n * n)
    dz = dnext_h * (prev_h - n) * z * (1 - z)
    dr = dn * u * r * (1 - r)
    dax = np.concatenate([dr, dz, dn], axis=1)
    dah = np.concatenate([dr, dz, dn * r], axis=1)
    return dax @ Wx.T, dnext_h * z + dah @ Wh.T, x.T @ dax, prev_h.T @ dah, dax.sum(axis=0)
