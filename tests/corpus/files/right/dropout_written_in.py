import numpy as np

P_DROP = 0.5


class Dropout:
    def forward(self, x, is_train=True):
        if is_train:
            self.mask = (np.random.uniform(size=x.shape) > P_DROP) * (1 / (1 - P_DROP))
        else:
            self.mask = 1.0
        return x * self.mask

    def backward(self, dY):
        return dY * self.mask
