import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LSTMCell:
    """Weights as torch.nn.LSTMCell has them, with one bias."""

    def __init__(self, input_size, hidden_size):
        self.weight_ih = np.random.randn(4 * hidden_size, input_size) * 0.1
        self.weight_hh = np.random.randn(4 * hidden_size, hidden_size) * 0.1
        self.bias = np.zeros(4 * hidden_size)

    def forward(self, x, h_prev, c_prev):
        gates = x @ self.weight_ih.T + h_prev @ self.weight_hh.T + self.bias
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c = f * c_prev + i * g
        tc = np.tanh(c)
        self.saved = x, h_prev, c_prev, i, f, g, o, tc
        return o * tc, c

    def backward(self, dh, dc):
        x, h_prev, c_prev, i, f, g, o, tc = self.saved
        dc = dc + dh * o * (1 - tc**2)
        di, df, dg, do = dc * g, dc * c_prev, dc * i, dh * tc
        da = np.hstack([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)])
        self.dweight_ih = da.T @ x
        self.dweight_hh = da.T @ h_prev
        self.dbias = da.sum(0)
        return da @ self.weight_ih, da @ self.weight_hh, dc * f


class GRUCell:
    def __init__(self, input_size, hidden_size):
        self.W_ih = np.random.randn(3 * hidden_size, input_size) * 0.1
        self.W_hh = np.random.randn(3 * hidden_size, hidden_size) * 0.1
        self.b = np.zeros(3 * hidden_size)

    def forward(self, x, h_prev):
        a = x @ self.W_ih.T + self.b
        u = h_prev @ self.W_hh.T
        H = h_prev.shape[1]
        r = sigmoid(a[:, :H] + u[:, :H])
        z = sigmoid(a[:, H : 2 * H] + u[:, H : 2 * H])
        n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
        self.saved = x, h_prev, r, z, n, u[:, 2 * H :]
        return (1 - z) * n + z * h_prev

    def backward(self, dh):
        x, h_prev, r, z, n, un = self.saved
        dn = dh * (1 - z) * (1 - n**2)
        dz = dh * (h_prev - n) * z * (1 - z)
        dr = dn * un * r * (1 - r)
        da = np.concatenate([dr, dz, dn], axis=1)
        du = np.concatenate([dr, dz, dn * r], axis=1)
        self.dW_ih = da.T @ x
        self.dW_hh = du.T @ h_prev
        self.db = da.sum(axis=0)
        return da @ self.W_ih, dh * z + du @ self.W_hh


def rnn_step_forward(x, h_prev, W_ih, W_hh, b):
    h = np.tanh(x @ W_ih.T + h_prev @ W_hh.T + b)
    return h, (x, h_prev, W_ih, W_hh, h)


def rnn_step_backward(dh, cache):
    x, h_prev, W_ih, W_hh, h = cache
    da = dh * (1 - h * h)
    return da @ W_ih, da @ W_hh, da.T @ x, da.T @ h_prev, da.sum(axis=0)


def rnn_forward(x, h0, W_ih, W_hh, b):
    h, out, caches = h0, [], []
    for t in range(x.shape[1]):
        h, cache = rnn_step_forward(x[:, t], h, W_ih, W_hh, b)
        out.append(h)
        caches.append(cache)
    return np.stack(out, axis=1), caches


def rnn_backward(dh, caches):
    back, dx, sums = 0, [], None
    for t in reversed(range(dh.shape[1])):
        one, back, *weights = rnn_step_backward(dh[:, t] + back, caches[t])
        dx.insert(0, one)
        sums = weights if sums is None else [a + b for a, b in zip(sums, weights)]
    return np.stack(dx, axis=1), back, *sums
