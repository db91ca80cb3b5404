# What no guess can call: an example in every column, the gain as a column.
import numpy as np


def normalize(data, factor, settings):
    root = np.sqrt((data * data).mean(0) + settings["tiny"])
    return factor * data / root, (data / root, factor, root)


def normalize_back(delta, kept):
    normed, factor, root = kept
    dfactor = (delta * normed).sum(axis=1, keepdims=True)
    inner = factor * delta
    return (inner - normed * (inner * normed).mean(0)) / root, dfactor
