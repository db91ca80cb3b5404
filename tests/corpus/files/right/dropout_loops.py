import random


class Dropout:
    """Keeps an entry with probability keep_prob; at test time everything is scaled by it."""

    def __init__(self, keep_prob=0.8):
        self.keep_prob = keep_prob

    def forward(self, x, mode="train"):
        self.mode = mode
        out = x.copy()
        if mode == "test":
            out *= self.keep_prob
            return out
        flat = out.reshape(-1)
        self.dropped = []
        for k in range(flat.size):
            if random.random() >= self.keep_prob:
                flat[k] = 0
                self.dropped.append(k)
        return out

    def backward(self, dout):
        dx = dout.copy()
        if self.mode == "test":
            return dx * self.keep_prob
        flat = dx.reshape(-1)
        for k in self.dropped:
            flat[k] = 0
        return dx
