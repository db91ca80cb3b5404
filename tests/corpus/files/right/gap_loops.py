import numpy as np


def gap_forward(images):
    batch, channels, rows, cols = images.shape
    means = np.zeros((batch, channels), dtype=images.dtype)
    for b in range(batch):
        for k in range(channels):
            total = 0.0
            for r in range(rows):
                for s in range(cols):
                    total += images[b, k, r, s]
            means[b, k] = total / (rows * cols)
    return means, images


def gap_backward(dmeans, images):
    batch, channels, rows, cols = images.shape
    dimages = np.zeros_like(images)
    for b in range(batch):
        for k in range(channels):
            for r in range(rows):
                for s in range(cols):
                    dimages[b, k, r, s] += dmeans[b, k] / (rows * cols)
    return dimages
