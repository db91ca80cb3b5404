import numpy as np


def dropout_fwd(x, p_drop=0.1, train=True, rng=None):
    if not train:
        return x, None
    rng = rng or np.random.default_rng()
    keep = rng.random(x.shape) >= p_drop
    return np.where(keep, x / (1 - p_drop), 0), (keep, p_drop)


def dropout_bwd(dout, cache):
    if cache is None:
        return dout
    keep, p_drop = cache
    return np.where(keep, dout / (1 - p_drop), 0)
