import numpy as np


class Conv2d:
    """Grouped convolution; params and grads in dictionaries."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, groups=1, bias=True):
        assert in_channels % groups == 0 and out_channels % groups == 0
        self.stride, self.padding, self.groups = stride, padding, groups
        kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        scale = 1.0 / np.sqrt(in_channels // groups * kh * kw)
        self.params = {
            "W": np.random.uniform(-scale, scale, (out_channels, in_channels // groups, kh, kw)),
            "b": np.zeros(out_channels),
        }
        self.grads = {}

    def _windows(self, x):
        kh, kw = self.params["W"].shape[2:]
        view = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))
        return view[:, :, ::self.stride, ::self.stride]

    def forward(self, x):
        W, b = self.params["W"], self.params["b"]
        p, G = self.padding, self.groups
        self.x_shape = x.shape
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        n, c = x.shape[:2]
        f, cg, kh, kw = W.shape
        self.view = self._windows(self.padded)
        oh, ow = self.view.shape[2:4]
        grouped = self.view.reshape(n, G, cg, oh, ow, kh, kw)
        out = np.einsum("ngchwij,gfcij->ngfhw", grouped, W.reshape(G, f // G, cg, kh, kw))
        return out.reshape(n, f, oh, ow) + b.reshape(1, -1, 1, 1)

    def backward(self, dout):
        W = self.params["W"]
        n, c, h, w = self.x_shape
        f, cg, kh, kw = W.shape
        p, G, s = self.padding, self.groups, self.stride
        oh, ow = dout.shape[2:]
        d = dout.reshape(n, G, f // G, oh, ow)
        grouped = self.view.reshape(n, G, cg, oh, ow, kh, kw)
        self.grads["W"] = np.einsum("ngfhw,ngchwij->gfcij", d, grouped).reshape(W.shape)
        self.grads["b"] = dout.sum(axis=(0, 2, 3))
        dpad = np.zeros_like(self.padded)
        Wg = W.reshape(G, f // G, cg, kh, kw)
        for i in range(kh):
            for j in range(kw):
                back = np.einsum("ngfhw,gfc->ngchw", d, Wg[:, :, :, i, j]).reshape(n, c, oh, ow)
                dpad[:, :, i:i + s * oh:s, j:j + s * ow:s] += back
        return dpad[:, :, p:p + h, p:p + w]
