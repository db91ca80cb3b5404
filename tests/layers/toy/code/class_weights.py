# The weights themselves to the constructor, all gradients returned.
import numpy as np


class ScaleNormalization:
    def __init__(self, weight, epsilon):
        self.weight = weight
        self.epsilon = epsilon

    def forward(self, inputs):
        self.root = np.sqrt(np.mean(inputs**2, axis=1) + self.epsilon)[:, None]
        self.normed = inputs / self.root
        return self.normed * self.weight

    def backward(self, grad):
        scaled = grad * self.weight
        dinputs = scaled / self.root - self.normed * np.mean(scaled * self.normed, axis=1)[:, None] / self.root
        return dinputs, np.sum(grad * self.normed, axis=0)
