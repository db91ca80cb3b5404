"""In the manner of numpy-ml: layers that keep X and derived variables in lists."""
from abc import ABC, abstractmethod

import numpy as np


class LayerBase(ABC):
    def __init__(self, optimizer=None):
        self.X = []
        self.act_fn = None
        self.trainable = True
        self.optimizer = optimizer
        self.gradients = {}
        self.parameters = {}
        self.derived_variables = {}

    @abstractmethod
    def forward(self, z, **kwargs):
        raise NotImplementedError

    @abstractmethod
    def backward(self, out, **kwargs):
        raise NotImplementedError

    def flush_gradients(self):
        self.X = []
        for k, v in self.gradients.items():
            self.gradients[k] = np.zeros_like(v)


class LayerNorm1D(LayerBase):
    def __init__(self, epsilon=1e-5, optimizer=None):
        super().__init__(optimizer)
        self.n_in = None
        self.n_out = None
        self.epsilon = epsilon
        self.parameters = {"scaler": None, "intercept": None}
        self.is_initialized = False

    def _init_params(self):
        scaler = np.random.rand(self.n_in)
        intercept = np.zeros(self.n_in)
        self.parameters = {"scaler": scaler, "intercept": intercept}
        self.gradients = {"scaler": np.zeros_like(scaler), "intercept": np.zeros_like(intercept)}
        self.is_initialized = True

    def forward(self, X, retain_derived=True):
        if not self.is_initialized:
            self.n_in = self.n_out = X.shape[1]
            self._init_params()
        scaler, intercept = self.parameters["scaler"], self.parameters["intercept"]
        X_mean, X_var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
        N = (X - X_mean) / np.sqrt(X_var + self.epsilon)
        y = scaler * N + intercept
        if retain_derived:
            self.X.append(X)
        return y

    def backward(self, dLdy, retain_grads=True):
        if not isinstance(dLdy, list):
            dLdy = [dLdy]
        dX = []
        for dy, x in zip(dLdy, self.X):
            dx, dScaler, dIntercept = self._bwd(dy, x)
            dX.append(dx)
            if retain_grads:
                self.gradients["scaler"] += dScaler
                self.gradients["intercept"] += dIntercept
        return dX[0] if len(self.X) == 1 else dX

    def _bwd(self, dLdy, X):
        scaler = self.parameters["scaler"]
        n_ex, n_in = X.shape
        X_mean, X_var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
        N = (X - X_mean) / np.sqrt(X_var + self.epsilon)
        dIntercept = dLdy.sum(axis=0)
        dScaler = np.sum(dLdy * N, axis=0)
        dN = dLdy * scaler
        dX = n_in * dN - dN.sum(axis=1, keepdims=True) - N * (dN * N).sum(axis=1, keepdims=True)
        dX /= n_in * np.sqrt(X_var + self.epsilon)
        return dX, dScaler, dIntercept


class Pool2D(LayerBase):
    def __init__(self, kernel_shape, stride=1, pad=0, mode="max", optimizer=None):
        super().__init__(optimizer)
        self.pad, self.mode, self.stride, self.kernel_shape = pad, mode, stride, kernel_shape

    def forward(self, X):
        fr, fc = self.kernel_shape
        s = self.stride
        n, c, h, w = X.shape
        oh, ow = (h - fr) // s + 1, (w - fc) // s + 1
        Y = np.zeros((n, c, oh, ow))
        for i in range(oh):
            for j in range(ow):
                Y[:, :, i, j] = X[:, :, i * s : i * s + fr, j * s : j * s + fc].max(axis=(2, 3))
        self.X.append(X)
        return Y

    def backward(self, dLdY):
        X = self.X[-1]
        fr, fc = self.kernel_shape
        s = self.stride
        dX = np.zeros_like(X)
        for m, k, i, j in np.ndindex(*dLdY.shape):
            win = X[m, k, i * s : i * s + fr, j * s : j * s + fc]
            a, b = np.argwhere(win == win.max())[0]
            dX[m, k, i * s + a, j * s + b] += dLdY[m, k, i, j]
        return dX
