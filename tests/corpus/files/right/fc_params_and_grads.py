import numpy as np


class FullyConnected(object):
    def __init__(self, input_dim, output_dim, init_scale=0.02, name="fc"):
        self.name = name
        self.w_name = name + "_w"
        self.b_name = name + "_b"
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.params = {}
        self.grads = {}
        self.params["w"] = init_scale * np.random.randn(input_dim, output_dim)
        self.params["b"] = np.zeros(output_dim)
        self.grads["w"] = None
        self.grads["b"] = None
        self.meta = None

    def forward(self, feat):
        batch = feat.shape[0]
        rows = np.reshape(feat, (batch, self.input_dim))
        output = np.matmul(rows, self.params["w"])
        output += self.params["b"]
        self.meta = feat
        return output

    def backward(self, dprev):
        feat = self.meta
        if feat is None:
            raise ValueError("No forward function called before for this module!")
        batch = feat.shape[0]
        rows = np.reshape(feat, (batch, self.input_dim))
        self.grads["w"] = np.matmul(rows.T, dprev)
        self.grads["b"] = np.dot(np.ones(batch, dtype=dprev.dtype), dprev)
        dfeat = np.matmul(dprev, self.params["w"].T)
        self.meta = None
        return dfeat.reshape(feat.shape)
