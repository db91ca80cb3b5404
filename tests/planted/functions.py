"""Functions of no layer with their backward passes, as people write them by hand: each right, with an edit that is not.

The code under test: it is run by path, from `test_functions.py` beside it.
"""

import numpy as np


def mish(x):
    t = np.tanh(np.log1p(np.exp(x)))
    return x * t, (x, t)


def mish_backward(dout, cache):
    x, t = cache
    return dout * (t + x * (1 - t**2) / (1 + np.exp(-x)))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(dout, x):
    p = softmax(x)
    return p * (dout - (dout * p).sum(axis=-1, keepdims=True))


def log_softmax(x):
    m = x.max(axis=-1, keepdims=True)
    out = x - m - np.log(np.exp(x - m).sum(axis=-1, keepdims=True))
    return out, out


def log_softmax_backward(dout, out):
    return dout - np.exp(out) * dout.sum(axis=-1, keepdims=True)


def logsumexp(x):
    m = x.max()
    return m + np.log(np.exp(x - m).sum())


def logsumexp_backward(dout, x):
    e = np.exp(x - x.max())
    return dout * e / e.sum()


def l2_normalize(x):
    norm = np.sqrt((x**2).sum(axis=1, keepdims=True))
    return x / norm, (x / norm, norm)


def l2_normalize_backward(dout, cache):
    y, norm = cache
    return (dout - y * (dout * y).sum(axis=1, keepdims=True)) / norm


def rotary(x, angle):
    c, s = np.cos(angle), np.sin(angle)
    a, b = x[..., ::2], x[..., 1::2]
    out = np.empty(x.shape, np.result_type(x, angle))
    out[..., ::2], out[..., 1::2] = a * c - b * s, a * s + b * c
    return out, (x, c, s)


def rotary_backward(dout, cache):
    x, c, s = cache
    da, db = dout[..., ::2], dout[..., 1::2]
    a, b = x[..., ::2], x[..., 1::2]
    dx = np.empty(x.shape, dout.dtype)
    dx[..., ::2], dx[..., 1::2] = da * c + db * s, db * c - da * s
    dangle = (da * (-a * s - b * c) + db * (a * c - b * s)).sum(axis=0)
    return dx, dangle


def focal_loss(x, y, gamma=2.0):
    p = softmax(x)
    rows = np.arange(len(y))
    q = p[rows, y]
    loss = (-((1 - q) ** gamma) * np.log(q)).mean()
    dq = gamma * (1 - q) ** (gamma - 1) * np.log(q) - (1 - q) ** gamma / q
    chosen = np.zeros(p.shape)
    chosen[rows, y] = 1
    return loss, (dq * q)[:, None] * (chosen - p) / len(y)


def label_smoothing(x, y, smooth=0.1):
    classes = x.shape[1]
    target = np.full(x.shape, smooth / classes)
    target[np.arange(len(y)), y] += 1 - smooth
    logp, _ = log_softmax(x)
    return -(target * logp).sum() / len(y), (np.exp(logp) - target) / len(y)


def contrastive(a, b, margin=2.0):
    d = np.sqrt(((a - b) ** 2).sum(axis=1))
    short = np.maximum(0, margin - d)
    back = -(short / d)[:, None] * (a - b) * 2 / len(a)
    return (short**2).mean(), (back, -back)


def huber(x, t, delta=1.0):
    r = x - t
    small = np.abs(r) <= delta
    loss = np.where(small, 0.5 * r**2, delta * (np.abs(r) - 0.5 * delta)).sum()
    return loss, {"dx": np.where(small, r, delta * np.sign(r)), "dt": -np.where(small, r, delta * np.sign(r))}


def log_cosh(x, t):
    r = x - t
    return np.log(np.cosh(r)).mean(), (np.tanh(r) / r.size, -np.tanh(r) / r.size)


def gaussian_kl(mean, logvar):
    return 0.5 * (mean**2 + np.exp(logvar) - 1 - logvar).sum(), (mean, 0.5 * (np.exp(logvar) - 1))


def reparameterize(mean, logvar, noise):
    return mean + np.exp(0.5 * logvar) * noise, (logvar, noise)


def reparameterize_backward(dout, cache):
    logvar, noise = cache
    return dout, dout * 0.5 * np.exp(0.5 * logvar) * noise, None


def maxout(x):
    pairs = x.reshape(x.shape[0], -1, 2)
    return pairs.max(axis=2), (x.shape, pairs)


def maxout_backward(dout, cache):
    shape, pairs = cache
    first = pairs[..., 0] >= pairs[..., 1]
    return np.stack([dout * first, dout * ~first], axis=2).reshape(shape)


def soft_threshold(x, bound):
    return np.sign(x) * np.maximum(np.abs(x) - bound, 0), (x, bound)


def soft_threshold_backward(dout, cache):
    x, bound = cache
    alive = np.abs(x) > bound
    return dout * alive, -(dout * np.sign(x) * alive).sum()


def prelu(x, slope):
    return np.where(x > 0, x, slope * x), (x, slope)


def prelu_backward(dout, cache):
    x, slope = cache
    return np.where(x > 0, dout, slope * dout), np.where(x > 0, 0, x * dout).sum(axis=0)


def hinge_pairs(scores):
    order = np.sign(np.arange(len(scores))[:, None] - np.arange(len(scores)))
    margins = np.maximum(0, 1 - order * (scores[:, None] - scores)) * (order > 0)
    active = (margins > 0) * order * (order > 0)
    return margins.sum(), active.sum(axis=0) - active.sum(axis=1)


def median_rows(x):
    middle = np.argsort(x, axis=1)[:, x.shape[1] // 2]
    return x[np.arange(len(x)), middle], (x.shape, middle)


def median_rows_backward(dout, cache):
    shape, middle = cache
    dx = np.zeros(shape, dout.dtype)
    dx[np.arange(shape[0]), middle] = dout
    return dx


def split_gates(x):
    a, b = np.split(x, 2, axis=1)
    return np.tanh(a), 1 / (1 + np.exp(-b)), (np.tanh(a), 1 / (1 + np.exp(-b)))


def split_gates_backward(dtanh, dgate, cache):
    tanh, gate = cache
    return np.concatenate([dtanh * (1 - tanh**2), dgate * gate * (1 - gate)], axis=1)


def moments(x):
    return x.mean(axis=0), x.var(axis=0)


def moments_backward(dmean, dvar, x):
    return dmean / len(x) + dvar * 2 * (x - x.mean(axis=0)) / len(x)


def reversible(a, b, w):
    c = a + np.tanh(b @ w)
    return c, b + np.tanh(c), (b, w, c)


def reversible_backward(dc, dd, cache):
    b, w, c = cache
    dc = dc + dd * (1 - np.tanh(c) ** 2)
    dt = dc * (1 - np.tanh(b @ w) ** 2)
    return dc, dd + dt @ w.T, b.T @ dt


def outer(a, b):
    return np.einsum("i,j->ij", a, b), (a, b)


def outer_backward(dout, cache):
    a, b = cache
    return dout @ b, a @ dout


def inverse(x):
    out = np.linalg.inv(x)
    return out, out


def inverse_backward(dout, out):
    return -out.T @ dout @ out.T


def cumulative_sum(x):
    return np.cumsum(x, axis=1)


def cumulative_sum_backward(dout, x):
    return np.cumsum(dout[:, ::-1], axis=1)[:, ::-1]


def cumulative_product(x):
    out = np.cumprod(x, axis=1)
    return out, (x, out)


def cumulative_product_backward(dout, cache):
    x, out = cache
    return np.cumsum((dout * out)[:, ::-1], axis=1)[:, ::-1] / x


def gather(table, index):
    return table[index], (table.shape, index)


def gather_backward(dout, cache):
    shape, index = cache
    dtable = np.zeros(shape, dout.dtype)
    np.add.at(dtable, index, dout)
    return dtable, None


def rounded(x):
    return np.round(x)


def rounded_backward(dout, x):
    return dout * 1


def identity(x):
    return x * 1


def binary(x):
    return np.where(x > 0, 1.0, -1.0), x


def binary_backward(dout, x):
    return dout * (1 - np.tanh(x) ** 2)


def tanh(x):
    return np.tanh(x)


def reverse(x):
    return x * 1, None


def reverse_backward(dout, cache):
    return -0.3 * dout
