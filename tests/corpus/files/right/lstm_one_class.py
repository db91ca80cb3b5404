import numpy as np


class LSTMLayer:
    """All steps in one loop, gates i, f, g, o; the state begins with zeros."""

    def __init__(self, input_dim, hidden_dim):
        self.hidden_dim = hidden_dim
        self.Wx = np.random.randn(input_dim, 4 * hidden_dim) / np.sqrt(input_dim)
        self.Wh = np.random.randn(hidden_dim, 4 * hidden_dim) / np.sqrt(hidden_dim)
        self.b = np.zeros(4 * hidden_dim)

    def forward(self, x):
        H = self.hidden_dim
        n, steps, _ = x.shape
        h, c = np.zeros((n, H), x.dtype), np.zeros((n, H), x.dtype)
        self.x, self.tape, hs = x, [], []
        for t in range(steps):
            z = x[:, t] @ self.Wx + h @ self.Wh + self.b
            i, f, o = (1 / (1 + np.exp(-z[:, k * H:(k + 1) * H])) for k in (0, 1, 3))
            g = np.tanh(z[:, 2 * H:3 * H])
            c_new = f * c + i * g
            tc = np.tanh(c_new)
            self.tape.append((h, c, i, f, g, o, tc))
            h, c = o * tc, c_new
            hs.append(h)
        return np.stack(hs, axis=1)

    def backward(self, dhs):
        self.dWx, self.dWh, self.db = (np.zeros_like(w) for w in (self.Wx, self.Wh, self.b))
        dx = np.zeros_like(self.x)
        dh_next = dc_next = 0
        for t in range(self.x.shape[1] - 1, -1, -1):
            h, c, i, f, g, o, tc = self.tape[t]
            dh = dhs[:, t] + dh_next
            dc = dc_next + dh * o * (1 - tc * tc)
            dz = np.hstack([dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * tc * o * (1 - o)])
            self.dWx += self.x[:, t].T @ dz
            self.dWh += h.T @ dz
            self.db += dz.sum(axis=0)
            dx[:, t] = dz @ self.Wx.T
            dh_next = dz @ self.Wh.T
            dc_next = dc * f
        return dx
